"""Before a run starts: what a range will cost is said, and a budget warns or ends the run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spark_app.cli import lakehouse
from spark_app.lake import ops
from spark_app.lake.paths import Lake
from spark_app.runs.context import Context
from spark_app.runs.lifecycle import run
from spark_app.runs.request import Outcome, RunRequest
from tests.support.ops_rows import put

TODAY = datetime.now(UTC).date()
DAY = date(2024, 3, 1)
MACHINE = "billed_by: machine, machine_hour: 1"


def world(conf: Path, home: Path, cost: str, spent: str = "0.50") -> Path:
    """Ten days landed; today one run that released a day was billed."""
    (conf / "local.yaml").write_text(f"cost: {{{cost}}}\n")
    for at in range(10):
        (home / "landing" / "orders" / f"dt={DAY + timedelta(days=at)}").mkdir(parents=True)
    bill = {"command": "run", "landed_days": 1, "released": True, "billed_by": "machine", "item": "machine"}
    lake = Lake(str(home / "lake"))
    put(lake.table("ops.bills"), [{**bill, "run_id": "r1", "day": TODAY, "dollars": Decimal(spent)}])
    return home


def start(home: Path, **asked: Any) -> tuple[Outcome, list[str]]:
    """The outcome, and what was done: nothing of a run that ended before it started."""
    done: list[str] = []

    def work(context: Context, request: RunRequest) -> None:
        done.append(context.run_id)

    days: Mapping[str, Any] = {"first": DAY, "last": DAY + timedelta(days=9)}
    return run(RunRequest("local", home=str(home), **{**days, **asked}), work), done


def test_a_range_is_told_what_it_will_cost(conf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome, done = start(world(conf, tmp_path, MACHINE))
    said = "note: these 10 days (2024-03-01 to 2024-03-10) will cost at most about $5.00, from 1 run\n"
    assert capsys.readouterr().err == said
    assert (outcome.exit_code, outcome.record.warnings, len(done)) == (0, [], 1)


def test_days_that_were_taken_in_cost_nothing_again(
    conf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = world(conf, tmp_path, MACHINE)
    file = {"dataset": "orders", "status": "ingested", "bronze_version": 1, "day_fingerprint": "f", "rows": 1}
    days = [DAY + timedelta(days=at) for at in range(9)]
    put(
        Lake(str(home / "lake")).table("ops.ingested_files"),
        [{**file, "batch_date": day, "file": str(day)} for day in days],
    )
    start(home)
    assert capsys.readouterr().err == "note: this day (2024-03-10 to 2024-03-10) will cost about $0.5000, from 1 run\n"


def test_a_run_over_the_budget_warns(conf: Path, tmp_path: Path) -> None:
    outcome, done = start(world(conf, tmp_path, f"{MACHINE}, monthly_budget: 5.49"))
    assert (outcome.exit_code, len(done)) == (0, 1)
    (told,) = outcome.record.warnings
    assert told.startswith("over the month's budget of $5.49: $0.5000 spent since ")
    assert "this run will cost at most about $5.00, from 1 run; a new month begins on " in told
    assert [one.cause for one in outcome.record.notices] == ["over budget"], "people are alerted of it"


def test_or_ends_before_it_starts(conf: Path, tmp_path: Path) -> None:
    home = world(conf, tmp_path, f"{MACHINE}, monthly_budget: 5.49, over_budget: stop")
    outcome, done = start(home)
    assert (outcome.exit_code, done) == (2, [])
    assert outcome.message.startswith("over the month's budget of $5.49")
    assert "\n" not in outcome.message
    assert not (home / "lake" / "_lease").exists(), "it never held the lake"
    (kept,) = ops.select(Lake(str(home / "lake")).table("ops.runs"), "SELECT exit_code, message FROM ops_rows")
    assert kept == {"exit_code": 2, "message": outcome.message}


def test_within_the_budget_it_says_nothing_of_it(conf: Path, tmp_path: Path) -> None:
    outcome, done = start(world(conf, tmp_path, f"{MACHINE}, monthly_budget: 5.50, over_budget: stop"))
    assert (outcome.exit_code, outcome.record.warnings, len(done)) == (0, [], 1)


def test_a_single_day_is_held_against_it_too(conf: Path, tmp_path: Path) -> None:
    home = world(conf, tmp_path, f"{MACHINE}, monthly_budget: 0.99, over_budget: stop")
    assert start(home, last=DAY)[0].exit_code == 2
    assert start(home, layers=("gold",))[0].exit_code == 0, "no day is taken in, and what is spent is within it"


def test_going_back_to_an_earlier_release_is_no_matter_of_money(conf: Path, tmp_path: Path) -> None:
    home = world(conf, tmp_path, f"{MACHINE}, monthly_budget: 0.10, over_budget: stop")
    assert start(home, command="releases rollback", layers=())[0].exit_code == 0


def test_where_nobody_bills_nothing_is_asked(conf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (conf / "prices.yaml").unlink()
    outcome, done = start(world(conf, tmp_path, "billed_by: nothing"))
    assert (outcome.exit_code, len(done), capsys.readouterr().err) == (0, 1, "")


def test_prices_that_cannot_be_read_end_the_run_at_once(conf: Path, tmp_path: Path) -> None:
    home = world(conf, tmp_path, MACHINE)
    (conf / "prices.yaml").write_text("region: here\n")
    outcome, done = start(home)
    assert (outcome.exit_code, done) == (2, [])
    assert "prices.yaml" in outcome.message


def test_the_command_says_it_in_one_line(conf: Path, tmp_path: Path) -> None:
    home = world(conf, tmp_path, f"{MACHINE}, monthly_budget: 0.40, over_budget: stop")
    result = CliRunner().invoke(lakehouse, ["run", "--home", str(home), "--date", str(DAY), "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["message"].startswith("over the month's budget of $0.4000: $0.5000 spent")
