"""Order items: one row an order line. A shop that does not say how many pieces means one; no freight means none.

A line has a price, an amount or both; what it lacks follows from the other.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import SilverTable
from spark_app.tables.words import member, money

GOODS = "round(coalesce(quantity, 1) * unit_price, 2)"


def clean(rows: DataFrame) -> DataFrame:
    """Prices and amounts to their own decimals, half up: so an amount is rounded once, here."""
    amount = F.coalesce("line_amount", F.expr(GOODS).cast("decimal(18,2)"))
    rows = rows.withColumns(
        {
            "product_id": member("product_id"),
            "quantity": F.coalesce("quantity", F.lit(1)).cast("decimal(18,3)"),
            "freight_amount": money(F.col("freight_amount")),
            "discount_amount": money(F.col("discount_amount")),
            "tax_amount": money(F.col("tax_amount")),
            "prices_include_tax": F.coalesce("prices_include_tax", F.lit(False)),
            "line_amount": amount,
        }
    )
    price = F.when(F.col("quantity") != 0, F.col("line_amount") / F.col("quantity")).cast("decimal(18,4)")
    return rows.withColumn("unit_price", F.coalesce("unit_price", price))


TABLE = SilverTable(
    "order_items",
    month_of="updated_at",
    amount=f"coalesce(line_amount, {GOODS}) + coalesce(freight_amount, 0)",
    tells_apart=("product_id", "unit_price"),
    clean=clean,
)
