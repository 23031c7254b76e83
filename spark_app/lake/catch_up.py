"""Which days of landing a run takes in beside those it is asked for, and which no run takes in by itself.

An outage may last longer than late files are looked for, and a feed may stay away for weeks. So a run begins where the
last day taken in ends, dataset by dataset, however long ago that is. The days before are told with the command that
fetches them: it is for people to say whether a history is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from spark_app.lake import landing, ledger, ops
from spark_app.lake.landing import Folders
from spark_app.lake.paths import Lake, Landing

_DAY = timedelta(days=1)
Days = Mapping[str, Sequence[date]]  # by dataset, ascending


@dataclass(frozen=True)
class Waiting:
    """Days whose folders of landing hold files, and of which the ledger has nothing.

    `skipped`: no run takes them in unless it is asked to. `coming`: later ones than those taken in, which the next run
    takes in. `future`: their day is still to come. `lacking`: those of them of which a daily dataset has no drop.
    `begun`: the first day of the lake.
    """

    skipped: Days
    coming: Days
    future: Days
    lacking: frozenset[date] = frozenset()
    begun: date | None = None


def first_day_of_lake(lake: Lake, taken: Mapping[str, Iterable[date]]) -> date | None:
    """The first day of the lake: the first taken in of any dataset, or that a run was asked for in vain."""
    days = [day for days in taken.values() for day in days]
    if not days:
        sql = (
            "SELECT min(first_day) AS day FROM ops_rows WHERE exit_code NOT IN (0, 2) AND command IN ('run', 'bronze')"
        )
        days = [row["day"] for row in ops.select(lake.table("ops.runs"), sql) if row["day"]]
    return min(days, default=None)


def first_day_to_look_at(taken: Iterable[date], begun: date | None, first: date, lookback_days: int) -> date:
    """The first day that a run for `first` looks at of a dataset that has taken in these days.

    As many days before the first not taken in as nights that had not failed would have looked back.
    """
    before = [day for day in taken if day < first]
    if before:
        fresh = max(before) + _DAY
    else:
        fresh = min(begun, first) if begun else first
    return fresh - timedelta(days=lookback_days)


def find_waiting_days(
    place: Landing,
    lake: Lake,
    daily: Mapping[str, bool],
    lookback_days: int,
    today: date,
    folders: Folders | None = None,
    taken: Mapping[str, Iterable[date]] | None = None,
) -> Waiting:
    """What waits in landing. `daily`: each dataset, and whether it is one that comes daily.

    `folders`, `taken`: where they are known already. Asks landing for names only.
    """
    known = folders or landing.list_days(place, daily)
    known_days = {name: set(days) for name, days in (taken or ledger.fingerprints(lake)).items()}
    begun = first_day_of_lake(lake, known_days)
    past = [day for days in known_days.values() for day in days if day <= today + _DAY]
    after = max(past, default=begun or date.min) + _DAY  # the day of the next run, at the earliest
    skipped, coming, future = {}, {}, {}
    for name in daily:
        there = landing.days_with_files(
            place, name, [day for day in known.days[name] if day not in known_days.get(name, ())]
        )
        from_ = first_day_to_look_at(known_days.get(name, ()), begun, after, lookback_days) if begun else date.max
        skipped[name] = [day for day in there if day < from_ and day <= today]
        coming[name] = [day for day in there if from_ <= day < today]
        future[name] = [day for day in there if day > today + _DAY]
    wanted = {day for kind in (skipped, coming, future) for days in kind.values() for day in days}
    whole = [set(known.days[name]) for name, each in daily.items() if each]
    lacking = frozenset(day for day in wanted if not all(day in days for days in whole))
    return Waiting(_some(skipped), _some(coming), _some(future), lacking, begun)


def _some(days: Days) -> Days:
    return {name: listed for name, listed in days.items() if listed}
