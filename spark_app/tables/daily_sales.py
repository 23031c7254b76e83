"""daily_sales: the morning page's figures, one row a day on which orders were placed.

`orders` and `customers` count all orders placed; items, amounts, revenue and new/returning count live ones only.
The unknown member is one of the customers, and neither new nor returning.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import GoldTable
from spark_app.tables.words import is_live, is_unknown, live_money


def derive(orders: DataFrame) -> DataFrame:
    live = is_live()
    totals = orders.groupBy("order_date").agg(
        F.count(F.lit(1)).alias("orders"),
        F.count_if(~live).alias("canceled_orders"),
        F.countDistinct("customer_id").alias("customers"),
        F.countDistinct(_customer_where(F.col("is_first_order"))).alias("new_customers"),
        F.countDistinct(_customer_where(live & ~is_unknown("customer_id"))).alias("live_customers"),
        F.coalesce(F.sum(F.when(live, F.col("item_count"))), F.lit(0)).alias("items"),
        live_money("items_amount").alias("items_amount"),
        live_money("freight_amount").alias("freight_amount"),
        live_money("order_amount").alias("revenue"),
        F.count_if(F.col("is_late")).alias("late_deliveries"),
        F.count_if(F.col("is_incomplete")).alias("incomplete_orders"),
    )
    live_orders = F.col("orders") - F.col("canceled_orders")
    average = F.when(live_orders > 0, F.round(F.col("revenue") / live_orders, 2)).cast("decimal(18,2)")
    return totals.select(
        "order_date",
        "orders",
        "canceled_orders",
        "customers",
        "new_customers",
        (F.col("live_customers") - F.col("new_customers")).alias("returning_customers"),
        "items",
        "items_amount",
        "freight_amount",
        "revenue",
        average.alias("average_order_value"),
        "late_deliveries",
        "incomplete_orders",
    )


def _customer_where(condition: Column) -> Column:
    return F.when(condition, F.col("customer_id"))


def touched(orders: DataFrame) -> DataFrame:
    return orders.select("order_date")


TABLE = GoldTable(
    "daily_sales",
    inputs={"orders": "gold.fact_orders"},
    derive=derive,
    driver="orders",
    scope=("order_date",),
    touched=touched,
)
