"""Which days landed, by their drops."""

from __future__ import annotations

from datetime import date, timedelta

from spark_app.lake.days import Drops


def test_a_day_is_landed_lacking_or_sold_on() -> None:
    first, hole, late, last = (date(2024, 3, day) for day in (1, 2, 3, 4))
    drops = Drops({"orders": frozenset({first, last}), "payments": frozenset({hole, last})}, frozenset({late}))
    assert [drops.landed(day) for day in (first, hole, late, last)] == [True, False, True, True]
    assert drops.lacking(late) == ("orders", "payments")
    assert drops.lacking(first - timedelta(days=9)) == (), "a first drop may bring a whole history"
    assert drops.missing(first, last) == [hole]
    assert drops.without_orders(first, last) == [first, last]
    assert Drops({}, frozenset()).landed(first), "nothing is on record"
