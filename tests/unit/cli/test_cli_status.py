"""`lakehouse status`: what it says of the release, of what is withheld, and of the warehouse."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from spark_app.cli import lakehouse
from spark_app.lake.lock import LeaseRequest, hold_lease
from tests.support.nights import LAST, Night, good_night


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return good_night(tmp_path)


def status(night: Night) -> str:
    result = CliRunner().invoke(lakehouse, ["status", "--home", str(night.gold.root)], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_the_days_are_those_of_the_figures_not_of_the_run(night: Night) -> None:
    """A rebuild is about no day: its release said "days to –"."""
    said = status(night)
    assert "readers see release 1" in said
    assert f"days to {LAST}; the warehouse still has nothing" in said
    night.takes_in([LAST + timedelta(days=1)])  # a day without an order
    night.releases("rebuild")
    assert f"days to {LAST + timedelta(days=1)}" in status(night)


def test_who_writes_the_lake_is_named(night: Night) -> None:
    assert "the lake" not in status(night)
    with hold_lease(night.lake, LeaseRequest("at-work", "run")):
        assert "run at-work (run, process " in status(night)
        assert "holds the lake since" in status(night)
    assert "nobody holds the lake; the last was run at-work" in status(night)


def test_what_withholds_is_the_newest_audits_whoever_ran_it(night: Night) -> None:
    assert "withheld" not in status(night)
    night.takes_in(run="a-task")
    held = {"passed": False, "effect": "withheld", "rows_checked": 10}
    night.audits(
        {**held, "rows_broken": 2},
        {**held, "rule": "sales are recent", "rows_broken": None, "observed": 9.0, "expected": "at most 3 days"},
        run="a-task",
        passed=False,
    )
    night.runs("another-task", command="bronze")
    said = status(night)
    assert "the newest figures are withheld by gold.fact_orders: adds up (2 of 10 rows)" in said
    assert "withheld by gold.fact_orders: sales are recent (found 9, expected at most 3 days)" in said
    night.audits(run="next-night")
    assert "withheld" not in status(night)
