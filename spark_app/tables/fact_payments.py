"""fact_payments: one row a payment. A payment whose order has not been seen yet is kept, without a date."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import GoldTable, Match
from spark_app.tables.words import UNKNOWN_KEY


def derive(payments: DataFrame, orders: DataFrame) -> DataFrame:
    seen = orders.select("order_id", "customer_key", "order_date")
    return payments.join(seen, "order_id", "left").select(
        "order_id",
        "payment_sequence",
        F.coalesce("customer_key", F.lit(UNKNOWN_KEY)).alias("customer_key"),
        "order_date",
        "paid_at",
        F.col("method").alias("payment_method"),
        F.col("status").alias("payment_status"),
        "installments",
        "amount",
    )


def touched(payments: DataFrame, orders: DataFrame) -> DataFrame:
    return payments.select("order_id").union(orders.select("order_id"))


TABLE = GoldTable(
    "fact_payments",
    inputs={"payments": "silver.payments", "orders": "gold.fact_orders"},
    derive=derive,
    driver="payments",
    scope=("order_id",),
    matches={"orders": Match("order_id", of=("payments",))},
    touched=touched,
    month_of="order_date",
)
