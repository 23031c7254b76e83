"""Which days of landing a run looks at: those asked for, and what landed since the last day taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from spark_app.lake import catch_up
from spark_app.lake.landing import LandedFile, list_days
from spark_app.runs.context import Context
from spark_app.runs.request import RunRequest
from spark_app.runtime.days import refuse_reversed, yesterday
from spark_app.runtime.errors import UsageError

Drop = Mapping[date, Sequence[LandedFile]]  # a dataset's files by day


@dataclass(frozen=True)
class Window:
    """The days asked for, and how far before them late files are looked for."""

    first: date
    last: date
    lookback_days: int
    single: bool


def window_of(context: Context, request: RunRequest) -> Window:
    """The request's days, yesterday where it names none; of a rebuild all that landing has folders for.

    Raises UsageError where there are none to rebuild from. The record learns the days.
    """
    if request.rebuild_from:
        days = list_days(context.landing, context.datasets).all_days
        if not days:
            raise UsageError(f"nothing to rebuild from: {context.landing} holds no dt=YYYY-MM-DD folder")
        return Window(days[0], days[-1], 0, single=False)
    last = request.last or yesterday()
    first = request.first or last
    refuse_reversed("--from", first, "--to", last)
    context.record.first_day, context.record.last_day = first, last
    return Window(first, last, context.settings.lookback_days, single=first == last)


def first_days(context: Context, window: Window, taken: Mapping[str, Mapping[date, str]]) -> dict[str, date]:
    """The first day that is looked at of each dataset."""
    begun = catch_up.first_day_of_lake(context.lake, taken)
    return {
        name: catch_up.first_day_to_look_at(taken.get(name, ()), begun, window.first, window.lookback_days)
        for name in context.datasets
    }
