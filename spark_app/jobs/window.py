"""Which days of landing a run looks at: those asked for, and what landed since the last day taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from spark_app.jobs.context import Context
from spark_app.lake import catch_up
from spark_app.lake.landing import LandedFile

Drop = Mapping[date, Sequence[LandedFile]]  # a dataset's files by day


@dataclass(frozen=True)
class Window:
    """The days asked for, and how far before them late files are looked for."""

    first: date
    last: date
    lookback_days: int
    single: bool


def starts_of(context: Context, window: Window, held: Mapping[str, Mapping[date, str]]) -> dict[str, date]:
    """The first day that is looked at of each dataset."""
    begun = catch_up.beginning(context.lake, held)
    return {
        name: catch_up.start(held.get(name, ()), begun, window.first, window.lookback_days) for name in context.datasets
    }
