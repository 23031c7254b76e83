"""Rows that hold no more: of an order that came again without them, of a snapshot that lacks them, of what says so.

A function of all rows of a group, in whatever order they came: so a group that any new row belongs to is looked at
whole. (The rule of one key, `entities`, decides among what is left.)
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark_app.lake.entities import holding
from spark_app.lake.file_order import in_natural_order

# What judging says of a row beside its columns: its part's number, and what that part's keys make of it.
PART, GROUP, SNAPSHOT, DELETED = "_part", "_group", "_snapshot", "_deleted"
MARKS = (PART, GROUP, SNAPSHOT, DELETED)
GONE_AT = "gone_at"
_FILE_ORDER = "_file_order"


def resolved(rows: DataFrame, seen: DataFrame, key: Sequence[str], midnight: Column) -> DataFrame:
    """The rows that hold among all usable rows of some groups: the columns given, but for the marks.

    `_group`: of a part whose orders come whole, what an order's rows share (null: each row stands for itself).
    `_snapshot`: whether the part's drops are whole tables; `seen`: the keys in them, usable or not (see `keys_seen`).
    `_deleted`: whether the row says that its key is gone. Histories (keys with updated_at) keep their versions: what is
    gone has `gone_at`; `midnight`: when the day `_next` of a snapshot begins.
    """
    ids = [name for name in key if name != "updated_at"]
    rows = _of_last_drop(rows)
    ends = _ends(seen, ids).withColumn("_end", midnight)
    rows = rows.join(ends, [PART, *ids, "_batch_date"], "left").drop("_next")
    if "updated_at" not in key:
        best = holding(rows.where("_end IS NULL"), key)
        return best.where(~F.col(DELETED)).drop("_end", *MARKS)
    best = holding(rows.withColumn(GONE_AT, F.coalesce("_end", GONE_AT)), key)
    after = Window.partitionBy(*ids).orderBy("updated_at")
    said = F.when(F.lead(DELETED).over(after), F.lead("updated_at").over(after))
    return best.withColumn(GONE_AT, F.coalesce(said, GONE_AT)).where(~F.col(DELETED)).drop("_end", *MARKS)


def keys_seen(judged: DataFrame, key: Sequence[str]) -> DataFrame:
    """`_part _batch_date _torn` and the key of each row in a snapshot; `_torn`: nobody knows what the row spoke of.

    Rows that are passed over speak of nothing.
    """
    ids = [name for name in key if name != "updated_at"]
    torn = F.col("_corrupt_record").isNotNull() | F.coalesce(*[F.col(name).cast("string") for name in ids]).isNull()
    return judged.where(f"{SNAPSHOT} AND NOT _passed_over").select(PART, "_batch_date", *ids, torn.alias("_torn"))


def _of_last_drop(rows: DataFrame) -> DataFrame:
    """Of a group that comes whole the rows of the drop with its latest change, then of the latest day and file."""
    mine = Window.partitionBy(PART, GROUP, "_batch_date", "_source_file")
    theirs = Window.partitionBy(PART, GROUP)
    latest, file = F.max("updated_at").over(mine), in_natural_order(F.col("_source_file"))
    drop = F.struct(latest.alias("latest"), F.col("_batch_date"), file.alias(_FILE_ORDER), F.col("_source_file"))
    last = F.max("_drop").over(theirs)
    whole = rows.where(F.col(GROUP).isNotNull()).withColumn("_drop", drop)
    kept = whole.withColumn("_last", last).where("_drop = _last").drop("_drop", "_last")
    return rows.where(F.col(GROUP).isNull()).unionByName(kept)


def _ends(seen: DataFrame, ids: Sequence[str]) -> DataFrame:
    """`_part _batch_date`, ids and `_next`: rows whose key the next snapshot, of the day `_next`, lacks.

    A snapshot with a row that nobody can read is not known to lack anything.
    """
    later = Window.partitionBy(PART).orderBy("_batch_date").rowsBetween(1, Window.unboundedFollowing)
    days = seen.groupBy(PART, "_batch_date").agg(F.max("_torn").alias("_torn"))
    days = days.withColumn("_next", F.min(F.when(~F.col("_torn"), F.col("_batch_date"))).over(later)).drop("_torn")
    keys = seen.where("NOT _torn").select(PART, *ids, "_batch_date").distinct()
    again = F.lead("_batch_date").over(Window.partitionBy(PART, *ids).orderBy("_batch_date"))
    lacked = F.col("_next").isNotNull() & (F.col("_again").isNull() | (F.col("_again") > F.col("_next")))
    return keys.withColumn("_again", again).join(days, [PART, "_batch_date"]).where(lacked).drop("_again")
