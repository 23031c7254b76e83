"""Promise 1: killed anywhere and run again, a night ends as if nothing had happened."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from spark_app.contracts.load import load_contracts
from spark_app.runtime.failpoints import KILLED, VARIABLE
from spark_app.shops.demo_rows import COLUMNS
from tests.support.drops import assert_same, copied, drop, gold, run_days, table_dicts, warehouse
from tests.support.kill import Killed, Plug
from tests.support.shop import customer, item, order, payment, product, review

pytestmark = pytest.mark.long

FIRST, SECOND = "2024-01-31", "2024-02-01"
GOLD = [contract.name for contract in load_contracts().values() if contract.layer == "gold"]
KINDS = {
    *[f"bronze.{entity}" for entity in COLUMNS],
    *[f"silver.{entity}" for entity in COLUMNS],
    *[f"gold.{table}" for table in GOLD],
    "silver.quarantine.payments",
    "ops.ingested_files",
    "ops.reconciliation",
    "ops.profiles",
    "ops.quality_results",
    "ops.releases",
    "warehouse",
}


def first_day(landing: Path) -> None:
    drop(landing, "customers", FIRST, [customer("C1", f"{FIRST} 08:00:00")])
    drop(landing, "products", FIRST, [product("P1", f"{FIRST} 08:00:00")])
    drop(landing, "orders", FIRST, [order("O1", "C1", f"{FIRST} 10:00:00")])
    drop(landing, "order_items", FIRST, [item("O1", 1, "P1", "10.00", f"{FIRST} 10:00:00")])
    drop(landing, "payments", FIRST, [payment("O1", "10.00", "pending", f"{FIRST} 10:00:00")])
    drop(landing, "reviews", FIRST, [])


def second_day(landing: Path) -> None:
    """Every table changes: a move, a new price, a delivery, a payment (and one that cannot be used), a review."""
    at = f"{SECOND} 09:00:00"
    drop(landing, "customers", SECOND, [customer("C1", at, "Paris", "FR"), customer("C2", at, "Lima", "PE")])
    drop(landing, "products", SECOND, [product("P1", at, "games")])
    delivered = order("O1", "C1", f"{FIRST} 10:00:00", "delivered", delivered_at=at, updated_at=at)
    drop(landing, "orders", SECOND, [delivered, order("O2", "C2", f"{SECOND} 10:00:00")])
    drop(landing, "order_items", SECOND, [item("O2", 1, "P1", "12.00", f"{SECOND} 10:00:00")])
    unusable = payment("O2", "9.00", "dreamt of", at)  # less than half of the day's money
    drop(landing, "payments", SECOND, [payment("O1", "10.00", "paid", at), unusable])
    drop(landing, "reviews", SECOND, [review("R1", "O1", 4, at)])


@pytest.fixture(scope="module")
def one_released_day(tmp_path_factory: pytest.TempPathFactory, spark: SparkSession) -> Path:
    """A home with one release, and the next day landed."""
    home = tmp_path_factory.mktemp("released")
    first_day(home / "landing")
    run_days(home, FIRST)
    second_day(home / "landing")
    return home


def proof(home: Path) -> set[tuple[Any, ...]]:
    """What the reconciliation says last of each entity and day."""
    rows = sorted(table_dicts(home, "ops.reconciliation"), key=lambda row: int(row["silver_version"]))
    names = ("rows_landed", "rows_accepted", "rows_superseded", "rows_quarantined", "amount_accepted", "balanced")
    last = {(row["entity"], row["batch_date"]): tuple(row[name] for name in names) for row in rows}
    return {(*key, *values) for key, values in last.items()}


def releases(home: Path) -> list[tuple[int, str, date]]:
    rows = table_dicts(home, "ops.releases")
    return sorted((row["release_id"], row["kind"], row["last_day"]) for row in rows)


def no_two_at_once(conf: Path) -> None:
    local = conf / "local.yaml"
    local.write_text(local.read_text().replace("parallel: 2", "parallel: 1"))


def test_killed_after_every_commit_in_turn(
    one_released_day: Path, tmp_path: Path, plug: Plug, own_conf: Callable[[Callable[[Path], None]], None]
) -> None:
    own_conf(no_two_at_once)  # one commit after the other, so that each can be the last
    killed, plain = (copied(one_released_day, tmp_path / name) for name in ("killed", "plain"))
    plug.points.clear()
    run_days(plain, SECOND)
    wanted = Counter({name: min(count, 2) for name, count in plug.points.items()})
    assert set(wanted) == KINDS
    died = killed_one_commit_later_each_time(killed, plug, wanted)
    assert set(died) == KINDS
    assert_same(gold(killed), gold(plain))
    assert_same(warehouse(killed), gold(plain))
    assert proof(killed) == proof(plain)
    assert releases(killed) == releases(plain)
    assert len(releases(killed)) == 2


def killed_one_commit_later_each_time(home: Path, plug: Plug, wanted: Counter[str]) -> Counter[str]:
    """Runs until one lives; each dies after its first commit that was not yet died after as often as `wanted`."""
    died: Counter[str] = Counter()

    def is_next(point: str) -> bool:
        name, _, moment = point.rpartition(":")
        return moment == "after" and died[name] < wanted[name]

    for _ in range(wanted.total() + 1):
        plug.pull_at(is_next)
        try:
            run_days(home, SECOND)
        except Killed as killed:
            del killed
            died[plug.last] += 1
            continue
        return died
    raise AssertionError(f"still dying after {wanted.total()} runs: {wanted - died} were not reached")


def test_a_real_process_dies_with_its_commit_and_the_next_goes_on(one_released_day: Path, tmp_path: Path) -> None:
    command = (
        "import sys; from datetime import date; from spark_app.jobs.nightly import Order, run; "
        "day = date.fromisoformat(sys.argv[2]); "
        "sys.exit(run(Order('local', home=sys.argv[1], first=day, last=day)).exit_code)"
    )
    home = copied(one_released_day, tmp_path)
    before = gold(home)
    done = subprocess.run(
        [sys.executable, "-c", command, str(home), SECOND],
        env={**os.environ, VARIABLE: "silver.orders:after"},
        check=False,
    )
    assert done.returncode == KILLED
    assert_same(gold(home), before)
    assert_same(warehouse(home), before)
    assert run_days(home, SECOND).release is not None
    assert_same(warehouse(home), gold(home))
    assert gold(home) != before
