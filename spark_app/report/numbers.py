"""How numbers and days are written in what comes ready with a page; script/numbers.js writes the same."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

DASH = "–"
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "BRL": "R$", "JPY": "¥", "INR": "₹"}


def symbol(currency: str) -> str:
    """What stands before an amount: a sign, or the currency's code and a space."""
    return SYMBOLS.get(currency, f"{currency} ")


def written(value: Any, unit: str, currency: str, *, exact: bool = False) -> str:
    """A value of a unit for people; a dash where there is none. Money of 10,000 and more goes without cents."""
    if value is None:
        return DASH
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, str):
        return value
    sign, size = ("−" if value < 0 else ""), abs(Decimal(str(value)))
    match unit:
        case "money":
            return f"{sign}{symbol(currency)}{size:,.{2 if exact or size < 10_000 else 0}f}"
        case "percent":
            return f"{sign}{size * 100:,.1f}%"
        case "change":
            return f"{'−' if value < 0 else '+'}{size * 100:,.{1 if size < Decimal('0.1') else 0}f}%"
        case "days":
            return f"{sign}{size:,.1f} days"
        case "score":
            return f"{sign}{size:,.2f}"
        case "count":
            return f"{sign}{size:,.0f}"
    return f"{sign}{size:,}"


def day_text(day: date) -> str:
    """Wed 29 Aug 2018."""
    return f"{day:%a} {day.day} {day:%b} {day.year}"


def time_text(time: datetime) -> str:
    """Wed 29 Aug 2018, 02:41 UTC."""
    return f"{day_text(time.date())}, {time:%H:%M} UTC"


def change(value: Any, was: Any) -> Decimal | None:
    """By what share of `was` a value is more than it; None where there is nothing to compare."""
    if value is None or not was:
        return None
    return (Decimal(str(value)) - Decimal(str(was))) / abs(Decimal(str(was)))


def verdict(share: Decimal | None, better: str) -> str:
    """good, bad, or nothing: what a change means where more (or less) is better."""
    if not share or better == "neither":
        return ""
    return "good" if (share > 0) == (better == "more") else "bad"
