"""Keeping one row a key: which of several rows holds, and what a corrected day takes away.

For one key the row with the greatest (updated_at, batch date, file name, row number) holds, in whatever order the
days arrive.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

ORDER = ("updated_at", "_batch_date", "_source_file", "_row_number")
FORCED, GONE = "_forced", "_gone"


def rank(alias: str = "") -> Column:
    """What decides between rows of a key, as one comparable value."""
    prefix = f"{alias}." if alias else ""
    return F.struct(*[F.col(f"{prefix}{name}").alias(name) for name in ORDER])


def holding(rows: DataFrame, key: Sequence[str]) -> DataFrame:
    """The one row of each key that holds among these."""
    best = Window.partitionBy(*key).orderBy(*[F.col(name).desc() for name in ORDER])
    return rows.withColumn("_place", F.row_number().over(best)).where("_place = 1").drop("_place")


def dethroned(held: DataFrame, best: DataFrame, key: Sequence[str]) -> DataFrame:
    """Keys whose holding row came from a replaced day and is not there any more, nor a greater one in its place.

    `held`: rows of the entity that stem from replaced days. `best`: the best new row of each key. These keys have to
    be derived again from all of bronze, for an older row of another day may hold now.
    """
    was = held.select(*key, rank().alias("_was"))
    now = best.select(*key, rank().alias("_now"))
    return was.join(now, list(key), "left").where("_now IS NULL OR _now < _was").select(*key)


def merge_source(best: DataFrame, again: DataFrame | None, lost: DataFrame | None, key: Sequence[str]) -> DataFrame:
    """What is merged: new rows, and for lost keys what all of bronze says now (nothing: the key goes)."""
    plain = best.withColumn(FORCED, F.lit(False)).withColumn(GONE, F.lit(False))
    if again is None or lost is None:
        return plain
    derived = again.withColumn(FORCED, F.lit(True)).withColumn(GONE, F.lit(False))
    empty = lost.join(again.select(*key), list(key), "left_anti")
    gone = empty.select(
        *[
            F.col(name) if name in key else F.lit(None).cast(best.schema[name].dataType).alias(name)
            for name in best.columns
        ],
        F.lit(True).alias(FORCED),
        F.lit(True).alias(GONE),
    )
    return plain.join(lost, list(key), "left_anti").unionByName(derived).unionByName(gone)


def merge_clauses() -> str:
    """The WHEN clauses of an entity's merge: later rows win, equal ones are refreshed, lost keys go."""
    mine = ", ".join(f"s.{name}" for name in ORDER)
    theirs = ", ".join(f"t.{name}" for name in ORDER)
    newer = f"s.{FORCED} OR struct({mine}) >= struct({theirs})"
    return (
        f"WHEN MATCHED AND s.{GONE} THEN DELETE "
        f"WHEN MATCHED AND ({newer}) AND s._hash <> t._hash THEN UPDATE SET {{set}} "
        f"WHEN NOT MATCHED AND NOT s.{GONE} THEN INSERT {{insert}}"
    )
