"""An entity's changed days: judged, accounted for, resolved to one row a key, and written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import reduce

import pyarrow as pa
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from spark_app.contracts.sources import EntityMap
from spark_app.contracts.table import Contract, TypeName
from spark_app.lake import delta, entities, few, log, ops, quarantine, writes
from spark_app.lake.progress import JudgedDay, SilverProgress, Sum
from spark_app.lake.withdrawn import MARKS, keys_seen, resolved
from spark_app.quality import rounded_ids
from spark_app.quality.results import silver_results
from spark_app.quality.rows import can_be_used, counted, judge, money
from spark_app.runs.context import Context
from spark_app.silver.outcomes import Outcomes, outcomes, regrouped, summed
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
    """What one entity has to do: its datasets' bronze at a version each, and the days not taken in yet (None: all).

    Days are taken in whole: what any dataset holds of them. `replaced`: those of the days whose earlier content may
    have been taken in before. `looked_up`: bronze that values are looked up in. `reshaped`: the table has other columns
    than its contract.
    """

    table: SilverTable
    contract: Contract
    parts: tuple[EntityMap, ...]
    bronze: Mapping[str, int]
    looked_up: Mapping[str, int]
    days: tuple[date, ...] | None
    replaced: tuple[date, ...]
    first: bool
    reshaped: bool = False

    @property
    def name(self) -> str:
        return self.contract.qualified

    @property
    def datasets(self) -> str:
        """Their names, for people."""
        return ", ".join(self.bronze)

    @property
    def withdraws(self) -> bool:
        """Whether rows may take others away: then groups of rows are looked at whole."""
        return any(part.withdraws for part in self.parts)

    @property
    def group(self) -> tuple[str, ...]:
        """The columns that rows share which may take each other away."""
        per = next((part.complete_per for part in self.parts if part.complete_per), ())
        return per or tuple(name for name in self.contract.key if name != "updated_at")


@dataclass(frozen=True)
class Judged:
    """Bronze rows with what each breaks (`quality.rows.judge`), and their counts by batch date."""

    rows: DataFrame
    counts: Sequence[Row]

    @property
    def usable(self) -> int:
        """How many rows can be used."""
        return sum(row["landed"] - row["quarantined"] - row["passed_over"] for row in self.counts)


@dataclass(frozen=True)
class Resolved:
    """What is to be written, if `differs`: the entity's columns and `_op`. `outcomes`: what became of each usable row.

    `months`: those that the rows concerned lie in now or will; None where that is not known.
    """

    changes: DataFrame
    differs: bool
    outcomes: Outcomes
    months: frozenset[date] | None = None


@dataclass(frozen=True)
class Displaced:
    """Keys that replaced days leave without their row, and the rows that all of bronze has for them now."""

    keys: DataFrame
    rows: DataFrame


def take_in(context: Context, spark: SparkSession, work: Work) -> str:
    """Take the days in; what was done.

    Counts are kept and rows set aside before the entity's own commit: a run killed between the two counts again, and
    nothing goes uncounted.
    """
    with _judge(context, spark, work) as judged:
        _account(context, judged, work)
        with _resolve(context, spark, judged, work) as resolved:
            _write(context, spark, resolved, _progress(judged, resolved, work), work)
    return "built" if work.days is None else "merged"


@contextmanager
def _judge(context: Context, spark: SparkSession, work: Work) -> Iterator[Judged]:
    bronze = {name: _bronze_rows(context, spark, name, version, work.days) for name, version in work.bronze.items()}
    each = _judged(context, spark, bronze, work).persist()
    rows = each
    try:
        counts = counted(rows, work.contract, work.table.amount).collect()
        if rounded_ids.some(counts, work.contract):
            # Both stay cached: else Spark puts all of judging into each condition, and plans for minutes.
            rows = rounded_ids.set_apart(each, work.contract, work.table.tells_apart).persist()
            counts = counted(rows, work.contract, work.table.amount).collect()
        yield Judged(rows, counts)
    finally:
        for frame in (rows, each):
            frame.unpersist()


def _bronze_rows(
    context: Context, spark: SparkSession, dataset: str, version: int, days: Collection[date] | None
) -> DataFrame:
    table = f"bronze.{dataset}"
    if days is not None:
        columns = few.columns_of(context.lake, table, version)
        rows = few.of_days(context.lake, table, version, "_batch_date", days, columns)
        if rows is not None:
            return context.scratch.frame(spark, rows)
    everything = delta.read(spark, context.lake, table, version)
    return everything if days is None else everything.where(_in_days(days))


def _all_judged(context: Context, spark: SparkSession, work: Work) -> DataFrame:
    bronze = {name: _bronze_rows(context, spark, name, version, None) for name, version in work.bronze.items()}
    return _judged(context, spark, bronze, work)


def _judged(context: Context, spark: SparkSession, bronze: Mapping[str, DataFrame], work: Work) -> DataFrame:
    """The rows of every part of the entity."""
    others = {name: _bronze_rows(context, spark, name, version, None) for name, version in work.looked_up.items()}
    frames = [
        judge(bronze[part.dataset], work.contract, context.source, part, others)
        for part in work.parts
        if part.dataset in bronze
    ]
    # Bronze of an older program of ours has not all of its own columns.
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)


def _account(context: Context, judged: Judged, work: Work) -> None:
    """Set aside what cannot be used, and keep what the rules counted."""
    entity, now = work.table.name, context.record.started_at
    if any(row["quarantined"] for row in judged.counts) or quarantine.holds(context.lake, entity, work.days):
        quarantine.replace(context.lake, judged.rows, entity, work.days, context.run_id, now)
    results = silver_results(context.run_id, work.contract, judged.counts, now)
    ops.add(context.lake, "quality_results", results)
    for row in judged.counts:
        if count := row["passed_over"] - row["left_out"]:
            holds = f"{count:,} {'row holds' if count == 1 else 'rows hold'} nothing but separators and blanks"
            context.record.warn(f"{work.datasets} {row['_batch_date']}: {holds}; passed over")
        if row["left_out"] and row["landed"] == row["passed_over"]:
            left = f"where leaves out all of its {row['landed']:,} rows"
            context.record.warn(f"{entity} {row['_batch_date']}: {left}")
    for result in results:
        if result["effect"] == "warned":
            context.record.odd(result["table_name"], result["rule"], result["rows_broken"], result["rows_checked"])


@contextmanager
def _resolve(context: Context, spark: SparkSession, judged: Judged, work: Work) -> Iterator[Resolved]:
    """One row a key: the usable rows against those that hold now."""
    usable, key, amount = _usable(judged.rows, work), work.contract.key, money(work.table.amount)
    if work.withdraws:
        with _regroup(context, spark, judged, work) as resolved:
            yield resolved
        return
    if work.days is None:
        with _cached(entities.fates(usable, None, key, amount)) as told:
            yield Resolved(
                told.where(entities.CHANGED).select(*usable.columns),
                True,
                outcomes(summed(told, None, amount).collect(), None),
            )
        return
    rows = few.collected(usable) if judged.usable <= few.FEW_OBJECTS else None
    if rows is not None:
        usable = context.scratch.frame(spark, rows)
    current, months = _current_rows(context, spark, rows, work)
    displaced = _displaced(context, spark, usable, work)
    if displaced is not None:
        holds = current.join(displaced.keys, list(key), "left_anti").unionByName(displaced.rows)
    else:
        holds = current
    with _cached(entities.fates(usable, holds, key, amount)) as told:
        back = displaced.rows if displaced else None
        found = outcomes(summed(told, back, amount).collect(), work.days)
        best = told.where(entities.CHANGED).select(*usable.columns)
        if displaced is None:
            yield Resolved(entities.changes(best), found.changed, found, months)
        else:
            yield Resolved(entities.changes_with(best, displaced.rows, displaced.keys, key), True, found)
            for frame in (displaced.keys, displaced.rows):
                frame.unpersist()


@contextmanager
def _regroup(context: Context, spark: SparkSession, judged: Judged, work: Work) -> Iterator[Resolved]:
    """Every group that a usable row belongs to is derived again from all of bronze."""
    key, amount = work.contract.key, money(work.table.amount)
    midnight = F.to_utc_timestamp(F.col("_next").cast("timestamp"), context.source.timezone)
    seen, usable, group = keys_seen(judged.rows, key), _usable(judged.rows, work), list(work.group)
    columns = [name for name in usable.columns if name not in MARKS]
    if work.days is None:
        after = _hashed(resolved(usable, seen, key, midnight), work).select(*columns)
        with _cached(after) as rows:
            yield Resolved(rows, True, regrouped(usable, None, rows, None, amount))
        return
    held = delta.read(spark, context.lake, work.name, log.version_of(context.lake, work.name) or 0)
    # Cached for the same reason as in _judge.
    with _cached(usable.select(*group).distinct()) as touched:
        theirs = _usable(_all_judged(context, spark, work), work).join(touched, group, "left_semi")
        with _cached(theirs) as everything, _cached(held.join(touched, group, "left_semi")) as before:
            after = _hashed(resolved(everything, seen, key, midnight), work).select(*columns)
            with _cached(after) as rows:
                keys = before.select(*key).unionByName(rows.select(*key)).distinct()
                found = regrouped(usable, before, rows, work.days, amount)
                yield Resolved(entities.changes_with(rows.limit(0), rows, keys, key), True, found)


def _usable(judged: DataFrame, work: Work) -> DataFrame:
    """Usable rows with what is kept of where they came from."""
    own = ("_batch_date", "_source_file", "_row_number", *(MARKS if work.withdraws else ()))
    good = judged.where(can_be_used()).select(*work.contract.column_names, *own)
    return delta.with_month(_hashed(work.table.clean(good), work), work.table.month_of)


def _hashed(rows: DataFrame, work: Work) -> DataFrame:
    """Adds `_hash` of all that a row holds and of where it is from."""
    return rows.withColumn(
        "_hash", F.xxhash64(*work.contract.column_names, "_batch_date", "_source_file", "_row_number")
    )


def _current_rows(
    context: Context, spark: SparkSession, usable: pa.Table | None, work: Work
) -> tuple[DataFrame, frozenset[date] | None]:
    """Rows of the entity that hold now, of the keys of the usable rows where these are few; and the months of both."""
    version = log.version_of(context.lake, work.name) or 0
    if usable is not None:
        key = work.contract.key[0]
        wanted = {key: set(usable.column(key).to_pylist())}
        rows = few.matching(context.lake, work.name, version, wanted, usable.column_names)
        if rows is not None:
            months = {*rows.column(delta.MONTH).to_pylist(), *usable.column(delta.MONTH).to_pylist()}
            return context.scratch.frame(spark, rows), frozenset(months)
    return delta.read(spark, context.lake, work.name, version), None


def _displaced(context: Context, spark: SparkSession, usable: DataFrame, work: Work) -> Displaced | None:
    if not work.replaced:
        return None
    key, version = work.contract.key, log.version_of(context.lake, work.name) or 0
    of_days = few.of_days(
        context.lake, work.name, version, "_batch_date", work.replaced, [*work.contract.column_names, *_OWN]
    )
    if of_days is None:
        stem = delta.read(spark, context.lake, work.name, version).where(_in_days(work.replaced))
    else:
        stem = context.scratch.frame(spark, of_days)
    keys = entities.keys_losing_their_row(stem, entities.holding(usable, key), key).persist()
    if keys.isEmpty():
        keys.unpersist()
        return None
    everything = _all_judged(context, spark, work)
    if not keys.where(rounded_ids.rounded(work.contract)).isEmpty():
        # Cached for the same reason as in _judge; few rows, which go with the session.
        near = everything.join(keys, [name for name in key if name != "updated_at"], "left_semi").persist()
        everything = rounded_ids.set_apart(near, work.contract, work.table.tells_apart)
    theirs = _usable(everything, work).join(keys, list(key), "left_semi")
    return Displaced(keys, entities.holding(theirs, key).persist())


_OWN = tuple(name for name, _ in PROVENANCE)


def _write(context: Context, spark: SparkSession, resolved: Resolved, progress: SilverProgress, work: Work) -> None:
    sources = {f"bronze.{name}": version for name, version in work.bronze.items()}
    note = log.note_text(context.run_id, sources, **progress.note())
    if work.days is None:
        rows = resolved.changes.repartition(delta.MONTH)
        if work.first:
            delta.append(rows, context.lake, work.name, note, partition=delta.MONTH)
        elif work.reshaped:
            delta.reshape(rows, context.lake, work.name, note, delta.MONTH)
        else:
            delta.overwrite(rows, context.lake, work.name, note)
        return
    if not resolved.differs:
        writes.advance(context.lake, work.name, note)
        return
    changes = few.collected(resolved.changes)
    if changes is not None:
        within = f"t.{delta.MONTH} IN ({delta.date_list(sorted(resolved.months))})" if resolved.months else None
        writes.merge(context.lake, work.name, changes, work.contract.key, note, within=within, unless_equal="_hash")
        return
    on = " AND ".join(f"t.{column} = s.{column}" for column in work.contract.key)
    columns = [name for name in resolved.changes.columns if name != writes.OP]
    delta.merge(spark, resolved.changes, context.lake, work.name, on, entities.MERGE_CLAUSES, columns, note)


def _progress(judged: Judged, resolved: Resolved, work: Work) -> SilverProgress:
    found = resolved.outcomes
    days = {
        row["_batch_date"]: JudgedDay(
            Sum(row["landed"], row["amount_landed"]),
            Sum(row["quarantined"], row["amount_quarantined"]),
            found.superseded.get(row["_batch_date"], Sum()),
            row["passed_over"],
            row["unpriced"],
        )
        for row in judged.counts
    }
    return SilverProgress(
        work.datasets,
        dict.fromkeys(work.days or (), JudgedDay()) | days,
        found.displaced,
        full_rebuild=work.days is None,
        looked_up=work.looked_up,
    )


@contextmanager
def _cached(rows: DataFrame) -> Iterator[DataFrame]:
    kept = rows.persist()
    try:
        yield kept
    finally:
        kept.unpersist()


def _in_days(days: Collection[date]) -> str:
    return f"_batch_date IN ({delta.date_list(list(days))})"
