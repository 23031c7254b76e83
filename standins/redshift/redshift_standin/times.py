"""Dates and times in files: DATEFORMAT and TIMEFORMAT."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from redshift_standin.bad import Bad

Converter = Callable[[str], str]

_INTEGER = re.compile(r"[+-]?\d+\Z", re.ASCII)
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?))?\Z", re.ASCII)
_ZONE = re.compile(r"\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)\Z")


def day(form: str) -> Converter:
    """From a field to a date."""
    patterns = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%m/%d/%Y", "%d-%b-%Y") if form == "auto" else ("%Y-%m-%d",)
    if form not in ("", "auto", "YYYY-MM-DD"):
        patterns = (_pattern(form),)

    def convert(value: str) -> str:
        # A timestamp's date will do with 'auto'.
        text = value.strip(" ")
        text = text[:10] if form == "auto" and _STAMP.match(_ZONE.sub("", text)) else text
        for pattern in patterns:
            try:
                return datetime.strptime(text, pattern).date().isoformat()
            except ValueError:
                continue
        raise Bad(
            1205, f"Invalid Date Format - length must be 10 or more{'' if len(text) < 10 else f', Value {text[:20]!r}'}"
        )

    def iso(value: str) -> str:
        try:
            return date.fromisoformat(value).isoformat() if len(value) == 10 else convert(value)
        except ValueError:
            return convert(value)

    return iso if form in ("", "auto", "YYYY-MM-DD") else convert


def moment(form: str, zoned: bool) -> Converter:
    """From a field to a timestamp."""
    scale = {"epochsecs": 1, "epochmillisecs": 1000}.get(form)

    def from_epoch(value: str) -> str:
        if not _INTEGER.match(value):
            raise Bad(1206, "Invalid timestamp format or value [epoch]")
        found_at = datetime(1970, 1, 1) + timedelta(seconds=int(Decimal(value) / (scale or 1)))
        return found_at.isoformat(sep=" ") + ("+00" if zoned else "")

    def convert(value: str) -> str:
        text = value.strip(" ")
        zone = _ZONE.search(text) if len(text) > 10 else None
        bare = text[: zone.start()] if zone else text
        found = _STAMP.match(bare)
        if not found or (not form and "T" in bare):
            raise Bad(1206, "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]")
        try:
            found_at = datetime.fromisoformat(f"{found[1]} {_six(found[2] or '00:00')}")
        except ValueError:
            raise Bad(1206, "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]") from None
        if zone and zone[1] not in ("Z", "UTC", "+00", "+0000", "+00:00") and not zoned:
            there = datetime.fromisoformat(f"{found_at.isoformat()}{_offset(zone[1])}")
            return there.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
        return found_at.isoformat(sep=" ") + ((zone[1] if zone else "+00") if zoned else "")

    def patterned(value: str) -> str:
        try:
            return datetime.strptime(value, _pattern(form)).isoformat(sep=" ")
        except ValueError:
            raise Bad(1206, f"Invalid timestamp format or value [{form}]") from None

    if scale:
        return from_epoch
    return convert if form in ("", "auto") or form.startswith("YYYY-MM-DD HH") else patterned


def _six(clock: str) -> str:
    """The time of day with at most microseconds, which is what Redshift keeps."""
    whole, dot, fraction = clock.replace(",", ".").partition(".")
    return whole + (dot + fraction[:6].ljust(6, "0") if dot else "")


def _offset(zone: str) -> str:
    digits = zone.replace(":", "")
    return f"{digits[:3]}:{digits[3:] or '00'}"


_PARTS = (
    ("YYYY", "%Y"), ("MON", "%b"), ("MM", "%m"), ("DD", "%d"), ("HH24", "%H"), ("HH", "%H"), ("MI", "%M"), ("SS", "%S"),
    ("YY", "%y"),
)  # fmt: skip


def _pattern(form: str) -> str:
    for theirs, ours in _PARTS:
        form = form.replace(theirs, ours)
    return form
