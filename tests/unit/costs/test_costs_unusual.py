"""A run that cost far more than its like."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from spark_app.costs.history import RunCost
from spark_app.costs.unusual import dear, dear_orders

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


TODAY = date(2026, 11, 1)


def days(today: str, count: int = 35) -> dict[date, Decimal]:
    """A dollar a thousand orders, three at weekends, when there are fewer; a little more or less by the day."""
    before = [TODAY - timedelta(days=at) for at in range(1, count + 1)]
    usual = {day: D(3 if day.weekday() >= 5 else 1) + D(day.day % 3) / 100 for day in before}
    return {**usual, TODAY: D(today)}


def test_a_thousand_orders_are_held_against_the_same_weekday() -> None:
    assert TODAY.weekday() == 6
    assert dear_orders(days("3.02"), TODAY) is None
    told = dear_orders(days("9"), TODAY)
    assert told is not None
    assert told.startswith("a thousand orders cost $9.00 on 2026-11-01, expected $")
    assert dear_orders(days("0.10"), TODAY) is None, "cheaper is no news"


def test_without_four_weeks_or_without_orders_nothing_is_judged() -> None:
    assert dear_orders(days("9", count=20), TODAY) is None
    assert dear_orders(days("9"), TODAY + timedelta(days=1)) is None
