"""Bronze: each changed (dataset, day) of landing is replaced by what landing holds for it, every column as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_app.contracts.sources import Dataset
from spark_app.jobs.context import Context, in_parallel
from spark_app.jobs.tell_columns import tell_columns
from spark_app.lake import delta, feed, ledger, ops
from spark_app.lake.csv_files import CORRUPT, DAMAGE, numbered, read_csv
from spark_app.lake.headers import Inspected, inspect
from spark_app.lake.landing import LandedFile, days_between, files_of, fingerprint, strays, unread
from spark_app.lake.log import note_text, own_commit, rows_written, version_of
from spark_app.runtime.days import ranges
from spark_app.runtime.errors import LandingIncomplete
from spark_app.runtime.messages import some

META = ("_source_file", "_row_number", "_batch_date", "_ingested_at", "_run_id", "_extra", CORRUPT, DAMAGE)


@dataclass(frozen=True)
class Window:
    """The days asked for, and how far before them late files are looked for."""

    first: date
    last: date
    lookback_days: int
    single: bool

    @property
    def days(self) -> list[date]:
        return days_between(self.first - timedelta(days=self.lookback_days), self.last)


Drop = Mapping[date, Sequence[LandedFile]]


def run(context: Context, window: Window, *, allow_missing: bool = False, again: bool = False) -> int:
    """Bring bronze to what landing holds in the window; returns the bytes taken in. `again`: unchanged days too.

    Raises LandingIncomplete where a single date lacks a daily entity and `allow_missing` is not given.
    """
    datasets = context.datasets
    for problem in strays(context.landing, list(datasets)) + unread(context.landing, list(datasets), window.days):
        context.record.warn(problem)
    landed = {name: files_of(context.landing, name, window.days) for name in datasets}
    _report_gaps(context, window, landed, allow_missing)
    recovered = {name: _complete(context, datasets[name]) for name in datasets}
    held = {name: ledger.held(context.lake, name, window.days[0], window.last) for name in datasets}
    changed = {name: drop if again else _changed(context, name, drop, held[name]) for name, drop in landed.items()}
    busy = [name for name in datasets if changed[name]]

    def work(spark: SparkSession, name: str) -> None:
        with context.record.step("bronze", name) as step:
            table = f"bronze.{name}"
            before = version_of(context.lake, table)
            step.action, step.version = "replaced", _ingest(context, spark, datasets[name], changed[name])
            step.rows = rows_written(context.lake, table, before)

    for name in datasets:
        if name not in busy:
            with context.record.step("bronze", name) as step:
                step.rows = 0
    in_parallel(context, work, busy)
    tell_columns(context, {name: {*recovered[name], *changed[name]} for name in datasets})
    return sum(file.size for drop in changed.values() for files in drop.values() for file in files)


def _changed(context: Context, dataset: str, drop: Drop, held: Mapping[date, str]) -> Drop:
    for day in sorted(set(held) - set(drop)):
        context.record.warn(f"landing/{dataset}/dt={day}: its files are gone; bronze keeps what they held")
    return {day: files for day, files in drop.items() if held.get(day) != fingerprint(files)}


def _ingest(context: Context, spark: SparkSession, dataset: Dataset, drop: Drop) -> int:
    """One commit for all changed days; its note names them, and those that bronze held rows of before."""
    files = [inspect(file, dataset, context.settings.s3) for day in sorted(drop) for file in drop[day]]
    for found in files:
        if found.problem:
            context.record.warn(f"{found.file.name}: {found.problem}; the file is quarantined, the rest goes on")
        elif found.damaged:
            context.record.warn(_damage(found))
    days = {day.isoformat(): fingerprint(listed) for day, listed in drop.items()}
    table = f"bronze.{dataset.name}"
    before = version_of(context.lake, table)
    own_commit(context.lake, table)
    replaced = sorted(feed.rows_by_day(context.lake, dataset.name, before, list(drop))) if before is not None else []
    counted: Counter[str] = Counter()
    for found in files:
        counted[found.file.day.isoformat()] += found.rows
    note = note_text(context.run_id, {}, days=days, rows=counted, replaced=[day.isoformat() for day in replaced])
    rows = _laid_out(with_meta(read_csv(spark, dataset, files), context))
    if before is None:
        delta.append(rows, context.lake, table, note, partition=delta.MONTH)
    else:
        where = f"_batch_date IN ({delta.date_list(list(drop))})"
        delta.overwrite(rows, context.lake, table, note, where=where)
    version = version_of(context.lake, table) or 0
    ops.add(context.lake, "ingested_files", [_ledger_row(context, found, days, version) for found in files])
    return version


def _complete(context: Context, dataset: Dataset) -> set[date]:
    """Enter what a killed run did not live to enter, and the days it was: what is in landing still is looked at again.

    Where that has changed or gone in the meantime, only that the day was taken in is known.
    """
    rows: list[dict[str, object]] = []
    days = ledger.unnoted(context.lake, dataset.name)
    for one in days:
        files = files_of(context.landing, dataset.name, [one.day]).get(one.day, [])
        if fingerprint(files) == one.fingerprint:
            seen = [inspect(file, dataset, context.settings.s3) for file in files]
            of_day = {one.day.isoformat(): one.fingerprint}
            rows += [_ledger_row(context, found, of_day, one.bronze_version) for found in seen]
        else:
            rows.append(_recovered(context, dataset.name, one))
    ops.add(context.lake, "ingested_files", rows)
    return {one.day for one in days}


def _recovered(context: Context, dataset: str, one: ledger.Unnoted) -> dict[str, object]:
    return {
        "run_id": context.run_id,
        "dataset": dataset,
        "batch_date": one.day,
        "file": None,  # which files it were, and what was in them, nobody knows any more
        "size": None,
        "checksum": None,
        "rows": one.rows,
        "status": "recovered",
        "message": f"taken in by run {one.run_id}, which ended before it noted its files",
        "header": None,
        "missing_columns": None,
        "unknown_columns": None,
        "day_fingerprint": one.fingerprint,
        "bronze_version": one.bronze_version,
        "ingested_at": None,
    }


def _damage(found: Inspected) -> str:
    """What a file whose quotes are not in order lost by it: how many lines, and why the first."""
    lines, sound = found.damaged, found.rows - len(found.damaged)
    more = f", and {len(lines) - 1} more" if len(lines) > 1 else ""
    return f"{found.file.name}: {lines[0].damage}{more}; {_rows(len(lines))} quarantined, {_rows(sound)} read"


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def with_meta(rows: DataFrame, context: Context) -> DataFrame:
    """Adds `_batch_date` (from the file's folder), `_ingested_at`, `_run_id` and `_month`."""
    day = F.to_date(F.regexp_extract("_source_file", r"/dt=(\d{4}-\d{2}-\d{2})/", 1))
    return delta.with_month(
        rows.withColumn("_batch_date", day)
        .withColumn("_ingested_at", F.lit(context.record.started_at))
        .withColumn("_run_id", F.lit(context.run_id)),
        "_batch_date",
    )


def _laid_out(rows: DataFrame) -> DataFrame:
    """Rows of a month together: what the row numbers need, and one file a month when a range is loaded."""
    data = [name for name in rows.columns if not name.startswith("_")]
    return numbered(rows.repartition(delta.MONTH)).select(*data, *META, delta.MONTH)


def _ledger_row(context: Context, found: Inspected, days: Mapping[str, str], version: int) -> dict[str, object]:
    file = found.file
    return {
        "run_id": context.run_id,
        "dataset": file.dataset,
        "batch_date": file.day,
        "file": file.name,
        "size": file.size,
        "checksum": file.checksum,
        "rows": found.rows,
        "status": "rejected" if found.problem else "ingested",
        "message": found.problem or "; ".join([*found.notes, *([_damage(found)] if found.damaged else [])]) or None,
        "header": None if found.problem else list(found.header),
        "missing_columns": None if found.problem else list(found.missing),
        "unknown_columns": None if found.problem else list(found.unknown),
        "day_fingerprint": days[file.day.isoformat()],
        "bronze_version": version,
        "ingested_at": context.record.started_at,
    }


def _report_gaps(context: Context, window: Window, landed: Mapping[str, Drop], allow_missing: bool) -> None:
    """A single date must be complete; of a range the days without a drop are reported."""
    daily = {
        mapped.dataset
        for entity, mapped in context.source.entities.items()
        if context.contracts[f"silver.{entity}"].daily
    }
    if window.single:
        lacking = [name for name in context.datasets if name in daily and not landed[name].get(window.last)]
        if lacking and not allow_missing:
            raise LandingIncomplete(
                f"{window.last}: no drop of {', '.join(lacking)}; expected files in "
                + ", ".join(f"{context.landing}/{name}/dt={window.last}/" for name in lacking),
                hint="run again once they have landed, or go on without them: --allow-missing. Nothing was released.",
            )
        for name in lacking:
            context.record.warn(f"{window.last}: no drop of {name}; going on without it")
        return
    wanted = days_between(window.first, window.last)
    held = sorted({day for drop in landed.values() for day in drop if day >= window.first})
    if not held and all(version_of(context.lake, f"bronze.{name}") is None for name in context.datasets):
        raise LandingIncomplete(
            f"no drop from {window.first} to {window.last} in {context.landing}; expected "
            f"{', '.join(context.datasets)} with folders dt=YYYY-MM-DD",
            hint="lakehouse demo makes a shop; lakehouse doctor says what is there",
        )
    if not held:
        context.record.warn(f"landing holds no day from {window.first} to {window.last} in {context.landing}")
        return
    for name in sorted(daily):
        gaps = [day for day in wanted if held[0] <= day <= held[-1] and day not in landed[name]]
        if gaps:
            shown = some(ranges(gaps), 20)
            context.record.warn(f"{name}: {len(gaps)} days without a drop between {held[0]} and {held[-1]}: {shown}")


if __name__ == "__main__":
    from spark_app.jobs.entry import main

    main("bronze")
