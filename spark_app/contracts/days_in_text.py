"""The day that a text tells, read by a source's datetime patterns without Spark: for laying files out by their days.

The day is the one that stands in the text, whatever the zone; an epoch's is that of UTC.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache

from spark_app.contracts.patterns import EPOCHS, Part, parts

ISO = "yyyy-MM-dd"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(r"(?<!\d)(\d{4})([-_.]?)(\d{2})\2(\d{2})(?!\d)")


def day_reader(formats: Sequence[str]) -> Callable[[str], date | None]:
    """A function from a text to its day by the first pattern that fits it; None where none does.

    Without formats a text begins with its day as 2024-12-31.
    """
    readers = [_reader(pattern) for pattern in formats or (ISO,)]

    def read(text: str) -> date | None:
        return next((day for reader in readers if (day := reader(text.strip())) is not None), None)

    return read


def days_in_name(name: str) -> list[date]:
    """The days that a path tells, as 2024-12-31, 2024_12_31 or 20241231, in their order, each once."""
    found = (_made(int(one[1]), int(one[3]), int(one[4])) for one in _NAMED.finditer(name))
    return list(dict.fromkeys(day for day in found if day is not None and 1990 <= day.year < 2100))


@cache
def _reader(pattern: str) -> Callable[[str], date | None]:
    if pattern in EPOCHS:
        return lambda text: _of_epoch(text, EPOCHS[pattern])
    # What follows the day (a time, a zone) need not be read.
    pieces = parts(pattern)
    last = max((at for at, part in enumerate(pieces) if part.letter in tuple("yMLdD")), default=-1)
    fits = re.compile("".join(_piece(part) for part in pieces[: last + 1]), re.IGNORECASE)

    def read(text: str) -> date | None:
        found = fits.match(text)
        return None if found is None else _of_parts({k: v for k, v in found.groupdict().items() if v})

    return read


def _piece(part: Part) -> str:
    """A pattern's piece as a regular expression."""
    if part.kind == "quoted":
        return re.escape(part.text[1:-1].replace("''", "'") or "'")
    if part.kind == "text":
        return re.escape(part.text)
    if part.kind in ("open", "close"):
        return "(?:" if part.kind == "open" else ")?"
    count = len(part.text)
    if part.letter == "y":
        return r"(?P<short>\d{2})" if count == 2 else r"(?P<year>\d{4})"
    if part.letter in ("M", "L"):
        return rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?" if count > 2 else rf"(?P<month>\d{{{count},2}})"
    if part.letter == "d":
        return rf"(?P<day>\d{{{count},2}})"
    if part.letter == "D":
        return r"(?P<of_year>\d{1,3})"
    return r"[^\s,;/.]+"


def _of_parts(found: dict[str, str]) -> date | None:
    year = int(found["year"]) if "year" in found else 2000 + int(found["short"]) if "short" in found else None
    if year is None:
        return None
    if "of_year" in found:
        first, number = date(year, 1, 1), int(found["of_year"])
        return date.fromordinal(first.toordinal() + number - 1) if 1 <= number <= 366 else None
    month = _MONTHS.index(found["name"].lower()) + 1 if "name" in found else int(found.get("month", 1))
    return _made(year, month, int(found.get("day", 1)))


def _of_epoch(text: str, parts_of_second: int) -> date | None:
    try:
        return datetime.fromtimestamp(float(text) / parts_of_second, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
