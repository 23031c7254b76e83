"""What landing has that bronze has not: names, sizes and contents beside the ledger's, without Spark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from spark_app.lake import ledger
from spark_app.lake.behind import bronze_released
from spark_app.lake.landing import Folders, fingerprint, list_days, list_files
from spark_app.runs.context import Context
from spark_app.runs.window import Drop, Window, first_days, running_window

Fingerprints = Mapping[str, Mapping[date, str]]  # dataset -> day -> the fingerprint of what bronze holds of it


@dataclass(frozen=True)
class Look:
    """`folders`: landing by its names. `starts`: the first day looked at of each dataset. `landed`: what lies there."""

    folders: Folders
    starts: Mapping[str, date]
    landed: Mapping[str, Drop]


def look_at_landing(context: Context, window: Window, known: Fingerprints) -> Look:
    """What each dataset's folders hold from its first day on; what will not be read of landing is told."""
    folders, starts = list_days(context.landing, context.datasets), first_days(context, window, known)
    found = {
        name: list_files(context.landing, name, [day for day in folders.days[name] if first <= day <= window.last])
        for name, first in starts.items()
    }
    for problem in [*folders.strays, *(problem for one in found.values() for problem in one.unread)]:
        context.record.warn(problem)
    return Look(folders, starts, {name: one.files for name, one in found.items()})


def rest_of_days_begun(context: Context, window: Window, seen: Look, known: Fingerprints) -> dict[str, Drop]:
    """Of days after the window that bronze took in and no release shows: what landing has and bronze has not.

    A run over them died on the way, and what it took in is shown with what this run releases: not by halves.
    """
    later = {name: [day for day in days if day > window.last] for name, days in known.items()}
    if not any(later.values()):
        return {}
    shown = bronze_released(context.lake)
    begun = {
        day
        for name, days in later.items()
        if days
        for day in ledger.taken_in(context.lake, name, shown.get(f"bronze.{name}", -1)) & {*days}
    }
    lacking = {
        name: [day for day in seen.folders.days[name] if day in begun and day not in known.get(name, {})]
        for name in context.datasets
    }
    return {name: list_files(context.landing, name, days).files for name, days in lacking.items() if days}


def changed_days(landed: Mapping[str, Drop], known: Fingerprints) -> dict[str, Drop]:
    """The days of each dataset that bronze holds otherwise, or not at all."""
    return {
        name: {day: files for day, files in drop.items() if known.get(name, {}).get(day) != fingerprint(files)}
        for name, drop in landed.items()
    }


@dataclass(frozen=True)
class News:
    """Drops that changed since bronze took them in: of how many datasets and days, and since when they wait."""

    drops: int
    days: tuple[date, ...]
    since: datetime | None

    def __bool__(self) -> bool:
        return self.drops > 0


def news_of(context: Context, changed: Mapping[str, Drop]) -> News:
    """`since`: the oldest file that was written after its day was taken in last, as far as that is known."""
    days = sorted({day for drop in changed.values() for day in drop})
    taken_at = ledger.last_taken(context.lake) if days else {}
    times = []
    for name, drop in changed.items():
        for day, files in drop.items():
            before = taken_at.get(name, {}).get(day)
            written = [file.modified for file in files if file.modified is not None]
            times += [at for at in written if before is None or at > before] or written[-1:]
    return News(sum(len(drop) for drop in changed.values()), tuple(days), min(times, default=None))


def behind_since(context: Context) -> datetime | None:
    """Since when something waits that readers do not have: a file of landing, or one that no release shows yet.

    None where they have all that landed in the days that a watch looks at. Needs no Spark.
    """
    known = ledger.fingerprints(context.lake)
    landed = look_at_landing(context, running_window(context), known).landed
    waits = news_of(context, changed_days(landed, known)).since
    times = [waits, ledger.unreleased_since(context.lake, bronze_released(context.lake))]
    return min((at for at in times if at is not None), default=None)
