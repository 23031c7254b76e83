"""Which days landed, by their drops."""

from __future__ import annotations

from datetime import date, timedelta

from spark_app.lake.days import Drops
from spark_app.runtime.reporting import Reporting


def test_a_day_is_landed_lacking_or_sold_on() -> None:
    first, hole, late, last = (date(2024, 3, day) for day in (1, 2, 3, 4))
    drops = Drops({"orders": frozenset({first, last}), "payments": frozenset({hole, last})}, frozenset({late}))
    assert [drops.landed(day) for day in (first, hole, late, last)] == [True, False, True, True]
    assert drops.lacking(late) == ("orders", "payments")
    assert drops.lacking(first - timedelta(days=9)) == (), "a first drop may bring a whole history"
    assert drops.missing(first, last) == [hole]
    assert drops.without_orders(first, last) == [first, last]
    assert Drops({}, frozenset()).landed(first), "nothing is on record"


def test_a_business_day_of_another_zone_needs_the_drops_of_all_its_hours() -> None:
    """Drops go by UTC, the shop's day by São Paulo: the drop of the 5th ends at nine in its evening."""
    reporting = Reporting("BRL", "America/Sao_Paulo", landed_in="UTC")
    fourth, fifth, sixth = date(2024, 3, 4), date(2024, 3, 5), date(2024, 3, 6)
    drops = Drops({"orders": frozenset({date(2024, 3, 1), fourth, sixth})}, frozenset(), reporting)
    assert not drops.landed(fourth), "its last hours are in the drop of the 5th, which is missing"
    assert not drops.landed(fifth)
    assert drops.is_complete(fifth)
    assert not drops.is_complete(sixth), "its evening is still to come"
