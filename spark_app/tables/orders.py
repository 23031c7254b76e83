"""Orders: one row an order, as it last stood."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import SilverTable
from spark_app.tables.words import member, money


def clean(rows: DataFrame) -> DataFrame:
    return rows.withColumns(
        {
            "customer_id": member("customer_id"),
            "currency": F.upper("currency"),
            "discount_amount": money(F.col("discount_amount")),
            "shipping_amount": money(F.col("shipping_amount")),
            "tax_amount": money(F.col("tax_amount")),
            "prices_include_tax": F.coalesce("prices_include_tax", F.lit(False)),
        }
    )


TABLE = SilverTable("orders", month_of="purchased_at", tells_apart=("customer_id", "purchased_at"), clean=clean)
