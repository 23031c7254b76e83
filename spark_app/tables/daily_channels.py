"""daily_channels: where a day's orders were placed; returns by the day they were given back."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import GoldTable, Match
from spark_app.tables.returned import days_of, days_with_orders, of_live_orders
from spark_app.tables.words import MONEY, is_live, known, live_money, money

KEY = ("order_date", "channel", "store_id")
PLACE = ("channel", "store_id")


def derive(orders: DataFrame, refunds: DataFrame, refunded_orders: DataFrame) -> DataFrame:
    placed = (
        orders.withColumns({name: known(name) for name in PLACE})
        .groupBy(*KEY)
        .agg(
            F.count(F.lit(1)).alias("orders"),
            F.countDistinct("customer_id").alias("customers"),
            F.sum(F.when(is_live(), F.col("units"))).alias("units"),
            live_money("items_amount").alias("gross_sales"),
            live_money("discount_amount").alias("discounts"),
        )
    )
    back = (
        of_live_orders(refunds, refunded_orders, *PLACE)
        .groupBy("order_date", *[known(name).alias(name) for name in PLACE])
        .agg(F.sum("amount").alias("returns"))
    )
    gross, discounts, returns = (money(F.col(name)) for name in ("gross_sales", "discounts", "returns"))
    return placed.join(back, list(KEY), "full").select(
        *KEY,
        F.coalesce("orders", F.lit(0)).alias("orders"),
        F.coalesce("customers", F.lit(0)).alias("customers"),
        F.coalesce("units", F.lit(0)).cast("decimal(18,3)").alias("units"),
        gross.alias("gross_sales"),
        discounts.alias("discounts"),
        returns.alias("returns"),
        (gross - discounts - returns).cast(MONEY).alias("net_sales"),
    )


def touched(orders: DataFrame, refunds: DataFrame, all_refunds: DataFrame) -> DataFrame:
    days = orders.select("order_date").union(days_of(refunds))
    return days.union(days_with_orders(all_refunds, orders))


TABLE = GoldTable(
    "daily_channels",
    inputs={
        "orders": "gold.fact_orders",
        "refunds": "gold.fact_refunds",
        "refunded_orders": "gold.fact_orders",
    },
    derive=derive,
    drivers={"orders": "order_date", "refunds": "refund_date"},
    scope="order_date",
    matches={
        "refunded_orders": Match("order_id", of=("refunds",)),
        "all_refunds": Match("order_id", of=("orders",)),
    },
    touched=touched,
    month_of="order_date",
)
