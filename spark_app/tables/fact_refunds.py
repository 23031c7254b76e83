"""fact_refunds: what was given back, a row a line of it, by the day it went back and with the order it was of.

A refund whose order has not been seen yet is kept, without that day, and counts when the order comes.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_app.runtime.reporting import Reporting
from spark_app.tables.declare import GoldTable, Match
from spark_app.tables.rates import RATE, in_reporting
from spark_app.tables.refunds import goods_back
from spark_app.tables.reporting import business_day
from spark_app.tables.words import MONEY, UNKNOWN_KEY, money


def derive(refunds: DataFrame, orders: DataFrame, lines: DataFrame, reporting: Reporting) -> DataFrame:
    heads = orders.select("order_id", "customer_key", "order_date", F.col(RATE).alias("_rate"))
    sold = lines.select(
        "order_id", "item_number", "product_key", F.col("quantity").alias("_sold"), F.col("cost_amount").alias("_cost")
    )
    rate = F.when(F.col("order_date").isNull(), F.lit(1)).otherwise(F.col("_rate"))
    rows = refunds.join(heads, "order_id", "left").join(sold, ["order_id", "item_number"], "left")
    return rows.withColumn(RATE, rate).select(
        "refund_id",
        "refund_line",
        "order_id",
        "item_number",
        F.coalesce("customer_key", F.lit(UNKNOWN_KEY)).alias("customer_key"),
        F.coalesce("product_key", F.lit(UNKNOWN_KEY)).alias("product_key"),
        "order_date",
        business_day("refunded_at", reporting).alias("refund_date"),
        "quantity",
        money(in_reporting(goods_back())).alias("amount"),
        money(in_reporting(F.col("shipping_amount"))).alias("shipping_amount"),
        money(in_reporting(F.col("tax_amount"))).alias("tax_amount"),
        cost_back().alias("cost_amount"),
        "reason",
    )


def cost_back() -> Column:
    """The cost of the pieces that came back, as the line's; null where it is not said which, or what they cost."""
    share = F.col("_cost") * F.col("quantity") / F.when(F.col("_sold") != 0, F.col("_sold"))
    return F.round(share, 2).cast(MONEY)


def touched(refunds: DataFrame, orders: DataFrame, lines: DataFrame) -> DataFrame:
    return refunds.select("order_id").union(orders.select("order_id")).union(lines.select("order_id"))


TABLE = GoldTable(
    "fact_refunds",
    inputs={"refunds": "silver.refunds", "orders": "gold.fact_orders", "lines": "gold.fact_order_items"},
    derive=derive,
    drivers={"refunds": "order_id"},
    scope="order_id",
    matches={"orders": Match("order_id", of=("refunds",)), "lines": Match("order_id", of=("refunds",))},
    touched=touched,
    month_of="refund_date",
)
