"""Payments in the reporting currency, at the rate of their order's day."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_app.runtime.reporting import Reporting
from spark_app.tables.rates import RATE, in_reporting, with_rate
from spark_app.tables.reporting import business_day


def in_reporting_currency(
    payments: DataFrame, orders: DataFrame, rates: DataFrame, reporting: Reporting, *columns: str
) -> DataFrame:
    """Payments with `amount` in the reporting currency, their order's `order_date` and these `columns` of it.

    `orders`: order_id, order_date, currency, exchange_rate. A payment that names no currency is in its order's. Where
    the order is not seen yet, and gives no date, the payment's own day counts. An amount without a known rate is null,
    which withholds the release.
    """
    own = (F.col("currency").alias("_currency"), F.col(RATE).alias("_rate"))
    heads = orders.select("order_id", "order_date", *own, *columns)
    joined = payments.join(heads, "order_id", "left").withColumn("_day", priced_on(reporting))
    same = F.col("currency").isNull() | (F.col("currency") == F.col("_currency"))
    priced = with_rate(joined, rates, reporting, day="_day")
    rate = F.when(same & F.col("order_date").isNotNull(), F.col("_rate")).otherwise(F.col(RATE))
    told = priced.withColumn(RATE, rate).withColumn("amount", in_reporting(F.col("amount")))
    return told.drop("_day", "_currency", "_rate", RATE)


def priced_on(reporting: Reporting) -> Column:
    """The day whose rate counts: the order's, of a payment whose order is not seen its own."""
    return F.coalesce("order_date", business_day(F.coalesce("paid_at", "updated_at"), reporting))
