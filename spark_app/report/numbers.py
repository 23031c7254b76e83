"""How numbers and days are written in what comes ready with a page; script/numbers.js writes the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

DASH = "–"
LEAST = Decimal("0.0005")  # of a change, so that its writing is not 0.0
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
        case "change" | "points":
            return _difference(value, unit)
        case "days":
            return f"{sign}{size:,.1f} days"
        case "score":
            return f"{sign}{size:,.2f}"
        case "count":
            return f"{sign}{size:,.0f}"
    return f"{sign}{size:,}"


def _difference(value: Any, unit: str) -> str:
    size = abs(Decimal(str(value))) * 100
    text = f"{size:,.1f} points" if unit == "points" else f"{size:,.{1 if size < 10 else 0}f}%"
    return f"{'−' if value < 0 else '+'}{text}"


def day_text(day: date) -> str:
    """Wed 29 Aug 2018."""
    return f"{day:%a} {day.day} {day:%b} {day.year}"


def time_text(time: datetime) -> str:
    """Wed 29 Aug 2018, 02:41 UTC."""
    return f"{day_text(time.date())}, {time:%H:%M} UTC"


@dataclass(frozen=True)
class Change:
    """How a value differs from what it was: in words, and whether that is good news, bad, or neither ("")."""

    text: str
    verdict: str


def change(value: Any, was: Any, unit: str) -> Decimal | None:
    """By what share of `was` a value is more than it, of two shares the difference; None where nothing compares."""
    if value is None or was is None:
        return None
    difference = Decimal(str(value)) - Decimal(str(was))
    if unit == "percent":
        return difference
    return difference / abs(Decimal(str(was))) if was else None


def changed(value: Any, was: Any, unit: str, better: str) -> Change | None:
    """A change as people read it. What is too small to be written is no news; None where nothing compares."""
    size = change(value, was, unit)
    if size is None:
        return None
    if abs(size) < LEAST:
        return Change("about the same" if size else "unchanged", "")
    return Change(f"{'▲' if size > 0 else '▼'} {written(size, change_unit(unit), '')}", verdict(size, better))


def change_unit(unit: str) -> str:
    """How a change is written: that of a share in percentage points, of anything else as a share of what it was."""
    return "points" if unit == "percent" else "change"


def verdict(difference: Any, better: str) -> str:
    """good, bad, or nothing: what a change means where more (or less) is better."""
    if not difference or better == "neither":
        return ""
    return "good" if (difference > 0) == (better == "more") else "bad"
