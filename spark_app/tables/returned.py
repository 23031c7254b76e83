"""Refunds as days count them: those of live orders, by the day the money went back."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.words import is_live


def of_live_orders(refunds: DataFrame, orders: DataFrame, *columns: str) -> DataFrame:
    """Rows of fact_refunds whose order is live, with these columns of the order; `order_date` is the refund's day."""
    live = orders.where(is_live()).select("order_id", *columns)
    return refunds.withColumn("order_date", F.col("refund_date")).join(live, "order_id")


def days_of(refunds: DataFrame) -> DataFrame:
    """order_date: the days that refunds stand on."""
    return refunds.select(F.col("refund_date").alias("order_date"))


def days_with_orders(all_refunds: DataFrame, orders: DataFrame) -> DataFrame:
    """order_date: the days on which these orders' refunds stand."""
    return days_of(all_refunds.join(orders.select("order_id"), "order_id", "left_semi"))
