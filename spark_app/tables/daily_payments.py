"""daily_payments: how a day's orders were paid, by method and status."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import GoldTable
from spark_app.tables.words import money


def derive(payments: DataFrame) -> DataFrame:
    dated = payments.where("order_date IS NOT NULL")
    return dated.groupBy("order_date", "payment_method", "payment_status").agg(
        F.count(F.lit(1)).alias("payments"), money(F.sum("amount")).alias("amount")
    )


def touched(payments: DataFrame) -> DataFrame:
    return payments.select("order_date")


TABLE = GoldTable(
    "daily_payments",
    inputs={"payments": "gold.fact_payments"},
    derive=derive,
    drivers={"payments": "order_date"},
    scope="order_date",
    touched=touched,
    month_of="order_date",
)
