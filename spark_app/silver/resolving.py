"""One row a key: an entity's usable rows against those that hold now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_app.lake import delta, entities, few, log
from spark_app.lake.withdrawn import MARKS, keys_seen, resolved
from spark_app.quality import rounded_ids
from spark_app.quality.counts import can_be_used, money
from spark_app.runs.context import Context
from spark_app.silver.judging import PROVENANCE_NAMES, Judged, Work, judge_all
from spark_app.silver.outcomes import Outcomes, outcomes, regrouped, summed


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
    """Keys that replaced days leave without their row, and the rows that all of bronze has for them now.

    `cached`: frames to be let go of afterwards; the session may live on for days.
    """

    keys: DataFrame
    rows: DataFrame
    cached: tuple[DataFrame, ...]


@contextmanager
def resolve(context: Context, spark: SparkSession, judged: Judged, work: Work) -> Iterator[Resolved]:
    """One row a key: the usable rows against those that hold now."""
    usable, key, amount = _usable(judged.rows, work), work.contract.key, money(work.table.amount)
    if work.withdraws:
        with _regroup(context, spark, judged, work) as resolved:
            yield resolved
        return
    if work.days is None:
        with _cached(entities.compare_with_current(usable, None, key, amount)) as compared:
            yield Resolved(
                compared.where(entities.CHANGED).select(*usable.columns),
                True,
                outcomes(summed(compared, None, amount).collect(), None),
            )
        return
    rows = few.collected(usable) if judged.usable <= few.FEW_OBJECTS else None
    if rows is not None:
        usable = context.scratch.frame(spark, rows)
    current, months = _current_rows(context, spark, rows, work)
    displaced = _displaced(context, spark, usable, work)
    try:
        if displaced is not None:
            current = current.join(displaced.keys, list(key), "left_anti").unionByName(displaced.rows)
        with _cached(entities.compare_with_current(usable, current, key, amount)) as compared:
            back = displaced.rows if displaced else None
            found = outcomes(summed(compared, back, amount).collect(), work.days)
            best = compared.where(entities.CHANGED).select(*usable.columns)
            if displaced is None:
                yield Resolved(entities.changes(best), found.changed, found, months)
            else:
                yield Resolved(entities.changes_with(best, displaced.rows, displaced.keys, key), True, found)
    finally:
        for frame in displaced.cached if displaced else ():
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
    entity = context.table(work.name)
    held = delta.read(spark, entity, log.version_of(entity) or 0)
    # Rows of a day that only got more files may have been of use, and be so no longer.
    before_it = held.where(delta.date_in("_batch_date", work.replaced) if work.replaced else "false").select(*group)
    # Cached for the same reason as in judge_days.
    with _cached(usable.select(*group).unionByName(before_it).distinct()) as touched:
        near = judge_all(context, spark, work).join(touched, group, "left_semi")
        with _cached(near) as theirs, _cached(held.join(touched, group, "left_semi")) as before:
            if not theirs.where(rounded_ids.rounded(work.contract)).isEmpty():
                theirs = rounded_ids.set_apart(theirs, work.contract, work.table.tells_apart)
            everything = _usable(theirs, work)
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
    entity = context.table(work.name)
    version = log.version_of(entity) or 0
    if usable is not None:
        key = work.contract.key[0]
        wanted = {key: set(usable.column(key).to_pylist())}
        rows = few.matching(entity, version, wanted, usable.column_names)
        if rows is not None:
            months = {*rows.column(delta.MONTH).to_pylist(), *usable.column(delta.MONTH).to_pylist()}
            return context.scratch.frame(spark, rows), frozenset(months)
    return delta.read(spark, entity, version), None


def _displaced(context: Context, spark: SparkSession, usable: DataFrame, work: Work) -> Displaced | None:
    if not work.replaced:
        return None
    key, entity = work.contract.key, context.table(work.name)
    version, columns = log.version_of(entity) or 0, [*work.contract.column_names, *PROVENANCE_NAMES]
    of_days = few.of_days(entity, version, "_batch_date", work.replaced, columns)
    if of_days is None:
        stem = delta.read(spark, entity, version).where(delta.date_in("_batch_date", work.replaced))
    else:
        stem = context.scratch.frame(spark, of_days)
    keys = entities.keys_losing_their_row(stem, entities.holding(usable, key), key).persist()
    if keys.isEmpty():
        keys.unpersist()
        return None
    everything, cached = judge_all(context, spark, work), [keys]
    if not keys.where(rounded_ids.rounded(work.contract)).isEmpty():
        # Cached for the same reason as in judge_days.
        near = everything.join(keys, [name for name in key if name != "updated_at"], "left_semi").persist()
        cached.append(near)
        everything = rounded_ids.set_apart(near, work.contract, work.table.tells_apart)
    theirs = _usable(everything, work).join(keys, list(key), "left_semi")
    rows = entities.holding(theirs, key).persist()
    return Displaced(keys, rows, (*cached, rows))


@contextmanager
def _cached(rows: DataFrame) -> Iterator[DataFrame]:
    kept = rows.persist()
    try:
        yield kept
    finally:
        kept.unpersist()
