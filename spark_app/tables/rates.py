"""What one unit of a currency was worth in the one that gold reports in."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark_app.runtime.reporting import Reporting
from spark_app.tables.words import MONEY

RATE = "exchange_rate"
RATE_TYPE = "decimal(18,8)"


def with_rate(rows: DataFrame, rates: DataFrame, reporting: Reporting, day: str = "order_date") -> DataFrame:
    """Adds `exchange_rate` to rows with `currency` and a day: the last rate on or before it.

    1 for the reporting currency, which is meant where a row names none; null where no rate is known by then. `rates`:
    currency, rate_date, rate.
    """
    in_order = Window.partitionBy("currency").orderBy("rate_date")
    held = rates.select("currency", "rate", "rate_date", F.lead("rate_date").over(in_order).alias("until"))
    then = f"r.currency = x.currency AND r.`{day}` >= x.rate_date AND (x.until IS NULL OR r.`{day}` < x.until)"
    own = F.coalesce("r.currency", F.lit(reporting.currency)) == reporting.currency
    rate = F.when(own, F.lit(1)).otherwise(F.col("x.rate")).cast(RATE_TYPE)
    joined = rows.alias("r").join(F.broadcast(held.alias("x")), F.expr(then) & ~own, "left")
    return joined.select("r.*", rate.alias(RATE))


def in_reporting(amount: Column) -> Column:
    """An amount at its row's exchange_rate, to the cent, half up; null without a rate."""
    return F.round(amount * F.col(RATE), 2).cast(MONEY)


def dated_by_rates(orders: DataFrame, rates: DataFrame, day: Column) -> DataFrame:
    """Of the rows those that a rate which came, went or changed may price: in its currency, and of its day or later."""
    first = rates.groupBy("currency").agg(F.min("rate_date").alias("_first"))
    return orders.join(F.broadcast(first), "currency").where(day >= F.col("_first"))
