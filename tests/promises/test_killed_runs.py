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

from spark_app.contracts.load import load_contracts
from spark_app.runtime.failpoints import KILLED, VARIABLE
from spark_app.shops.demo_rows import COLUMNS
from tests.support.drops import assert_same, copied, gold, run_days, table_dicts, warehouse
from tests.support.kill import Killed, Plug
from tests.support.two_days import SECOND

pytestmark = pytest.mark.long

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
        "import sys; from datetime import date; from spark_app.jobs.nightly import run; "
        "from spark_app.runs.request import RunRequest; "
        "day = date.fromisoformat(sys.argv[2]); "
        "sys.exit(run(RunRequest('local', home=sys.argv[1], first=day, last=day)).exit_code)"
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
