"""fact_payments: one row a payment. A payment whose order has not been seen yet is kept, without a date."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.runtime.reporting import Reporting
from spark_app.tables.declare import GoldTable, Match
from spark_app.tables.payment_amounts import in_reporting_currency, priced_on
from spark_app.tables.rates import dated_by_rates
from spark_app.tables.words import UNKNOWN_KEY


def derive(payments: DataFrame, orders: DataFrame, rates: DataFrame, reporting: Reporting) -> DataFrame:
    return in_reporting_currency(payments, orders, rates, reporting, "customer_key").select(
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


def touched(
    payments: DataFrame,
    orders: DataFrame,
    rates: DataFrame,
    all_payments: DataFrame,
    all_orders: DataFrame,
    reporting: Reporting,
) -> DataFrame:
    """Orders whose payments or heads changed, and those paid in a currency whose rate of then did."""
    dated = all_payments.join(all_orders.select("order_id", "order_date"), "order_id", "left")
    priced = dated_by_rates(dated, rates, priced_on(reporting))
    return payments.select("order_id").union(orders.select("order_id")).union(priced.select("order_id"))


TABLE = GoldTable(
    "fact_payments",
    inputs={"payments": "silver.payments", "orders": "gold.fact_orders", "rates": "silver.exchange_rates"},
    derive=derive,
    drivers={"payments": "order_id"},
    scope="order_id",
    matches={
        "orders": Match("order_id", of=("payments",)),
        "rates": Match("currency", of=("payments",)),
        "all_payments": Match("currency", of=("rates",)),
        "all_orders": Match("order_id", of=("all_payments",)),
    },
    touched=touched,
    month_of="order_date",
)
