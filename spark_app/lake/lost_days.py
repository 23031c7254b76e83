"""Days that the ledger says bronze holds, and bronze does not: by counts and commits that know nothing of each other.

The ledger holds what was counted in the files before anything read them; Delta's log holds how many rows each file of
bronze has, by month. Both are small: no data is read unless they differ. Nearly always they do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from spark_app.lake import feed, ledger, log
from spark_app.lake.ledger import Entered
from spark_app.lake.paths import Lake
from spark_app.lake.progress import bronze_progress


@dataclass(frozen=True)
class LostDays:
    """Days to take in again, and the version up to which others know bronze's commits."""

    days: Sequence[date]
    version: int


def find_lost_days(lake: Lake, dataset: str) -> LostDays | None:
    """What bronze lacks, or holds otherwise than it was entered; None, nearly always."""
    entered = ledger.entered(lake, dataset)
    if not entered:
        return None
    table = lake.table(f"bronze.{dataset}")
    opened, last = log.open_table(table), max(one.version for one in entered.values())
    now = -1 if opened is None else opened.version()
    commits = {c.version: c.note for c in log.commits_after(table, now - log.LOOKED_AT)} if opened else {}
    days = _otherwise(entered, commits, now, last)
    if opened is not None:
        days |= _counted_otherwise(lake, dataset, opened, {d: e for d, e in entered.items() if d not in days}, commits)
    return LostDays(sorted(days), last) if days else None


def _otherwise(
    entered: Mapping[date, Entered], commits: Mapping[int, Mapping[str, Any]], now: int, last: int
) -> set[date]:
    """Days whose commit is not there, or is another's; and what that one brought instead.

    Commits newer than `last` are a killed run's: they are entered by themselves (`ledger.unnoted`).
    """
    days = {day for day, one in entered.items() if one.version > now}
    for version, note in commits.items():
        brought = bronze_progress(note).days
        days |= {d for d, one in entered.items() if one.version == version and brought.get(d) != one.fingerprint}
        days |= {d for d in brought if d in entered and entered[d].version < version <= last}
        days |= {d for d in brought if d not in entered and version <= last}
    return days


def _counted_otherwise(
    lake: Lake, dataset: str, opened: Any, entered: Mapping[date, Entered], commits: Mapping[int, Mapping[str, Any]]
) -> set[date]:
    """Days of which bronze has more or fewer rows than were counted, and had not when it took them in."""
    holds = _rows_by_month(opened)
    expected: dict[date, int] = defaultdict(int)
    unknown: set[date] = set()
    for day, one in entered.items():
        month = day.replace(day=1)
        expected[month] += one.rows or 0
        unknown |= {month} if one.rows is None else set()
    months = {
        month
        for month, rows in expected.items()
        if holds.get(month, 0) < rows or (month not in unknown and holds.get(month, 0) != rows)
    }
    days = [day for day, one in entered.items() if one.rows is not None and day.replace(day=1) in months]
    there = feed.rows_by_day(lake, dataset, opened.version(), days)
    return {
        day
        for day in days
        if there.get(day, 0) != entered[day].rows
        and not _was_so(lake, dataset, day, entered[day].version, there.get(day, 0))
    }


def _was_so(lake: Lake, dataset: str, day: date, version: int, rows: int) -> bool:
    """Whether bronze held as many right when it took the day in: what a reader leaves out, it leaves out again."""
    try:
        return feed.rows_by_day(lake, dataset, version, [day]).get(day, 0) == rows
    # Whatever the log reader finds missing of that version: it cannot be told, so the day is taken in again.
    except Exception:
        return False


def _rows_by_month(opened: Any) -> dict[date, int]:
    files = pa.table(opened.get_add_actions(flatten=True)).select(["partition._month", "num_records"]).to_pylist()
    found: dict[date, int] = defaultdict(int)
    for file in files:
        found[file["partition._month"]] += int(file["num_records"] or 0)
    return found
