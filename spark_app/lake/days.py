"""Which days were taken in. A day that never landed has no figures, which is not a day without orders.

Drops say it, by the day of their folder; an order may come in a later day's drop, or a whole history in one. So a day
counts as not landed where the drops of orders have begun before it and go on after it, it has none itself, and no other
day's drop has brought an order of it either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from spark_app.contracts.table import Contract
from spark_app.runtime.reporting import Reporting

ORDERS = "orders"
UTC_DAYS = Reporting()


@dataclass(frozen=True)
class Drops:
    """`taken`: daily entity → days whose drops were taken in. `sold`: business days that have orders, of whatever drop.

    `reporting`: which drops hold the hours of a business day. `complete_to`: the last day of drops that a night was
    about; later ones are still running. None where that is not on record: then no day is.
    """

    taken: Mapping[str, frozenset[date]]
    sold: frozenset[date]
    reporting: Reporting = UTC_DAYS
    complete_to: date | None = None

    @property
    def last(self) -> date | None:
        """The newest day taken in; None where nothing is on record."""
        return max((day for days in self.taken.values() for day in days), default=None)

    def lacking(self, day: date) -> tuple[str, ...]:
        """Daily entities that have drops of days before and after (or of the same night), but not all of this one's."""
        return tuple(dict.fromkeys(name for drop in self.reporting.drops_of(day) for name in self._lacking(drop)))

    def _lacking(self, drop: date) -> list[str]:
        last = self.last
        if last is None or drop > last:
            return []
        return [name for name, days in self.taken.items() if days and min(days) < drop and drop not in days]

    def is_complete(self, day: date) -> bool:
        """Whether the drops of all the day's hours can have come; those of one still running cannot."""
        until = self.last if self.complete_to is None else self.complete_to
        return until is None or max(self.reporting.drops_of(day)) <= until

    def running(self) -> list[date]:
        """The days that drops were taken in of, or orders have come of, before they are over; ascending."""
        if self.complete_to is None or self.last is None or self.last <= self.complete_to:
            return []
        return sorted({day for days in (*self.taken.values(), self.sold) for day in days if not self.is_complete(day)})

    def landed(self, day: date) -> bool:
        """Whether figures of this day, zeros too, are what the shop has said of it."""
        return day in self.sold or ORDERS not in self.lacking(day)

    def missing(self, first: date, last: date) -> list[date]:
        """The days that did not land."""
        return [day for day in days_of(first, last) if not self.landed(day)]

    def without_orders(self, first: date, last: date) -> list[date]:
        """The days that landed and brought no order."""
        return [day for day in days_of(first, last) if day not in self.sold and self.landed(day)]


def drops(
    taken: Mapping[str, frozenset[date]],
    contracts: Mapping[str, Contract],
    sold: Iterable[date],
    reporting: Reporting = UTC_DAYS,
    complete_to: date | None = None,
) -> Drops:
    """Of what was taken in, that of the entities whose contracts say that they come daily."""
    daily = {name for name in taken if (found := contracts.get(f"silver.{name}")) is not None and found.daily}
    return Drops({name: taken[name] for name in sorted(daily)}, frozenset(sold), reporting, complete_to)


def days_of(first: date, last: date) -> list[date]:
    """Each day from `first` to `last`."""
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]
