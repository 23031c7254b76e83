"""Keeping one row a key: which of several rows holds, and what a corrected day takes away.

For one key the row with the greatest (updated_at, batch date, file name in natural order, row number) holds, in
whatever order the days arrive.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark_app.lake.file_order import in_natural_order
from spark_app.lake.writes import OP, REMOVE, WRITE

COMPARED, CHANGED, RIVAL_DAY, RIVAL_AMOUNT = "_compared", "_changed", "_rival_day", "_rival_amount"
# What becomes of a usable row. BACK is no new row: an older one that holds again.
OUTDONE, OLDER, SAME, NEWER, NEW, BACK = "outdone", "older", "same", "newer", "new", "back"


def rank() -> Column:
    """What decides between rows of a key, as one comparable value."""
    return F.struct(*_order())


def ranked(rows: DataFrame, key: Sequence[str]) -> DataFrame:
    """Adds `_place`: 1 for the row of each key that holds among these."""
    best = Window.partitionBy(*key).orderBy(*[column.desc() for column in _order()])
    return rows.withColumn("_place", F.row_number().over(best))


def holding(rows: DataFrame, key: Sequence[str]) -> DataFrame:
    """The one row of each key that holds among these."""
    return ranked(rows, key).where("_place = 1").drop("_place")


def compare_with_current(rows: DataFrame, current: DataFrame | None, key: Sequence[str], amount: Column) -> DataFrame:
    """Usable rows, each with what becomes of it.

    `current`: the rows that hold now, before these are taken in (None: there are none).
    `_compared`: outdone by another of these rows, older than the row held, the same as that, newer, or of a new key.
    `_changed`: whether it has to be written. `_rival_day`, `_rival_amount`: of the row held for its key, if any.
    """
    placed = ranked(rows, key)
    first = F.col("_place") == 1
    if current is None:
        compared = F.when(first, F.lit(NEW)).otherwise(F.lit(OUTDONE))
        none = [F.lit(None).cast("date").alias(RIVAL_DAY), F.lit(None).cast("decimal(14,2)").alias(RIVAL_AMOUNT)]
        return placed.select("*", compared.alias(COMPARED), first.alias(CHANGED), *none).drop("_place")
    rivals = current.select(
        *key,
        rank().alias("_rival"),
        F.col("_hash").alias("_rival_hash"),
        F.col("_batch_date").alias(RIVAL_DAY),
        amount.alias(RIVAL_AMOUNT),
    ).join(placed.where(first).select(*key), list(key), "left_semi")
    own, rival = rank(), F.col("_rival")
    compared = (
        F.when(~first, F.lit(OUTDONE))
        .when(rival.isNull(), F.lit(NEW))
        .when(own < rival, F.lit(OLDER))
        .when(own == rival, F.lit(SAME))
        .otherwise(F.lit(NEWER))
    )
    found = placed.join(rivals, list(key), "left").withColumn(COMPARED, compared)
    changed = F.col(COMPARED).isin(NEW, NEWER) | ((F.col(COMPARED) == SAME) & (F.col("_hash") != F.col("_rival_hash")))
    return found.withColumn(CHANGED, changed).drop("_place", "_rival", "_rival_hash")


def keys_losing_their_row(held: DataFrame, best: DataFrame, key: Sequence[str]) -> DataFrame:
    """Keys whose holding row came from a replaced day and is not there any more, nor a greater one in its place.

    `held`: rows of the entity that stem from replaced days. `best`: the best new row of each key. These keys have to
    be derived again from all of bronze, for an older row of another day may hold now.
    """
    was = held.select(*key, rank().alias("_was"))
    now = best.select(*key, rank().alias("_now"))
    return was.join(now, list(key), "left").where("_now IS NULL OR _now < _was").select(*key)


def changes(best: DataFrame) -> DataFrame:
    """What is merged where nothing is displaced: each row is to be written (`_op`)."""
    return best.withColumn(OP, F.lit(WRITE))


def changes_with(best: DataFrame, back: DataFrame, displaced: DataFrame, key: Sequence[str]) -> DataFrame:
    """What is merged: new rows, and for displaced keys what all of bronze says now (nothing: the key goes).

    The columns of `best` and `_op`.
    """
    empty = displaced.join(back.select(*key), list(key), "left_anti")
    gone = empty.select(
        *[
            F.col(name) if name in key else F.lit(None).cast(best.schema[name].dataType).alias(name)
            for name in best.columns
        ],
        F.lit(REMOVE).alias(OP),
    )
    return changes(best).join(displaced, list(key), "left_anti").unionByName(changes(back)).unionByName(gone)


def _order() -> list[Column]:
    """The name itself decides only between names that are alike in natural order: `part_1` and `part_01`."""
    file = in_natural_order(F.col("_source_file")).alias("_file_order")
    return [F.col("updated_at"), F.col("_batch_date"), file, F.col("_source_file"), F.col("_row_number")]


# What comes is known to be newer, changed or forced. An equal row (derived again from bronze) is left as it is.
MERGE_CLAUSES = (
    f"WHEN MATCHED AND s.{OP} = '{REMOVE}' THEN DELETE "
    "WHEN MATCHED AND s._hash <> t._hash THEN UPDATE SET {set} "
    f"WHEN NOT MATCHED AND s.{OP} = '{WRITE}' THEN INSERT {{insert}}"
)
