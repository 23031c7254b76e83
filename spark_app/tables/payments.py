"""Payments: one row a payment of an order, as it last stood."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import SilverTable


def clean(rows: DataFrame) -> DataFrame:
    return rows.withColumn("currency", F.upper("currency"))


TABLE = SilverTable("payments", month_of="updated_at", amount="amount", tells_apart=("method", "amount"), clean=clean)
