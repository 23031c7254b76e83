"""An entity's changed days: judged, quarantined or kept, one row a key, and every row counted on its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from spark_app.contracts.table import Contract, TypeName
from spark_app.jobs.fates import Moves, moves, summed
from spark_app.lake import delta, entities, log, ops, quarantine, writes
from spark_app.quality import rounded_ids
from spark_app.quality.results import silver_results
from spark_app.quality.rows import can_be_used, counted, judge, money
from spark_app.runs.context import Context
from spark_app.tables.declare import SilverTable

PROVENANCE: tuple[tuple[str, TypeName], ...] = (
    ("_batch_date", "date"),
    ("_source_file", "string"),
    ("_row_number", "bigint"),
    ("_hash", "bigint"),
    (delta.MONTH, "date"),
)


@dataclass(frozen=True)
class Work:
    """What one entity has to do: bronze at a version, and the days of it not taken in yet (None: all).

    `replaced`: those of the days whose earlier content may have been taken in before.
    """

    table: SilverTable
    contract: Contract
    dataset: str
    bronze_version: int
    days: tuple[date, ...] | None
    replaced: tuple[date, ...]
    first: bool


def take_in(context: Context, spark: SparkSession, work: Work) -> str:
    """Take the days in; what was done."""
    bronze = delta.read(spark, context.lake, f"bronze.{work.dataset}", work.bronze_version)
    by_itself = _judged(context, bronze if work.days is None else bronze.where(_in_days(work.days)), work).persist()
    judged = by_itself
    try:
        counts = counted(judged, work.contract, work.table.amount).collect()
        if rounded_ids.some(counts, work.contract):
            # Both stay cached: else Spark puts all of judging into each condition, and plans for minutes.
            judged = rounded_ids.set_apart(by_itself, work.contract, work.table.tells_apart).persist()
            counts = counted(judged, work.contract, work.table.amount).collect()
        _quarantine(context, judged, work, counts)
        _keep_results(context, work, counts)
        if work.days is None:
            _write_all(context, _kept(judged, work), work, counts)
        else:
            _merge(context, spark, bronze, _kept(judged, work), work, counts)
    finally:
        for frame in (judged, by_itself):
            frame.unpersist()
    return "built" if work.days is None else "merged"


def _judged(context: Context, bronze: DataFrame, work: Work) -> DataFrame:
    return judge(bronze, work.contract, context.source, context.source.entities[work.table.name])


def _keep_results(context: Context, work: Work, counts: Sequence[Row]) -> None:
    """Before the entity's own commit: a run killed between the two counts again, and nothing goes uncounted."""
    results = silver_results(context.run_id, work.contract, counts, context.record.started_at)
    ops.add(context.lake, "quality_results", results)
    for row in counts:
        if count := row["passed_over"]:
            held = f"{count:,} {'row holds' if count == 1 else 'rows hold'} nothing but separators and blanks"
            context.record.warn(f"{work.dataset} {row['_batch_date']}: {held}; passed over")
    for result in results:
        if result["effect"] == "warned":
            context.record.odd(result["table_name"], result["rule"], result["rows_broken"], result["rows_checked"])


def _quarantine(context: Context, judged: DataFrame, work: Work, counts: Sequence[Row]) -> None:
    """Rewrites the entity's quarantine for these days, where there was or is anything in it."""
    entity, now = work.table.name, context.record.started_at
    if any(row["quarantined"] for row in counts) or quarantine.holds(context.lake, entity, work.days):
        quarantine.replace(context.lake, judged, entity, work.dataset, work.days, context.run_id, now)


def _kept(judged: DataFrame, work: Work) -> DataFrame:
    """Usable rows with what is kept of where they came from."""
    names = work.contract.column_names
    good = judged.where(can_be_used()).select(*names, "_batch_date", "_source_file", "_row_number")
    clean = work.table.clean(good)
    hashed = clean.withColumn("_hash", F.xxhash64(*names, "_batch_date", "_source_file", "_row_number"))
    return delta.with_month(hashed, work.table.month_of)


def _write_all(context: Context, usable: DataFrame, work: Work, counts: Sequence[Row]) -> None:
    name, amount = f"silver.{work.table.name}", money(work.table.amount)
    told = entities.fates(usable, None, work.contract.key, amount).persist()
    try:
        note = _note(context, work, counts, moves(summed(told, None, amount).collect(), None))
        rows = told.where(entities.CHANGED).select(*usable.columns).repartition(delta.MONTH)
        if work.first:
            delta.append(rows, context.lake, name, note, partition=delta.MONTH)
        else:
            delta.overwrite(rows, context.lake, name, note)
    finally:
        told.unpersist()


def _merge(
    context: Context, spark: SparkSession, bronze: DataFrame, usable: DataFrame, work: Work, counts: Sequence[Row]
) -> None:
    key, name, amount = work.contract.key, f"silver.{work.table.name}", money(work.table.amount)
    held = delta.read(spark, context.lake, name, log.version_of(context.lake, name) or 0)
    lost, again = _again(context, bronze, usable, held, work)
    if lost is not None and again is not None:
        held = held.join(lost, list(key), "left_anti").unionByName(again)
    told = entities.fates(usable, held, key, amount).persist()
    try:
        found = moves(summed(told, again, amount).collect(), work.days)
        note = _note(context, work, counts, found)
        if found.changed or lost is not None:
            best = told.where(entities.CHANGED).select(*usable.columns)
            rows = entities.merge_source(best, again, lost, key)
            on = " AND ".join(f"t.{column} = s.{column}" for column in key)
            delta.merge(spark, rows, context.lake, name, on, entities.MERGE_CLAUSES, usable.columns, note)
        else:
            writes.advance(context.lake, name, note)
    finally:
        for frame in (told, lost, again):
            if frame is not None:
                frame.unpersist()


def _again(
    context: Context, bronze: DataFrame, usable: DataFrame, held: DataFrame, work: Work
) -> tuple[DataFrame | None, DataFrame | None]:
    """Keys that replaced days leave without their row, and the rows that all of bronze has for them now."""
    if not work.replaced:
        return None, None
    key = work.contract.key
    lost = entities.dethroned(held.where(_in_days(work.replaced)), entities.holding(usable, key), key).persist()
    if lost.isEmpty():
        lost.unpersist()
        return None, None
    everything = _judged(context, bronze, work)
    if not lost.where(rounded_ids.rounded(work.contract)).isEmpty():
        # Cached for the same reason as in take_in; few rows, which go with the session.
        near = everything.join(lost, [name for name in key if name != "updated_at"], "left_semi").persist()
        everything = rounded_ids.set_apart(near, work.contract, work.table.tells_apart)
    everything = _kept(everything, work).join(lost, list(key), "left_semi")
    return lost, entities.holding(everything, key).persist()


def _note(context: Context, work: Work, counts: Sequence[Row], found: Moves) -> str:
    days: dict[str, Any] = {
        row["_batch_date"].isoformat(): [
            row["landed"],
            row["quarantined"],
            str(row["amount_landed"]),
            str(row["amount_quarantined"]),
            *_as_json(found.superseded.get(row["_batch_date"])),
            row["passed_over"],
        ]
        for row in counts
    }
    for day in work.days or ():
        days.setdefault(day.isoformat(), [0, 0, "0", "0", 0, "0", 0])
    moved = {day.isoformat(): _as_json(rows) for day, rows in found.moved.items()}
    unpriced = {row["_batch_date"].isoformat(): row["unpriced"] for row in counts if row["unpriced"]}
    parts = {"dataset": work.dataset, "days": days, "moved": moved, "unpriced": unpriced, "whole": work.days is None}
    return log.note_text(context.run_id, {f"bronze.{work.dataset}": work.bronze_version}, **parts)


def _as_json(rows: tuple[int, Decimal] | None) -> list[Any]:
    count, amount = rows or (0, Decimal(0))
    return [count, str(amount)]


def _in_days(days: Sequence[date]) -> str:
    return f"_batch_date IN ({delta.date_list(days)})"
