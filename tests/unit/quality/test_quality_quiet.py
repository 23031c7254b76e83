"""Zero is never as usual by default."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.quality.history import Series
from spark_app.quality.quiet import last_with_some, more_than_nothing, never_nothing
from spark_app.quality.robust import Expected

DAY = date(2024, 3, 11)  # a Monday
WATCH = load_contracts()["gold.daily_sales"].watches[0]


def series(values: dict[date, float], unknown: frozenset[date] = frozenset(), kind: str = "count") -> Series:
    return Series("gold.daily_sales", WATCH, kind, "gold.fact_orders", values, unknown=unknown)  # type: ignore[arg-type]


def mondays(*sold: float) -> dict[date, float]:
    """The Mondays before the day, the newest first."""
    return {DAY - timedelta(days=7 * n): value for n, value in enumerate(sold, 1)}


def test_the_last_day_with_some_lies_before_the_day() -> None:
    one = series({DAY: 5.0, DAY - timedelta(days=1): 0.0, DAY - timedelta(days=2): 3.0})
    assert last_with_some(one, DAY) == DAY - timedelta(days=2)
    assert last_with_some(series({}), DAY) is None


@pytest.mark.parametrize(
    ("sold", "never"),
    [((3, 4, 2, 5), True), ((3, 4, 0, 5), False), ((3, 4, 2), False), ((0, 0, 3, 4, 2, 5), True), ((), False)],
)
def test_none_at_all_is_unusual_where_each_such_weekday_had_some(sold: tuple[float, ...], never: bool) -> None:
    assert never_nothing(series(mondays(*sold)), DAY) is never


def test_a_day_that_never_landed_says_nothing() -> None:
    days = mondays(3, 4, 2, 5, 6)
    gone = DAY - timedelta(days=14)
    del days[gone]
    assert never_nothing(series(days), DAY) is False
    assert never_nothing(series(days, frozenset({gone})), DAY) is True


@pytest.mark.parametrize(("kind", "low"), [("count", 1.0), ("amount", 0.01)])
def test_nothing_lies_below_such_bounds(kind: str, low: float) -> None:
    assert more_than_nothing(series({}, kind=kind), Expected(5.0, -inf, 9.0, 0.0)).low == low
    assert more_than_nothing(series({}, kind=kind), Expected(5.0, 4.0, 9.0, 0.0)).low == 4.0
