"""hourly_sales: orders and money of a day by the hour, for days that are not over to be held against others."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.runtime.reporting import Reporting
from spark_app.tables.declare import GoldTable
from spark_app.tables.reporting import business_hour
from spark_app.tables.words import is_live, live_money, revenue


def derive(orders: DataFrame, reporting: Reporting) -> DataFrame:
    timed = orders.withColumn("order_hour", business_hour("purchased_at", reporting))
    return timed.groupBy("order_date", "order_hour").agg(
        F.count(F.lit(1)).alias("orders"),
        F.count(F.when(~is_live(), 1)).alias("canceled_orders"),
        live_money("items_amount").alias("gross_sales"),
        live_money("discount_amount").alias("discounts"),
        live_money(revenue()).alias("revenue"),
    )


def touched(orders: DataFrame) -> DataFrame:
    return orders.select("order_date")


TABLE = GoldTable(
    "hourly_sales",
    inputs={"orders": "gold.fact_orders"},
    derive=derive,
    drivers={"orders": "order_date"},
    scope="order_date",
    touched=touched,
    month_of="order_date",
)
