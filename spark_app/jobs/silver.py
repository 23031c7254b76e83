"""Silver: each entity's changed days are judged, quarantined or kept, one row a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from spark_app.contracts.table import Column, Contract, Type
from spark_app.jobs.context import Context, in_parallel
from spark_app.jobs.reconcile import reconcile
from spark_app.lake import delta, entities, log, ops, quarantine
from spark_app.quality.results import silver_results
from spark_app.quality.rows import REASONS, counted, judge
from spark_app.tables.declare import SilverTable, silver_tables

PROVENANCE = (
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


def run(context: Context, *, again: Mapping[str, Sequence[date]] | None = None, whole: bool = False) -> None:
    """Bring every entity to its dataset's bronze; `again`: days of entities to judge again; `whole`: everything."""
    tables = silver_tables(context.contracts)
    quarantine.ensure(context.lake)
    # Also of entities the source does not have (a shop without reviews): gold reads them as empty.
    for contract in context.contracts.values():
        if contract.layer == "silver":
            _create(context, contract)
    todo: dict[str, Work] = {}
    for name in context.source.entities:
        work = _work(context, tables[name], (again or {}).get(name, ()), whole)
        if work is None:
            with context.record.step("silver", name):
                pass
        else:
            todo[name] = work

    def take_in(spark: SparkSession, name: str) -> None:
        with context.record.step("silver", name) as step:
            step.action, step.rows = _take_in(context, spark, todo[name])
            step.version = log.version_of(context.lake, f"silver.{name}")

    in_parallel(context, take_in, list(todo))
    with context.record.step("silver", "reconciliation") as step:
        step.action, step.rows = "reconciled", reconcile(context, tables)


def _work(context: Context, table: SilverTable, again: Sequence[date], whole: bool) -> Work | None:
    contract = context.contracts[f"silver.{table.name}"]
    dataset = context.source.entities[table.name].dataset
    source, target = f"bronze.{dataset}", f"silver.{table.name}"
    version = log.version_of(context.lake, source)
    if version is None:
        return None
    taken = log.last_commit(context.lake, target)
    if whole or taken is None or source not in taken.sources:
        return Work(table, contract, dataset, version, None, (), first=taken is None)
    days, replaced = set(again), set(again)
    for commit in log.commits_after(context.lake, source, taken.sources[source]):
        days |= {date.fromisoformat(day) for day in commit.note.get("days", {})}
        replaced |= {date.fromisoformat(day) for day in commit.note.get("replaced", [])}
    if not days:
        return None
    return Work(table, contract, dataset, version, tuple(sorted(days)), tuple(sorted(replaced)), first=False)


def _create(context: Context, contract: Contract) -> None:
    own = [Column(name, Type(kind), False, "", "", None, None) for name, kind in PROVENANCE]  # type: ignore[arg-type]
    log.create(context.lake, contract.qualified, [*contract.columns, *own], partition=delta.MONTH, change_feed=True)


def _take_in(context: Context, spark: SparkSession, work: Work) -> tuple[str, int]:
    """(what was done, rows landed in the days taken in)."""
    bronze = delta.read(spark, context.lake, f"bronze.{work.dataset}", work.bronze_version)
    judged = _judged(context, bronze if work.days is None else bronze.where(_in_days(work.days)), work).persist()
    try:
        counts = counted(judged, work.contract, work.table.amount).collect()
        _quarantine(context, judged, work, counts)
        _keep_results(context, work, counts)
        note = _note(context, work, counts)
        best = entities.holding(_kept(judged, work), work.contract.key)
        if work.days is None:
            _write_all(context, best, work, note)
        else:
            _merge(context, spark, bronze, best, work, note)
    finally:
        judged.unpersist()
    return ("built" if work.days is None else "merged"), sum(int(row["landed"]) for row in counts)


def _judged(context: Context, bronze: DataFrame, work: Work) -> DataFrame:
    return judge(bronze, work.contract, context.source, context.source.entities[work.table.name])


def _keep_results(context: Context, work: Work, counts: Sequence[Row]) -> None:
    """Before the entity's own commit: a run killed between the two counts again, and nothing goes uncounted."""
    results = silver_results(context.run_id, work.contract, counts, context.record.started_at)
    ops.add(context.lake, "quality_results", results)
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
    good = judged.where(F.size(REASONS) == 0).select(*names, "_batch_date", "_source_file", "_row_number")
    clean = work.table.clean(good)
    hashed = clean.withColumn("_hash", F.xxhash64(*names, "_batch_date", "_source_file", "_row_number"))
    return delta.with_month(hashed, work.table.month_of)


def _write_all(context: Context, best: DataFrame, work: Work, note: str) -> None:
    rows = best.repartition(delta.MONTH)
    name = f"silver.{work.table.name}"
    if work.first:
        delta.append(rows, context.lake, name, note, partition=delta.MONTH)
    else:
        delta.overwrite(rows, context.lake, name, note)


def _merge(context: Context, spark: SparkSession, bronze: DataFrame, best: DataFrame, work: Work, note: str) -> None:
    key, name = work.contract.key, f"silver.{work.table.name}"
    version = log.version_of(context.lake, name) or 0
    lost = again = None
    if work.replaced:
        held = delta.read(spark, context.lake, name, version).where(_in_days(work.replaced))
        lost = entities.dethroned(held, best, key).persist()
        if not lost.isEmpty():
            everything = _kept(_judged(context, bronze, work), work).join(lost, list(key), "left_semi")
            again = entities.holding(everything, key)
    rows = entities.merge_source(best, again, lost, key)
    columns = [*work.contract.column_names, *[column for column, _ in PROVENANCE]]
    on = " AND ".join(f"t.{column} = s.{column}" for column in key)
    delta.merge(spark, rows, context.lake, name, on, entities.merge_clauses(), columns, note)
    if log.version_of(context.lake, name) == version:
        log.advance(context.lake, name, note)


def _note(context: Context, work: Work, counts: Sequence[Row]) -> str:
    days: dict[str, Any] = {
        row["_batch_date"].isoformat(): [
            row["landed"],
            row["quarantined"],
            str(row["amount_landed"]),
            str(row["amount_quarantined"]),
        ]
        for row in counts
    }
    for day in work.days or ():
        days.setdefault(day.isoformat(), [0, 0, "0", "0"])
    sources = {f"bronze.{work.dataset}": work.bronze_version}
    return log.note_text(context.run_id, sources, dataset=work.dataset, days=days, whole=work.days is None)


def _in_days(days: Sequence[date]) -> str:
    return f"_batch_date IN ({delta.date_list(days)})"


if __name__ == "__main__":
    from spark_app.jobs.entry import main

    main("silver")
