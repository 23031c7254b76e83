"""Days as people write them, wherever a job is started: one day, or a range from one to another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from spark_app.runtime.errors import UsageError


def yesterday() -> date:
    """The default batch date, in UTC."""
    return datetime.now(UTC).date() - timedelta(days=1)


def parse_day(text: str) -> date:
    """A date as 2024-12-31; UsageError for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is no date; expected one as 2024-12-31") from None


def read_span(day: date | None, first: date | None, last: date | None) -> tuple[date | None, date | None]:
    """(first, last) of --date, or of --from and --to; nothing where none was given. UsageError for half of it."""
    if day is not None and (first or last):
        raise UsageError("give --date, or --from with --to, not both")
    if (first is None) != (last is None):
        raise UsageError("--from and --to go together")
    refuse_reversed("--from", first, "--to", last)
    return (day, day) if day is not None else (first, last)


def refuse_reversed(one: str, first: date | None, other: str, last: date | None) -> None:
    """UsageError where a range ends before it begins; `one` and `other` are what the days are called."""
    if first is not None and last is not None and first > last:
        raise UsageError(f"{one} {first} is after {other} {last}", hint="give the earlier day first")


_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


def parse_wait(text: str) -> float:
    """Seconds of a time to wait as 30m, 2h, 45s or 90; UsageError for anything else."""
    match = re.fullmatch(r"(\d{1,6})([smh]?)", text.strip())
    if match is None:
        raise UsageError(f"'{text}' is no time to wait; expected one as 30m, 2h or 45s")
    return float(int(match[1]) * _UNITS[match[2]])


def day_ranges(days: Sequence[date]) -> list[str]:
    """Days, ascending, in words: those that follow each other as `2024-03-01 to 2024-03-05`."""
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][-1] == timedelta(days=1):
            spans[-1] = [spans[-1][0], day]
        else:
            spans.append([day])
    return [" to ".join(map(str, one)) for one in spans]
