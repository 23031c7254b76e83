"""What the demo shop's other currencies are worth in dollars, day by day."""

import math
import random
from datetime import date, datetime, timedelta

from spark_app.shops.demo_rows import Row, row

HOME_CURRENCY = "USD"
_USUAL = {"EUR": 1_085_000, "BRL": 201_000}  # millionths of a dollar
_CORRECTED_EVERY = 17  # days: one rate in so many was wrong at first


def rate_of(currency: str, day: date) -> int:
    """Millionths of a dollar for one unit of `currency` on `day`, as known in the end; 1,000,000 for the dollar."""
    if currency == HOME_CURRENCY:
        return 1_000_000
    swing = 1 + 0.02 * math.sin(day.toordinal() / 14) + random.Random(f"{currency}/{day}").uniform(-0.003, 0.003)
    return round(_USUAL[currency] * swing)


def rates_of_day(midnight: datetime) -> list[Row]:
    """The day's rates, sent in its first minutes, and from time to time the right one of two days before."""
    at = midnight + timedelta(minutes=5)
    today, earlier = midnight.date(), midnight.date() - timedelta(days=2)
    rows = [_rate_row(currency, today, _first_said(currency, today), at) for currency in _USUAL]
    if _was_wrong(earlier):
        rows += [_rate_row(currency, earlier, rate_of(currency, earlier), at) for currency in _USUAL]
    return rows


def _was_wrong(day: date) -> bool:
    return day.toordinal() % _CORRECTED_EVERY == 0


def _first_said(currency: str, day: date) -> int:
    return rate_of(currency, day) * (101 if _was_wrong(day) else 100) // 100


def _rate_row(currency: str, day: date, millionths: int, at: datetime) -> Row:
    return row("exchange_rates", at, currency, day, f"{millionths // 1_000_000}.{millionths % 1_000_000:06d}")
