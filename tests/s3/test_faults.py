"""A nightly run while S3 has a bad day: requests refused now and then, and an outage in the middle of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from fault_proxy import Proxy, either, every, expired, faulty, hanging, healthy
from object_store import ObjectStore

from spark_app.contracts.load import load_contracts
from spark_app.lake.objects import put_file
from spark_app.lake.paths import Lake
from spark_app.runtime.settings import S3Settings, conf_dir
from spark_app.shops.demo import generate
from tests.support.lakes import gold_rows

pytestmark = pytest.mark.stack
FIRST, DAYS = date(2024, 1, 1), 5


@pytest.fixture(scope="module")
def proxy(store: ObjectStore) -> Iterator[Proxy]:
    with faulty(store.endpoint) as running:
        yield running


def settings(folder: Path, bucket: str, endpoint: str) -> Path:
    """A conf folder whose `minio` environment uses this bucket through this endpoint."""
    conf = folder / "conf"
    shutil.copytree(conf_dir(), conf)
    found: dict[str, Any] = yaml.safe_load((conf / "minio.yaml").read_text())
    found |= {"landing": f"{bucket}/landing", "lake": f"{bucket}/lake", "reports": str(folder / "reports")}
    found |= {"warehouse": "duckdb", "warehouse_path": str(folder / "warehouse.duckdb")}
    found.pop("redshift", None)
    found["s3"]["endpoint"] = endpoint
    (conf / "minio.yaml").write_text(yaml.safe_dump(found))
    # The run on a disk hashes e-mail addresses with the same salt.
    local: dict[str, Any] = yaml.safe_load((conf / "local.yaml").read_text())
    local.pop("email_salt_from")
    (conf / "local.yaml").write_text(yaml.safe_dump(local))
    return conf


def run(conf: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LAKEHOUSE_CONF": str(conf)}
    command = [sys.executable, "-m", "spark_app.cli", "run", "--env", "minio", "--json", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)


def test_a_refused_request_is_asked_again_and_an_outage_is_one_message_that_a_rerun_mends(
    bucket: str, s3: S3Settings, proxy: Proxy, tmp_path: Path
) -> None:
    home = tmp_path / "on a disk"  # its lake and its warehouse are others than those in S3
    generate(str(home / "landing"), FIRST, DAYS, orders_per_day=10)
    for path in sorted((home / "landing").rglob("*.csv*")):
        put_file(path, f"{bucket}/landing/{path.relative_to(home / 'landing')}", s3)
    conf = settings(tmp_path, bucket, proxy.endpoint)
    days = ("--from", str(FIRST), "--to", str(FIRST.replace(day=DAYS)))

    # An outage that begins once silver is being written.
    proxy.plan = lambda number, method, path: "503" if "/lake/gold/" in path and method == "PUT" else None
    out = run(conf, *days)
    told = json.loads(out.stdout)
    assert (out.returncode, told["exit_code"]) == (1, 1), out.stderr
    assert "storage failed" in told["message"]
    assert "Traceback" not in out.stderr

    # The credentials run out in the middle of the next one.
    proxy.plan = lambda number, method, path: expired(number, method, path) if "/lake/gold/dim_" in path else None
    out = run(conf, *days)
    assert out.returncode == 1
    assert "the credentials have run out or lack a right" in json.loads(out.stdout)["hint"]
    assert "Traceback" not in out.stderr

    # Now and then a request is refused or its connection hangs and is cut: the run goes through, and gold is what a
    # run on a disk makes of it.
    proxy.plan, before = either(every(9), hanging(40, 1.0)), proxy.failed
    out = run(conf, *days)
    assert (out.returncode, json.loads(out.stdout)["message"]) == (0, "release 1"), out.stdout + out.stderr
    assert proxy.failed > before + 10
    proxy.plan = healthy

    local = subprocess.run(
        [sys.executable, "-m", "spark_app.cli", "run", "--home", str(home), *days],
        env={**os.environ, "LAKEHOUSE_CONF": str(conf)},
        capture_output=True,
        text=True,
    )
    assert local.returncode == 0, local.stderr
    for name in (name for name in load_contracts() if name.startswith("gold.")):
        assert gold_rows(Lake(f"{bucket}/lake", s3), name) == gold_rows(Lake(str(home / "lake")), name), name
