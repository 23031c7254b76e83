"""Bronze: each changed (dataset, day) of landing is replaced by what landing holds for it, every column as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_app.contracts.sources import Dataset
from spark_app.lake import delta, feed, few, ledger, ops, writes
from spark_app.lake.additions import Addition, find_additions
from spark_app.lake.csv_files import CORRUPT, DAMAGE, number_rows, read_csv
from spark_app.lake.headers import Inspected, inspect_all
from spark_app.lake.landing import fingerprint, list_files
from spark_app.lake.log import note_text, own_commit, rows_written, version_of
from spark_app.lake.paths import Table
from spark_app.lake.progress import BronzeProgress
from spark_app.notes.columns import tell_columns
from spark_app.notes.landing import tell_caught_up, tell_days_begun, tell_gaps, tell_gone, tell_waiting
from spark_app.recovery import overwritten
from spark_app.runs.context import Context, in_parallel
from spark_app.runs.entry import main
from spark_app.runs.look import changed_days, look_at_landing, rest_of_days_begun
from spark_app.runs.request import RunRequest
from spark_app.runs.window import Drop, Window, window_of
from spark_app.runtime.errors import LandingIncomplete

META = ("_source_file", "_row_number", "_batch_date", "_ingested_at", "_run_id", "_extra", CORRUPT, DAMAGE)
_TOLD = 1_000  # bad files of a dataset that are told one by one


def run(context: Context, window: Window, *, allow_missing: bool = False, unchanged_too: bool = False) -> None:
    """Bring bronze to what landing holds in the window. `unchanged_too`: also days that are as they were.

    What landed since the last day taken in belongs to it, however long ago that is. What is left in landing is told.
    Raises LandingIncomplete where a single date lacks a daily entity and `allow_missing` is not given.
    """
    datasets = context.datasets
    with context.record.at("looking at landing"):
        known = ledger.fingerprints(context.lake)
        seen_there = look_at_landing(context, window, known)
        there, starts, landed = seen_there.folders, seen_there.starts, seen_there.landed
    try:
        tell_gaps(context, window, landed, allow_missing)
    except LandingIncomplete:
        tell_waiting(context, there, known)
        raise
    recovered = {name: _complete(context, datasets[name]) for name in datasets}
    if any(recovered.values()):
        known = ledger.fingerprints(context.lake)
    seen = {name: _within(known.get(name, {}), starts[name], window.last) for name in datasets}
    changed = dict(landed) if unchanged_too else changed_days(landed, known)
    tell_gone(context, window, {name: set(seen[name]) - set(landed[name]) for name in datasets})
    tell_caught_up(context, window, landed, known)
    rest = rest_of_days_begun(context, window, seen_there, known)
    tell_days_begun(context, rest)
    changed = {name: {**drop, **rest.get(name, {})} for name, drop in changed.items()}
    lost = {name: overwritten.days_to_take_in_again(context, name) for name in datasets}
    changed = {name: {**drop, **lost[name]} for name, drop in changed.items()}
    busy = [name for name in datasets if changed[name]]
    context.record.landed_bytes = sum(
        file.size for drop in changed.values() for files in drop.values() for file in files
    )  # before Spark starts: its Java is set up for so much
    context.record.landed_days = len({day for drop in changed.values() for day in drop})

    def work(spark: SparkSession, name: str) -> None:
        with context.record.step("bronze", name) as step:
            table = context.table(f"bronze.{name}")
            before = version_of(table)
            step.version = _ingest(context, spark, datasets[name], changed[name], lost[name])
            step.action = "replaced"
            step.rows = rows_written(table, before)

    for name in datasets:
        if name not in busy:
            with context.record.step("bronze", name) as step:
                step.rows = 0
    in_parallel(context, work, busy)
    tell_columns(context, {name: {*recovered[name], *changed[name]} for name in datasets})
    tell_waiting(context, there, {name: {*known.get(name, ()), *changed[name]} for name in datasets})


def _within(known: Mapping[date, str], first: date, last: date) -> dict[date, str]:
    return {day: word for day, word in known.items() if first <= day <= last}


def _ingest(context: Context, spark: SparkSession, dataset: Dataset, drop: Drop, lost: Collection[date]) -> int:
    """One commit for all changed days; its note names them, and those whose rows it replaced (those `lost` too)."""
    table = context.table(f"bronze.{dataset.name}")
    before = version_of(table)
    own_commit(table)  # raises where the table is somebody else's
    added, replaced = _added_and_replaced(context, dataset.name, before, drop, lost)
    new = [file for day in sorted(drop) for file in (added[day].files if day in added else drop[day])]
    files = inspect_all(new, dataset, context.settings.s3)
    _tell(context, dataset.name, [found for found in files if found.problem or found.aside or found.blanked])
    counted = Counter({day: addition.rows for day, addition in added.items()})
    for found in files:
        counted[found.file.day] += found.rows
    prints = {day: fingerprint(listed) for day, listed in drop.items()}
    progress = BronzeProgress(prints, counted, replaced, frozenset(added))
    rows = _laid_out(with_meta(read_csv(spark, dataset, files, context.settings.s3), context), files)
    _write(context, table.expecting(before), rows, progress, first=before is None)
    version = version_of(table) or 0
    entries = [_ledger_row(context, found, progress.days, version) for found in files]
    for day, addition in added.items():
        entries += [_entered_again(context, entry, progress.days[day], version) for entry in addition.entries]
    ops.add(context.table("ops.ingested_files"), entries)
    return version


def _added_and_replaced(
    context: Context, dataset: str, before: int | None, drop: Drop, lost: Collection[date]
) -> tuple[dict[date, Addition], frozenset[date]]:
    """Of the changed days those that only got more files, and those whose rows are to be replaced.

    A commit adds rows or replaces days: where it has to replace one, no day is only added to.
    """
    held = feed.rows_by_day(context.lake, dataset, before, list(drop)) if before is not None else {}
    known = {*held, *(day for day in drop if day in lost)}
    if not known:  # as on most nights: the ledger need not be asked what a new day held
        return {}, frozenset()
    added = find_additions(context.lake, dataset, {day: drop[day] for day in drop if day not in lost})
    return (added, frozenset()) if known <= added.keys() else ({}, frozenset(known))


def _write(context: Context, table: Table, rows: DataFrame, progress: BronzeProgress, *, first: bool) -> None:
    """Few rows without Spark's Delta; days that bronze holds rows of are replaced, others come to it."""
    note = note_text(context.run_id, {}, **progress.note())
    where = delta.date_in("_batch_date", progress.days) if progress.replaced else None
    few_rows = few.collected(rows) if sum(progress.rows.values()) <= few.FEW_OBJECTS else None
    if few_rows is not None and where:
        writes.replace(table, few_rows, where, note)
    elif few_rows is not None:
        writes.append(table, few_rows, note, partition=delta.MONTH)
    elif where:
        delta.overwrite(rows, table, note, where=where)
    else:
        delta.append(rows, table, note, partition=delta.MONTH if first else None)


def _complete(context: Context, dataset: Dataset) -> set[date]:
    """Enter what a killed run did not live to enter, and the days it was: what is in landing still is looked at again.

    Where that has changed or gone in the meantime, only that the day was taken in is known.
    """
    rows: list[dict[str, object]] = []
    days = ledger.unnoted(context.lake, dataset.name)
    for one in days:
        files = list_files(context.landing, dataset.name, [one.day]).files.get(one.day, [])
        if fingerprint(files) == one.fingerprint:
            seen = inspect_all(files, dataset, context.settings.s3)
            rows += [_ledger_row(context, found, {one.day: one.fingerprint}, one.bronze_version) for found in seen]
        else:
            rows.append(_recovered(context, dataset.name, one))
    ops.add(context.table("ops.ingested_files"), rows)
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
        "epoch": context.record.epoch,
    }


def _tell(context: Context, dataset: str, bad: Sequence[Inspected]) -> None:
    """Each file of which something is set aside or blanked, while somebody may read it all; then how many more."""
    for found in bad[:_TOLD]:
        told = f"{found.file.name}: {found.problem}; the file is quarantined, the rest goes on"
        told = told if found.problem else _damage(found) if found.aside else f"{found.file.name}: {found.blanked}"
        context.record.warn(told)
    if more := len(bad[_TOLD:]):
        context.record.warn(f"{dataset}: {more:,} more files are like that; ops.ingested_files has them all")


def _damage(found: Inspected) -> str:
    """What a file that is not in order lost by it: how many lines, and why the first."""
    lines, sound = found.aside, found.rows - len(found.aside)
    more = f", and {len(lines) - 1} more" if len(lines) > 1 else ""
    return f"{found.file.name}: {lines[0]}{more}; {_rows(len(lines))} quarantined, {_rows(sound)} read"


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


def _laid_out(rows: DataFrame, files: Sequence[Inspected]) -> DataFrame:
    """Rows of a month together: what the row numbers need, and one file a month when a range is loaded."""
    data = [name for name in rows.columns if not name.startswith("_")]
    return number_rows(rows.repartition(delta.MONTH), files).select(*data, *META, delta.MONTH)


def _ledger_row(context: Context, found: Inspected, days: Mapping[date, str], version: int) -> dict[str, object]:
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
        "message": found.problem or "; ".join([*found.notes, *([_damage(found)] if found.aside else [])]) or None,
        "header": None if found.problem else list(found.header),
        "missing_columns": None if found.problem else list(found.missing),
        "unknown_columns": None if found.problem else list(found.unknown),
        "day_fingerprint": days[file.day],
        "bronze_version": version,
        "ingested_at": context.record.started_at,
        "epoch": context.record.epoch,
    }


def _entered_again(context: Context, entry: Mapping[str, object], day: str, version: int) -> dict[str, object]:
    """The entry of a file that bronze holds already, among the day's others; `day`: its new fingerprint."""
    return {
        **entry,
        "run_id": context.run_id,
        "day_fingerprint": day,
        "bronze_version": version,
        "ingested_at": context.record.started_at,
        "epoch": context.record.epoch,
    }


def work(context: Context, request: RunRequest) -> None:
    """The layer as it is asked for: the days of the request."""
    window = window_of(context, request)
    rebuilt = request.rebuilds("bronze")
    run(context, window, allow_missing=request.allow_missing, unchanged_too=rebuilt)


if __name__ == "__main__":
    main("bronze", work)
