"""Promise 1, with two writers: one that was stopped, taken over and comes back finishes nothing, and loses nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.lake import lease
from spark_app.lake.paths import Lake
from spark_app.runtime.failpoints import VARIABLE
from spark_app.runtime.settings import conf_dir
from tests.support.drops import assert_same, copied, drop, gold, run_days, table_dicts, warehouse
from tests.support.shop import customer, item, order, payment, product

pytestmark = pytest.mark.long

FIRST, SECOND = "2024-01-31", "2024-02-01"
RUN = (
    "import sys; from datetime import date; from spark_app.jobs.nightly import run; "
    "from spark_app.runs.request import RunRequest; "
    "day = date.fromisoformat(sys.argv[2]); "
    "made = run(RunRequest('local', home=sys.argv[1], first=day, last=day, allow_missing=True, wait_seconds=60.0)); "
    "print(made.message, made.record.warnings, file=sys.stderr); sys.exit(made.exit_code)"
)


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease that holds for three seconds."""
    shutil.copytree(conf_dir(), tmp_path / "conf")
    base = tmp_path / "conf" / "base.yaml"
    base.write_text(base.read_text().replace("lease_seconds: 60", "lease_seconds: 3"))
    monkeypatch.setenv("LAKEHOUSE_CONF", str(tmp_path / "conf"))


def land(landing: Path, day: str, number: int) -> None:
    at = f"{day} 08:00:00"
    drop(landing, "customers", day, [customer(f"C{number}", at)])
    drop(landing, "products", day, [product(f"P{number}", at)])
    drop(landing, "orders", day, [order(f"O{number}", f"C{number}", at)])
    drop(landing, "order_items", day, [item(f"O{number}", 1, f"P{number}", "10.00", at)])
    drop(landing, "payments", day, [payment(f"O{number}", "10.00", "paid", at)])


def started(home: Path, day: str, point: str = "") -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", RUN, str(home), day], env={**os.environ, VARIABLE: point})


@pytest.fixture
def begun(quick: None, tmp_path: Path, spark: SparkSession) -> Path:
    """A home with one release, and the next day landed."""
    home = tmp_path / "home"
    land(home / "landing", FIRST, 1)
    run_days(home, FIRST)
    land(home / "landing", SECOND, 2)
    return home


@pytest.mark.parametrize("point", ["silver.orders", "ops.releases"])
def test_a_stopped_run_that_comes_back_finishes_nothing(begun: Path, tmp_path: Path, point: str) -> None:
    home, plain = begun, copied(begun, tmp_path / "plain")
    run_days(plain, SECOND)

    late = started(home, SECOND, f"{point}:stop")
    assert os.WIFSTOPPED(os.waitpid(late.pid, os.WUNTRACED)[1])
    stopped = lease.read_lease(Lake(str(home / "lake")))
    assert stopped is not None
    taker = started(home, SECOND)
    assert taker.wait(600) == 0
    assert_same(gold(home), gold(plain))
    released = table_dicts(home, "ops.releases")
    late.send_signal(signal.SIGCONT)
    assert late.wait(600) == 1

    assert table_dicts(home, "ops.releases") == released
    assert {row["epoch"] for row in released} == {1, stopped.epoch + 1}
    assert_same(warehouse(home), gold(plain))
    again = started(home, SECOND)
    assert again.wait(600) == 0
    assert_same(gold(home), gold(plain))
    assert_same(warehouse(home), gold(plain))
    assert all(row["balanced"] for row in table_dicts(home, "ops.reconciliation"))


@pytest.mark.parametrize("point", ["bronze.orders", "silver.orders", "gold.fact_orders"])
def test_what_a_run_commits_after_the_next_one_has_looked_is_not_there_twice(
    quick: None, tmp_path: Path, spark: SparkSession, point: str
) -> None:
    """Both make the same table for the first time, and both have asked whether they may."""
    home = tmp_path / "home"
    land(home / "landing", FIRST, 1)
    plain = tmp_path / "plain"
    shutil.copytree(home, plain)
    run_days(plain, FIRST)
    both = []
    for _ in ("is taken over", "takes over"):
        both.append(started(home, FIRST, f"{point}:stop"))
        assert os.WIFSTOPPED(os.waitpid(both[-1].pid, os.WUNTRACED)[1])
    for one in both:
        one.send_signal(signal.SIGCONT)
        assert one.wait(600) == 1
    run_days(home, FIRST)
    assert_same(gold(home), gold(plain))
    assert_same(warehouse(home), gold(plain))
    assert all(row["balanced"] for row in table_dicts(home, "ops.reconciliation"))


def test_rows_that_bronze_lost_behind_the_ledgers_back_come_again(begun: Path, tmp_path: Path) -> None:
    run_days(begun, SECOND)
    plain = copied(begun, tmp_path / "plain")
    lost = copied(begun, tmp_path / "lost")  # a log that no Spark has at hand
    log = lost / "lake" / "bronze" / "orders" / "_delta_log"
    newest = max(path for path in log.glob("*.json"))
    newest.unlink()
    outcome = run_days(lost, SECOND)
    assert [said for said in outcome.record.warnings if "is taken in again" in said] == [
        "bronze.orders: holds other rows than were taken in of 2024-02-01; 2024-02-01 is taken in again"
    ]
    assert_same(gold(lost), gold(plain))
    held = [row["order_id"] for row in table_dicts(lost, "bronze.orders")]
    assert sorted(held) == ["O1", "O2"]
    assert all(row["balanced"] for row in table_dicts(lost, "ops.reconciliation"))
    assert "is taken in again" not in str(run_days(lost, SECOND).record.warnings)
