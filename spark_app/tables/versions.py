"""Type 2 dimensions: what held from when to when (Kimball & Ross, The Data Warehouse Toolkit, ch. 5)."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark_app.tables.words import BEGINNING, UNKNOWN, UNKNOWN_KEY, is_unknown


def versions(changes: DataFrame, entity: str, key: str, attributes: Sequence[str]) -> DataFrame:
    """One row a version of each entity, and one for the unknown member.

    `changes` has `entity`, `updated_at`, `gone_at` and `attributes`. Gives `key`, `entity`, `attributes`, `valid_from`,
    `valid_to` (null while current) and `is_current`. Equal neighbours are one version; the first holds from the
    beginning. What is gone has no current version until it is back. The key is a hash of entity and valid_from, so a
    rebuild gives the same. Changes of an entity that is itself called unknown describe nobody and make no version:
    silver keeps them.
    """
    in_order = Window.partitionBy(entity).orderBy("updated_at")
    whole = in_order.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    now = F.struct(*attributes)
    marked = changes.where(~is_unknown(entity)).select(
        entity,
        "updated_at",
        *attributes,
        F.row_number().over(in_order).alias("n"),
        F.lag(now).over(in_order).alias("was"),
        F.lag("gone_at").over(in_order).alias("was_gone"),
        F.last("gone_at").over(whole).alias("gone_at"),
    )
    first = F.col("n") == 1
    differs = ~F.struct(*attributes).eqNullSafe(F.col("was")) | F.col("was_gone").isNotNull()
    kept = marked.where(first | differs).withColumn(
        "valid_from", F.when(first, _beginning()).otherwise(F.col("updated_at"))
    )
    by_time = Window.partitionBy(entity).orderBy("valid_from")
    following = F.lead("valid_from").over(by_time)
    ended = F.coalesce(F.lead("was_gone").over(by_time), following)
    dated = kept.withColumn("valid_to", F.when(following.isNull(), F.col("gone_at")).otherwise(ended)).select(
        F.xxhash64(entity, "valid_from").alias(key),
        entity,
        *attributes,
        "valid_from",
        "valid_to",
        F.col("valid_to").isNull().alias("is_current"),
    )
    return dated.unionByName(_unknown(dated, entity, key))


def valid_at(moment: str, entity: str) -> str:
    """Join condition (SQL) between rows `r` and versions `v`: the version of r's entity that held at a time of r."""
    return f"r.{entity} = v.{entity} AND {moment} >= v.valid_from AND (v.valid_to IS NULL OR {moment} < v.valid_to)"


def with_customer_key(orders: DataFrame, customers: DataFrame) -> DataFrame:
    """Adds `customer_key`: the customer's version at the time of purchase, -1 for one not seen yet."""
    version_then = valid_at("r.purchased_at", "customer_id")
    joined = orders.alias("r").join(customers.alias("v"), F.expr(version_then), "left")
    return joined.select("r.*", F.coalesce("v.customer_key", F.lit(UNKNOWN_KEY)).alias("customer_key"))


def moved(changes: DataFrame) -> DataFrame:
    """Versions that came or went. One whose end or attributes alone changed keeps its key and moves no fact."""
    return changes.where(F.col("_change_type").isin("insert", "delete"))


def restated(changes: DataFrame, key: str, attributes: Sequence[str]) -> DataFrame:
    """Keys of versions whose `attributes` were corrected, at once or by going in one commit and coming in another."""
    came = F.col("_change_type").isin("insert", "update_postimage")
    after = changes.where(came).select(key, F.struct(*attributes).alias("now"))
    before = changes.where(~came).select(key, F.struct(*attributes).alias("was"))
    return after.join(before, key).where(~F.col("now").eqNullSafe(F.col("was"))).select(key)


def _beginning() -> Column:
    return F.lit(BEGINNING).cast("timestamp")


def _unknown(like: DataFrame, entity: str, key: str) -> DataFrame:
    fixed = {
        key: F.lit(UNKNOWN_KEY),
        entity: F.lit(UNKNOWN),
        "valid_from": _beginning(),
        "is_current": F.lit(True),
    }
    empty = F.lit(None)
    row = like.sparkSession.range(1)
    return row.select(*[fixed.get(field.name, empty).cast(field.dataType).alias(field.name) for field in like.schema])
