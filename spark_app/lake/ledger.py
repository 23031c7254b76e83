"""Which files bronze holds for a day: `ops.ingested_files`, with bronze's own commits as the last word.

A bronze commit names the days it replaced and their fingerprints. Where a run died before it wrote the ledger, the
commits newer than the ledger's last entry say what is to be entered (`unnoted`), so the two never disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from spark_app.lake import ops
from spark_app.lake.log import commits_after, written_at
from spark_app.lake.paths import Lake
from spark_app.lake.progress import bronze_progress

# Of a day, what was entered last: by the last writer, of its last commit.
_NEWEST = (
    "QUALIFY rank() OVER (PARTITION BY dataset, batch_date ORDER BY coalesce(epoch, 0) DESC, bronze_version DESC) = 1"
)


def fingerprints(lake: Lake) -> dict[str, dict[date, str]]:
    """Dataset → each day that bronze has ever taken in → the fingerprint of what it holds of it."""
    rows = _select(
        lake,
        "SELECT dataset, batch_date, any_value(day_fingerprint) AS fingerprint FROM (SELECT * FROM ops_rows "
        f"{_NEWEST}) GROUP BY dataset, batch_date",
    )
    found: dict[str, dict[date, str]] = {}
    for row in rows:
        found.setdefault(row["dataset"], {})[row["batch_date"]] = str(row["fingerprint"])
    return found


def last_taken(lake: Lake) -> dict[str, dict[date, datetime]]:
    """Dataset → day → when its files were taken in last."""
    sql = "SELECT dataset, batch_date, max(ingested_at) AS at FROM ops_rows WHERE ingested_at IS NOT NULL GROUP BY ALL"
    found: dict[str, dict[date, datetime]] = {}
    for row in _select(lake, sql):
        found.setdefault(row["dataset"], {})[row["batch_date"]] = row["at"]
    return found


def unreleased_since(lake: Lake, versions: Mapping[str, int]) -> datetime | None:
    """When the first drop was taken in that is newer than these versions of bronze's tables; None where none is."""
    sql = "SELECT dataset, bronze_version AS v, min(ingested_at) AS at FROM ops_rows GROUP BY ALL"
    rows = [row for row in _select(lake, sql) if row["at"] is not None]
    newer = [row["at"] for row in rows if row["v"] > versions.get(f"bronze.{row['dataset']}", row["v"])]
    return min(newer, default=None)


def landed_bytes(lake: Lake, after: Mapping[str, int] | None = None) -> int:
    """Bytes of the files that bronze holds: of all, or of those taken in after these versions of bronze's tables."""
    sql = f"SELECT dataset, bronze_version AS v, sum(size) AS n FROM (SELECT * FROM ops_rows {_NEWEST}) GROUP BY ALL"
    rows = [row for row in _select(lake, sql) if row["n"] is not None]
    return sum(int(row["n"]) for row in rows if after is None or row["v"] > after.get(f"bronze.{row['dataset']}", -1))


@dataclass(frozen=True)
class Entered:
    """What was entered of a day: its files' fingerprint, bronze's commit, the rows counted in them (None: not all)."""

    fingerprint: str
    version: int
    rows: int | None


def entered(lake: Lake, dataset: str) -> dict[date, Entered]:
    """Every day that was ever entered."""
    sql = (
        "SELECT batch_date, any_value(day_fingerprint) AS day_fingerprint, max(bronze_version) AS version, "
        "CASE WHEN count(*) = count(rows) THEN sum(rows)::BIGINT END AS landed "
        f"FROM (SELECT * FROM ops_rows WHERE dataset = ? {_NEWEST}) GROUP BY batch_date"
    )
    rows = _select(lake, sql, (dataset,))
    return {row["batch_date"]: Entered(row["day_fingerprint"], row["version"], row["landed"]) for row in rows}


def counted(lake: Lake, dataset: str, days: Sequence[date] | None, version: int) -> dict[date, int]:
    """How many rows the files of these days (None: all) held when bronze last took them in, up to a version of it.

    As they were counted when they were looked at, not as they were read; also in files that a killed run did not live
    to enter. Without days that an older program of ours took in: it did not count.
    """
    sql = (
        "SELECT batch_date, sum(rows) AS landed FROM (SELECT * FROM ops_rows WHERE dataset = ? "
        f"AND bronze_version <= ? {'' if days is None else 'AND list_contains(?, batch_date) '}{_NEWEST}) "
        "GROUP BY batch_date HAVING count(*) = count(rows)"
    )
    rows = _select(lake, sql, (dataset, version, *([] if days is None else [list(days)])))
    found = {row["batch_date"]: int(row["landed"]) for row in rows}
    for one in unnoted(lake, dataset):
        if one.rows is not None and one.bronze_version <= version and (days is None or one.day in days):
            found[one.day] = one.rows
    return found


def entries(lake: Lake, dataset: str, days: Collection[date]) -> dict[date, list[dict[str, Any]]]:
    """The rows of `ops.ingested_files` of those of the days that were taken in, as they were last."""
    found: dict[date, list[dict[str, Any]]] = {}
    if days:
        sql = f"SELECT * FROM (SELECT * FROM ops_rows WHERE dataset = ? {_NEWEST}) WHERE list_contains(?, batch_date)"
        for row in _select(lake, sql, (dataset, list(days))):
            found.setdefault(row["batch_date"], []).append(row)
    return found


def files_of(lake: Lake, dataset: str, day: date, version: int) -> dict[str, int]:
    """The rows of each file of a day, as `counted`."""
    sql = (
        "SELECT file, rows FROM ops_rows WHERE dataset = ? AND bronze_version <= ? AND batch_date = ? "
        f"AND file IS NOT NULL {_NEWEST}"
    )
    rows = _select(lake, sql, (dataset, version, day))
    return {str(row["file"]): int(row["rows"]) for row in rows if row["rows"] is not None}


def new_files(lake: Lake, dataset: str, came: Mapping[date, int], after: int, upto: int) -> dict[date, frozenset[str]]:
    """Day -> the files that came to those that bronze held of it at the version `after`, up to another version.

    `came`: the days, each with bronze's last commit about it. Without days of which the ledger does not know it all.
    """
    before, now = (_known_files(lake, dataset, came, version) for version in (after, upto))
    return {
        day: now[day].files - before[day].files
        for day, version in came.items()
        if day in before and day in now and now[day].version == version and before[day].files <= now[day].files
    }


@dataclass(frozen=True)
class _KnownFiles:
    files: frozenset[str]
    version: int


def _known_files(lake: Lake, dataset: str, days: Collection[date], version: int) -> dict[date, _KnownFiles]:
    sql = (
        "SELECT batch_date AS day, list(file) AS files, max(bronze_version) AS version FROM (SELECT * FROM ops_rows "
        f"WHERE dataset = ? AND bronze_version <= ? AND list_contains(?, batch_date) {_NEWEST}) "
        "GROUP BY batch_date HAVING count(*) = count(file) AND count(*) = count(rows)"
    )
    rows = _select(lake, sql, (dataset, version, list(days)))
    return {row["day"]: _KnownFiles(frozenset(row["files"]), row["version"]) for row in rows}


@dataclass(frozen=True)
class Unreadable:
    """A day's files that could not be read, each with what was found and expected; `percent`: of the day's bytes."""

    files: tuple[tuple[str, str], ...]
    percent: float


@dataclass(frozen=True)
class Unnoted:
    """A day that a bronze commit took in, and whose run ended before it entered the day's files."""

    day: date
    fingerprint: str
    bronze_version: int
    run_id: str
    rows: int | None = None  # counted in all its files


def unnoted(lake: Lake, dataset: str) -> list[Unnoted]:
    """The days of bronze commits that a killed run did not live to enter, oldest commit first."""
    sql = "SELECT max(bronze_version) AS v FROM ops_rows WHERE dataset = ?"
    rows = _select(lake, sql, (dataset,))
    last = -1 if not rows or rows[0]["v"] is None else int(rows[0]["v"])
    made = [(commit, bronze_progress(commit.note)) for commit in commits_after(lake.table(f"bronze.{dataset}"), last)]
    return [
        Unnoted(day, files, commit.version, str(commit.note.get("run_id")), progress.rows.get(day))
        for commit, progress in made
        for day, files in progress.days.items()
    ]


def unreadable(lake: Lake, dataset: str, days: Collection[date]) -> dict[date, Unreadable]:
    """Those of the days that have files which could not be read."""
    if not days:
        return {}
    sql = (
        "SELECT batch_date, "
        "list(struct_pack(f := file, m := message) ORDER BY file) FILTER (status = 'rejected') AS bad, "
        "100.0 * coalesce(sum(size) FILTER (status = 'rejected'), 0) / nullif(sum(size), 0) AS percent "
        f"FROM (SELECT * FROM ops_rows WHERE dataset = ? AND batch_date BETWEEN ? AND ? {_NEWEST}) "
        "GROUP BY batch_date HAVING count(*) FILTER (status = 'rejected') > 0"
    )
    rows = _select(lake, sql, (dataset, min(days), max(days)))
    return {
        row["batch_date"]: Unreadable(
            tuple((one["f"], one["m"] or "") for one in row["bad"]),
            100.0 if row["percent"] is None else float(row["percent"]),
        )
        for row in rows
        if row["batch_date"] in days
    }


def taken_in(lake: Lake, dataset: str, after: int) -> set[date]:
    """The days that bronze took in after this version of its."""
    sql = "SELECT DISTINCT batch_date FROM ops_rows WHERE dataset = ? AND bronze_version > ?"
    return {row["batch_date"] for row in _select(lake, sql, (dataset, after))}


@dataclass(frozen=True)
class TakenDay:
    """A day that a version of bronze took in, by a run that began looking at landing `at`."""

    day: date
    version: int
    at: datetime


def taken_after(lake: Lake, dataset: str, version: int) -> list[TakenDay]:
    """What bronze took in after this version of its, also what a killed run did not live to enter."""
    sql = (
        "SELECT batch_date AS day, bronze_version AS version, max(ingested_at) AS at FROM ops_rows "
        "WHERE dataset = ? AND bronze_version > ? GROUP BY ALL"
    )
    table = lake.table(f"bronze.{dataset}")
    found = [(row["day"], row["version"], row["at"]) for row in _select(lake, sql, (dataset, version))]
    found += [(one.day, one.bronze_version, None) for one in unnoted(lake, dataset) if one.bronze_version > version]
    return [TakenDay(day, made, at or written_at(table, made)) for day, made, at in found]


def _select(lake: Lake, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
    return ops.select(lake.table("ops.ingested_files"), sql, parameters)
