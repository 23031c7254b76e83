"""Promise 1 for events: a shop's rows sent over a real Kafka, shuffled and repeated, end in the night's gold."""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from broker import produce, running_broker

from spark_app.runtime.failpoints import KILLED, VARIABLE
from spark_app.runtime.settings import conf_dir
from spark_app.shops.demo import generate
from spark_app.shops.olist import replay
from tests.support.drops import Tables, assert_same, drop, gold, run_days, warehouse

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("kafka_jars")]
Rows = dict[str, list[dict[str, str]]]


def whole_rows(landing: Path) -> Iterator[tuple[str, date, dict[str, str]]]:
    """What the shop's files hold, but for rows without all of their fields: JSON cannot say these."""
    for path in sorted(landing.glob("*/dt=*/*")):
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file)
        for row in rows:
            if len(row) == len(head):
                yield path.parts[-3], date.fromisoformat(path.parts[-2][3:]), dict(zip(head, row, strict=True))


def of_rows(tables: Tables) -> Tables:
    """Without what is of drops: events land on the day they are sent, whatever day they are of."""
    return {name: rows for name, rows in tables.items() if name != "landed_days"}


class Watch:
    """`lakehouse watch` over a home, its events from these servers, one batch a process."""

    def __init__(self, home: Path, conf: Path) -> None:
        self.home, self.conf = home, conf

    def batch(self, fail: str = "") -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", "spark_app.cli", "watch", "--home", str(self.home), "--batches", "1", "--json"]
        environment = {**os.environ, "LAKEHOUSE_CONF": str(self.conf), VARIABLE: fail}
        return subprocess.run(
            [*words, "--every", "1s"], env=environment, capture_output=True, text=True, timeout=900, check=False
        )


Days = tuple[date, date]


@pytest.fixture
def demo(tmp_path: Path) -> Days:
    """Three days of the made-up shop."""
    generate(str(tmp_path / "shop"), date(2024, 1, 1), 3, orders_per_day=8)
    return date(2024, 1, 1), date(2024, 1, 3)


@pytest.fixture
def olist(tmp_path: Path, olist_dir: Path) -> Days:
    """A month of real orders, with Black Friday in it."""
    days = date(2017, 11, 10), date(2017, 12, 9)
    replay(olist_dir, str(tmp_path / "shop"), *days)
    return days


@pytest.mark.parametrize("shop", ["demo", pytest.param("olist", marks=pytest.mark.long)])
def test_shuffled_repeated_killed_and_with_the_broker_away_it_ends_as_the_night_over_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, shop: str
) -> None:
    first, last = request.getfixturevalue(shop)
    files: dict[tuple[str, date], list[dict[str, str]]] = defaultdict(list)
    rows: Rows = defaultdict(list)
    for entity, day, row in whole_rows(tmp_path / "shop"):
        files[entity, day].append(row)
        rows[entity].append(row)
    for (entity, day), of in files.items():
        drop(tmp_path / "files" / "landing", entity, day, of)
    assert len(rows["orders"]) > 20
    monkeypatch.setenv("LAKEHOUSE_CONF", str(settings(tmp_path / "plain")))
    run_days(tmp_path / "files", first, last)
    expected = of_rows(gold(tmp_path / "files"))

    luck = random.Random(19)
    repeated = {entity: [*of, *luck.choices(of, k=len(of) // 10)] for entity, of in rows.items()}
    sent = {entity: luck.sample(of, k=len(of)) for entity, of in repeated.items()}
    with running_broker(tmp_path / "kafka") as broker:
        servers = broker.servers
        watch = Watch(tmp_path / "events", settings(tmp_path / "fed", servers, rows))
        _send(servers, sent, slice(None, None, 2))
        assert watch.batch("landing.events:after").returncode == KILLED
        assert watch.batch("silver.orders:after").returncode == KILLED
    with running_broker(tmp_path / "kafka", int(servers.rpartition(":")[2])):
        _send(servers, sent, slice(1, None, 2))
        assert watch.batch("warehouse:before").returncode == KILLED
        ended = watch.batch()
        assert ended.returncode == 0, ended.stdout + ended.stderr
    assert_same(of_rows(gold(tmp_path / "events")), expected)
    assert_same(of_rows(warehouse(tmp_path / "events")), expected)


def settings(folder: Path, servers: str = "", entities: Iterable[str] = ()) -> Path:
    """A conf folder; `servers`: of the broker whose events of these entities the watch takes."""
    shutil.copytree(conf_dir(), folder)
    local = yaml.safe_load((folder / "local.yaml").read_text())
    local["watch"] = {"night": None}
    if servers:
        local["kafka"] = {"servers": servers, "topics": {_topic(entity): entity for entity in entities}}
    (folder / "local.yaml").write_text(yaml.safe_dump(local))
    return folder


def _send(servers: str, sent: Rows, part: slice) -> None:
    """To each entity's topic; what a file leaves empty, an event does not name."""
    for entity, rows in sent.items():
        events = [json.dumps({name: value for name, value in row.items() if value}) for row in rows[part]]
        produce(servers, _topic(entity), events)


def _topic(entity: str) -> str:
    return f"shop.{entity}"
