"""Customers: everything the shop has said of each person, change by change."""

from pyspark.sql import DataFrame

from spark_app.tables.declare import SilverTable
from spark_app.tables.words import member


def clean(rows: DataFrame) -> DataFrame:
    return rows.withColumn("customer_id", member("customer_id"))


TABLE = SilverTable("customers", month_of="updated_at", tells_apart=("name", "created_at"), clean=clean)
