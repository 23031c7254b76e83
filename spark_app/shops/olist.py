"""`lakehouse replay olist`: the public dump as the daily drops the shop would have sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb

from spark_app.shops.drop_files import local_root, write_object
from spark_app.shops.olist_drops import DROPS, Drop, build_drops
from spark_app.shops.olist_dump import ReplayError, open_dump

__all__ = ["ReplayError", "ReplaySummary", "replay"]

_NEEDS_QUOTES = re.compile(r'[",\r\n]')
_BATCH = 20_000


@dataclass(frozen=True)
class ReplaySummary:
    """What a replay wrote: days with a drop, files, rows by entity, first and last day (None: no day)."""

    days: int
    files: int
    rows: Mapping[str, int]
    first_day: date | None
    last_day: date | None


def replay(source: Path, landing: str, start: date | None = None, end: date | None = None) -> ReplaySummary:
    """Write `<landing>/<entity>/dt=YYYY-MM-DD/<entity>.csv` for the six canonical entities.

    `source` holds the nine CSV files of the public dump; `landing` is a local directory or a `file:` URI.
    `start` and `end` (both included) choose the days that are written; each drop still says what was known
    at its own day's end. On a day with any row at all every entity has a file, header only if it has no
    rows, as daily contracts want; a day without rows has no drop. The same dump gives the same bytes.

    Raises ReplayError where the dump lacks a file or column, holds times that cannot be read or rows that
    cannot be dated, and where `start` lies after `end`; UsageError where `landing` is not local.
    """
    if start and end and start > end:
        raise ReplayError(f"The replay's start {start} lies after its end {end}.")
    root = local_root(landing)
    first, last = (start or date.min).isoformat(), (end or date.max).isoformat()
    with open_dump(source) as dump:
        build_drops(dump)
        days = _days(dump, first, last)
        rows = {drop.entity: _write_entity(dump, drop, root, days) for drop in DROPS}
    return ReplaySummary(
        days=len(days),
        files=len(days) * len(DROPS),
        rows=rows,
        first_day=date.fromisoformat(days[0]) if days else None,
        last_day=date.fromisoformat(days[-1]) if days else None,
    )


def _days(dump: duckdb.DuckDBPyConnection, first: str, last: str) -> list[str]:
    """The days, ascending, on which any entity has a row."""
    every = " UNION ".join(f"SELECT dt FROM {drop.table}" for drop in DROPS)
    found = dump.execute(f"SELECT dt FROM ({every}) WHERE dt BETWEEN ? AND ? ORDER BY dt", [first, last])
    return [row[0] for row in found.fetchall()]


def _write_entity(dump: duckdb.DuckDBPyConnection, drop: Drop, root: Path, days: Sequence[str]) -> int:
    """Write one entity's file for each of `days`; returns the rows written."""
    if not days:
        return 0
    by_day = groupby(_rows(dump, drop, days[0], days[-1]), key=lambda row: row[0])
    without_rows, written = set(days), 0
    for day, group in by_day:
        lines = [_line(row[1:]) for row in group]
        _write_drop(root, drop, day, lines)
        without_rows.discard(str(day))
        written += len(lines)
    for day in sorted(without_rows):
        _write_drop(root, drop, day, [])
    return written


def _rows(dump: duckdb.DuckDBPyConnection, drop: Drop, first: str, last: str) -> Iterator[tuple[str | None, ...]]:
    """Rows (dt, canonical columns...) by day, then key, then updated_at."""
    cursor = dump.execute(
        f"SELECT dt, {', '.join(drop.columns)} FROM {drop.table} WHERE dt BETWEEN ? AND ?"
        f" ORDER BY dt, {', '.join(drop.order)}",
        [first, last],
    )
    while batch := cursor.fetchmany(_BATCH):
        yield from batch


def _write_drop(root: Path, drop: Drop, day: str | None, lines: Iterable[str]) -> None:
    body = "".join([_line(drop.columns), *lines]).encode()
    write_object(root / drop.entity / f"dt={day}" / f"{drop.entity}.csv", body)


def _line(values: Sequence[str | None]) -> str:
    return ",".join(_field(value) for value in values) + "\n"


def _field(value: str | None) -> str:
    # Not csv.writer: with "\n" line ends it leaves a lone carriage return unquoted (before Python 3.13),
    # and readers then see a line end inside a comment.
    if value is None:
        return ""
    return '"' + value.replace('"', '""') + '"' if _NEEDS_QUOTES.search(value) else value
