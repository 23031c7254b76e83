"""Order items: one row an order line. A shop that does not say how many pieces means one; no freight means none."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import SilverTable
from spark_app.tables.words import member


def clean(rows: DataFrame) -> DataFrame:
    return rows.withColumns(
        {
            "product_id": member("product_id"),
            "quantity": F.coalesce("quantity", F.lit(1)),
            "freight_amount": F.coalesce("freight_amount", F.lit(0).cast("decimal(18,2)")),
        }
    )


TABLE = SilverTable(
    "order_items",
    month_of="updated_at",
    amount="coalesce(quantity, 1) * unit_price + coalesce(freight_amount, 0)",
    tells_apart=("product_id", "unit_price"),
    clean=clean,
)
