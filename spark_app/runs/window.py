"""Which days of landing a run looks at: those asked for, and what landed since the last day taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from spark_app.lake import catch_up
from spark_app.lake.landing import LandedFile, list_days
from spark_app.runs.context import Context
from spark_app.runs.request import RunRequest
from spark_app.runtime.days import refuse_reversed, yesterday
from spark_app.runtime.errors import UsageError

Drop = Mapping[date, Sequence[LandedFile]]  # a dataset's files by day


@dataclass(frozen=True)
class Window:
    """The days asked for, and how far before them late files are looked for.

    `single`: one day, which must be complete; `running`: its last day is not over, and need not be.
    """

    first: date
    last: date
    lookback_days: int
    single: bool
    running: bool = False


def running_day(context: Context) -> date:
    """The day that drops are named by at this moment, in the source's zone."""
    return datetime.now(ZoneInfo(context.source.timezone)).date()


def running_window(context: Context) -> Window:
    """The running day, and the days before it that late files are looked for of."""
    today = running_day(context)
    return Window(today, today, context.settings.lookback_days, single=False, running=True)


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
    running = request.intraday
    return Window(first, last, context.settings.lookback_days, single=first == last and not running, running=running)


def first_days(context: Context, window: Window, taken: Mapping[str, Mapping[date, str]]) -> dict[str, date]:
    """The first day that is looked at of each dataset."""
    begun = catch_up.first_day_of_lake(context.lake, taken)
    return {
        name: catch_up.first_day_to_look_at(taken.get(name, ()), begun, window.first, window.lookback_days)
        for name in context.datasets
    }
