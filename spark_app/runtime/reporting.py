"""What gold's amounts and days are in: the shop's own currency, and its own day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

USUAL_CURRENCY = "USD"  # where neither the settings nor the source say


@dataclass(frozen=True)
class Reporting:
    """`currency`: as ISO 4217 has it. `timezone`: an IANA zone. `shop`: its name, for pages."""

    currency: str = USUAL_CURRENCY
    timezone: str = "UTC"
    shop: str | None = None

    @property
    def text(self) -> str:
        """What a table is made with, for people."""
        return f"{self.currency}, days of {self.timezone}"

    @property
    def noted(self) -> dict[str, str]:
        """What a table is made with, as its commits say it."""
        return {"currency": self.currency, "timezone": self.timezone}


def reporting_of(noted: Mapping[str, str] | None) -> Reporting:
    """What a commit says; of one that says nothing, what all were made with before it could be said otherwise."""
    return Reporting(**noted) if noted else Reporting()
