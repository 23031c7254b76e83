"""Zero is never as usual by default: what nothing is held against, however long there has been nothing.

A shop that has stopped teaches its own past that zero is usual. So a figure that is zero is judged by the weeks up to
the last day it was not; and where each of those weekdays had some, none at all is unusual.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from spark_app.quality.history import Series
from spark_app.quality.robust import WINDOW, Expected

SAME_WEEKDAYS = 4  # at least, that all had some


def last_with_some(one: Series, day: date) -> date | None:
    """The newest day before `day` on which the figure was more than nothing."""
    return max((at for at, value in one.values.items() if at < day and value > 0), default=None)


def never_nothing(one: Series, day: date) -> bool:
    """Whether each known day of this weekday, of the ten weeks up to the last one with some, had some."""
    last = last_with_some(one, day)
    if last is None:
        return False
    first = max(one.first or min(one.values), last - timedelta(days=WINDOW - 1))
    days = _same_weekdays(day, first, last)
    known = [at for at in days if at not in one.unknown]
    return len(known) >= SAME_WEEKDAYS and all(one.values.get(at, 0.0) > 0 for at in known)


def more_than_nothing(one: Series, bounds: Expected) -> Expected:
    """Bounds that nothing lies below."""
    return replace(bounds, low=max(bounds.low, 1.0 if one.kind == "count" else 0.01))


def _same_weekdays(day: date, first: date, last: date) -> Sequence[date]:
    newest = last - timedelta(days=(last.weekday() - day.weekday()) % 7)
    return [at for week in range(WINDOW // 7) if (at := newest - timedelta(days=7 * week)) >= first]
