"""Whether a thousand orders cost more to take in than they used to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from spark_app.costs.words import in_dollars
from spark_app.quality.robust import expect_next


def dear_orders(by_day: Mapping[date, Decimal], day: date) -> str | None:
    """One line where a thousand orders cost more on a day than the days before let expect, as figures of sales are
    judged: by weekday, four weeks at least. `by_day`: dollars a thousand orders, by day on which runs began.
    """
    if day not in by_day:
        return None
    first = min(by_day)
    past = [float(by_day.get(first + timedelta(days=at), "nan")) for at in range((day - first).days)]
    expected = expect_next("amount", past, float(by_day[day]))
    if expected is None or float(by_day[day]) <= expected.high:
        return None
    usual = f"{in_dollars(Decimal(str(expected.low)))} to {in_dollars(Decimal(str(expected.high)))}"
    return f"a thousand orders cost {in_dollars(by_day[day])} on {day}, expected {usual}: lakehouse cost --by day"
