"""What gold's amounts and days are in: the shop's own currency, and its own day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

USUAL_CURRENCY = "USD"  # where neither the settings nor the source say


@dataclass(frozen=True)
class Reporting:
    """`currency`: as ISO 4217 has it. `timezone`: an IANA zone. `shop`: its name, for pages.

    `landed_in`: the zone of the days that drops are named by, which is the source's.
    """

    currency: str = USUAL_CURRENCY
    timezone: str = "UTC"
    shop: str | None = None
    landed_in: str = "UTC"

    @property
    def text(self) -> str:
        """What a table is made with, for people."""
        return f"{self.currency}, days of {self.timezone}"

    @property
    def noted(self) -> dict[str, str]:
        """What a table is made with, as its commits say it."""
        return {"currency": self.currency, "timezone": self.timezone, "landed_in": self.landed_in}

    def drops_of(self, day: date) -> tuple[date, ...]:
        """The days of drops that hold a business day's hours: two of them, where drops go by another zone's days."""
        if self.timezone == self.landed_in:
            return (day,)
        zone, drops = ZoneInfo(self.timezone), ZoneInfo(self.landed_in)
        begins, ends = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
        last = (ends.astimezone(UTC) - timedelta(microseconds=1)).astimezone(drops).date()
        return tuple(dict.fromkeys((begins.astimezone(drops).date(), last)))


def reporting_of(noted: Mapping[str, str] | None) -> Reporting:
    """What a commit says; of one that says nothing, what all were made with before it could be said otherwise."""
    return Reporting(**noted) if noted else Reporting()
