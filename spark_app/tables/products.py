"""Products: everything the shop has said of each article, change by change."""

from pyspark.sql import DataFrame

from spark_app.tables.declare import SilverTable
from spark_app.tables.words import member


def clean(rows: DataFrame) -> DataFrame:
    return rows.withColumn("product_id", member("product_id"))


TABLE = SilverTable("products", month_of="updated_at", tells_apart=("name",), clean=clean)
