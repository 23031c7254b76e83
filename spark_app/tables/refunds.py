"""Refunds: what was given back, a row a line of it, as it last stood."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import SilverTable
from spark_app.tables.words import money


def clean(rows: DataFrame) -> DataFrame:
    return rows.withColumns(
        {
            "refund_line": F.coalesce("refund_line", F.lit(1)),
            "shipping_amount": money(F.col("shipping_amount")),
            "tax_amount": money(F.col("tax_amount")),
            "prices_include_tax": F.coalesce("prices_include_tax", F.lit(False)),
        }
    )


def goods_back() -> Column:
    """What was given back of goods, in the refund's own currency, less the taxes that stand within it."""
    return F.col("amount") - F.when(F.col("prices_include_tax"), F.col("tax_amount")).otherwise(F.lit(0))


TABLE = SilverTable(
    "refunds",
    month_of="updated_at",
    amount="amount + coalesce(shipping_amount, 0) + coalesce(tax_amount, 0)",
    tells_apart=("order_id", "amount"),
    clean=clean,
)
