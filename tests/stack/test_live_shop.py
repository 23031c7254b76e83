"""A shop that sells at this moment, over a real Kafka: its events are landed, audited and released by a watch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from broker import running_broker

from spark_app.shops.demo_rows import COLUMNS
from tests.stack.test_events_to_warehouse import Watch, settings
from tests.support.drops import pick

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("kafka_jars")]


def test_what_a_live_shop_sells_is_in_gold_a_batch_later(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running_broker(tmp_path / "kafka") as broker:
        conf = settings(tmp_path / "conf", broker.servers, COLUMNS)
        words = [sys.executable, "-m", "spark_app.cli", "demo", "--live", "--home", str(home), "--for", "30s"]
        sold = subprocess.run(
            [*words, "--orders-per-minute", "120"],
            env={**os.environ, "LAKEHOUSE_CONF": str(conf)},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert sold.returncode == 0, sold.stdout + sold.stderr
        assert f"events of {broker.servers}" in sold.stdout
        ended = Watch(home, conf).batch()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    landed = [line for path in (home / "landing" / "orders").rglob("*.jsonl") for line in path.read_text().splitlines()]
    orders = {json.loads(line)["order_id"] for line in landed}
    assert len(orders) >= 10
    assert {order for (order,) in pick(home, "fact_orders", "order_id")} == orders
