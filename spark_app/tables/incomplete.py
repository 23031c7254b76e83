"""Orders of which a line or payment lies in the quarantine: what is known of them is not all.

A quarantined row counts until a usable one of the same line or payment is as new: by the time of change, then by batch
date. What is read again or corrected leaves the quarantine by itself.
"""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

# Entities whose rows are part of an order, and what numbers them there.
PARTS = {"order_items": "item_number", "payments": "payment_sequence"}
ANSWERED = "_answered"


def of_orders(quarantined: DataFrame) -> DataFrame:
    """The quarantined rows that belong to an order, as far as that could be read."""
    return quarantined.where(F.col("entity").isin(*PARTS) & F.col("order_id").isNotNull())


def answered(rows: DataFrame, quarantined: DataFrame, entity: str) -> tuple[DataFrame, DataFrame]:
    """`rows` of an entity (with `_batch_date`), each marked where it ends the waiting for its line or payment; and
    what is waited for.

    The first has one more column, `_answered`, 1 or 0. The second is a row a line (payment): order_id, its number,
    `_since` and `_day`.
    """
    waiting, number = _awaited(quarantined, entity), PARTS[entity]
    own = F.struct("updated_at", F.col("_batch_date").alias("batch_date"))
    as_new = F.col("_since").isNull() | (own >= F.col("_since"))
    later = F.col("_day").isNull() | (F.col("_batch_date") > F.col("_day"))
    asked = F.col("_since").isNotNull() | F.col("_day").isNotNull()
    marked = rows.join(waiting, ["order_id", number], "left")
    return marked.withColumn(ANSWERED, F.coalesce((asked & as_new & later).cast("int"), F.lit(0))), waiting


def _awaited(quarantined: DataFrame, entity: str) -> DataFrame:
    """A row for each line (payment) with rows in the quarantine.

    `_since`: the newest (updated_at, batch_date) of them. `_day`: the newest batch date of those whose time of change
    cannot be read. Rows whose number cannot be read are one line of their order, which nothing ends.
    """
    told = F.col("updated_at").isNotNull()
    return (
        of_orders(quarantined)
        .where(F.col("entity") == entity)
        .groupBy("order_id", PARTS[entity])
        .agg(
            F.max(F.when(told, F.struct("updated_at", "batch_date"))).alias("_since"),
            F.max(F.when(~told, F.col("batch_date"))).alias("_day"),
        )
    )


def waiting_by_order(*waiting: DataFrame) -> DataFrame:
    """order_id, `_waiting`: how many of its lines and payments have rows in the quarantine."""
    ids = reduce(DataFrame.union, [rows.select("order_id") for rows in waiting])
    return ids.groupBy("order_id").agg(F.count(F.lit(1)).alias("_waiting"))


def is_incomplete(lines_answered: Column, payments_answered: Column) -> Column:
    """Whether an order waits for more than has come."""
    come = F.coalesce(lines_answered, F.lit(0)) + F.coalesce(payments_answered, F.lit(0))
    return F.coalesce(F.col("_waiting"), F.lit(0)) > come
