"""What a thousand orders cost on a day, held against the weeks before."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from spark_app.runs.orders_cost import dear_orders

D = Decimal
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
