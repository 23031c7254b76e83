"""A run that cost far more than its like."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from spark_app.costs.history import RunCost
from spark_app.costs.unusual import dear

D = Decimal


def run(name: str, dollars: str, **other: Any) -> RunCost:
    given: dict[str, Any] = {"command": "run", "landed_days": 1, "released": True, "billed_by": "machine"}
    return RunCost(run_id=name, day=date(2026, 11, 1), dollars=D(dollars), **{**given, **other})


PAST = [run(f"r{at}", "0.50") for at in range(5)]


def test_twice_the_usual_is_dear() -> None:
    assert dear(run("new", "1.00"), [*PAST, run("new", "1.00")]) == (
        "run cost $1.00, usually $0.5000 (5 runs like it); where it went: lakehouse cost --by table --days 1"
    )
    assert dear(run("new", "0.99"), PAST) is None


@pytest.mark.parametrize("other", [{"landed_days": 400}, {"command": "rebuild"}, {"released": False}])
def test_a_run_of_another_kind_is_not_held_against_them(other: dict[str, Any]) -> None:
    assert dear(run("new", "9", **other), PAST) is None


def test_it_takes_some_runs_and_more_than_a_cent() -> None:
    assert dear(run("new", "9"), PAST[:4]) is None
    assert dear(run("new", "0.009"), [run(f"r{at}", "0.001") for at in range(9)]) is None
