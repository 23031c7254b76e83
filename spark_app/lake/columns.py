"""Columns of landed files that went or came: each file's header against those of the files before it.

A known column is gone where the last earlier batch date of its dataset that has a readable file had it; where there is
none, what landed earlier the same day. An unknown one is new where no earlier day of the dataset had it. So it is a
function of what bronze holds, in whatever order the days arrive.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from spark_app.lake import ops
from spark_app.lake.paths import Lake

_SHOWN = 2  # files named; of more, how many


@dataclass(frozen=True)
class FileHeader:
    """A readable file's header. `missing`: the source's columns it lacks; `unknown`: names the source does not know."""

    dataset: str
    day: date
    file: str
    header: tuple[str, ...]
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnChange:
    """Files of a day that lack known columns which those before had, or have unknown ones which those had not.

    `first`: there is none before them, so nothing has changed: it is as the shop has it from the start.
    """

    dataset: str
    day: date
    files: tuple[str, ...]
    gone: tuple[str, ...]
    came: tuple[str, ...]
    first: bool = False

    @property
    def cause(self) -> str:
        """The same for each file and day that shows the same change."""
        return f"columns of {self.dataset}: {' '.join(self.gone)} {' '.join(self.came)}"

    @property
    def text(self) -> str:
        """`customers/dt=2024-03-05/customers.csv has no `city`; a new column `town` came`."""
        files = named_files(self.files)
        have = "has" if len(self.files) == 1 else "have"
        news = f"{_new(self.came)} came, which the source does not know" if self.came else ""
        if self.first:
            parts = [f"no {quoted(self.gone)}"] if self.gone else []
            parts += [f"{quoted(self.came)}, which the source does not know"] if self.came else []
            return f"{files}, the first of {self.dataset}, {have} {'; and '.join(parts)}"
        if not self.gone:
            return f"{files}: {news}"
        return f"{files} {have} no {quoted(self.gone)}" + (f"; {news}" if news else "")


def named_files(files: Sequence[str]) -> str:
    """The first two files by name; of more, how many."""
    more = len(files) - _SHOWN
    shown = ", ".join(files[:_SHOWN])
    return f"{shown} and {more} more {'file' if more == 1 else 'files'}" if more > 0 else shown


def quoted(names: Sequence[str]) -> str:
    """`a`, `b`; a column may have no name."""
    return ", ".join(f"`{name}`" if name else "a column without a name" for name in names)


def read_headers(lake: Lake, dataset: str | None = None) -> list[FileHeader]:
    """The headers of the readable files that bronze holds; files taken in before headers were kept have none."""
    # Of a day taken in again its newest files hold. Filtered afterwards: the newest may all be unreadable.
    sql = (
        "SELECT dataset, batch_date, file, header, missing_columns, unknown_columns FROM "
        "(SELECT * FROM ops_rows WHERE ? IS NULL OR dataset = ? "
        "QUALIFY bronze_version = max(bronze_version) OVER (PARTITION BY dataset, batch_date)) "
        "WHERE status <> 'rejected' AND header IS NOT NULL"
    )
    return [
        FileHeader(
            row["dataset"],
            row["batch_date"],
            row["file"],
            tuple(row["header"]),
            tuple(row["missing_columns"] or ()),
            tuple(row["unknown_columns"] or ()),
        )
        for row in ops.select(lake.table("ops.ingested_files"), sql, (dataset, dataset))
    ]


def find_changes(found: Iterable[FileHeader], days: Mapping[str, Collection[date]] | None = None) -> list[ColumnChange]:
    """What changed, by dataset and day; `days`: of these days of these datasets only."""
    by_day: dict[str, dict[date, list[FileHeader]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        by_day[one.dataset][one.day].append(one)
    changes = []
    for dataset in sorted(by_day):
        before: Sequence[FileHeader] = ()
        seen: set[str] = set()
        for day in sorted(by_day[dataset]):
            files = sorted(by_day[dataset][day], key=lambda one: _natural(one.file))
            if days is None or day in days.get(dataset, ()):
                changes += _of_day(files, before, seen)
            before, seen = files, seen.union(*[_folded(one.header) for one in files])
    return changes


def recent_changes(lake: Lake, days: int) -> list[ColumnChange]:
    """What changed in the last so many days of landing, the newest first; what is so from the start has not changed."""
    found = read_headers(lake)
    if not found:
        return []
    since = max(one.day for one in found) - timedelta(days=days)
    changes = [change for change in find_changes(found) if change.day > since and not change.first]
    return sorted(changes, key=lambda change: change.day, reverse=True)


def _of_day(files: Sequence[FileHeader], before: Sequence[FileHeader], seen: set[str]) -> list[ColumnChange]:
    """Files that changed alike are one change."""
    headers_before = [_folded(one.header) for one in before]
    every, some = set[str]().union(*headers_before), set[str]().union(*headers_before)
    every.intersection_update(*headers_before)
    # Files of a day may differ: a column that some file before lacked is gone only where the whole day lacks it.
    lacked = set.intersection(*[_folded(one.missing) for one in files])
    alike: dict[tuple[tuple[str, ...], tuple[str, ...], bool], list[str]] = defaultdict(list)
    for at, one in enumerate(files):
        first = not before and at == 0
        lost = tuple(name for name in one.missing if first or _fold(name) in every | (some & lacked))
        came = tuple(name for name in one.unknown if _fold(name) not in seen)
        if lost or came:
            alike[lost, came, first].append(one.file)
        if not before:
            header = _folded(one.header)
            every, some, seen = header if first else every & header, some | header, seen | header
    dataset, day = files[0].dataset, files[0].day
    return [ColumnChange(dataset, day, tuple(names), lost, came, first) for (lost, came, first), names in alike.items()]


def _new(names: Sequence[str]) -> str:
    return f"a new column {quoted(names)}" if len(names) == 1 else f"new columns {quoted(names)}"


def _folded(names: Iterable[str]) -> set[str]:
    return {_fold(name) for name in names}


def _fold(name: str) -> str:
    return name.strip().lower()


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """`part_9` before `part_10`."""
    parts = re.findall(r"\d+|\D+", name)
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]
