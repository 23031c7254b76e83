"""dim_products: how an article was described and priced, and from when to when."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import GoldTable
from spark_app.tables.versions import versions
from spark_app.tables.words import UNKNOWN

ATTRIBUTES = ("name", "category", "brand", "unit_cost", "list_price", "weight_g", "volume_cm3")


def derive(products: DataFrame) -> DataFrame:
    sides = F.col("length_cm").cast("long") * F.col("height_cm") * F.col("width_cm")
    described = products.withColumn("volume_cm3", sides)
    return versions(described, "product_id", "product_key", ATTRIBUTES)


def touched(products: DataFrame) -> DataFrame:
    unknown = products.sparkSession.range(1).select(F.lit(UNKNOWN).alias("product_id"))
    return products.select("product_id").union(unknown)


TABLE = GoldTable(
    "dim_products",
    inputs={"products": "silver.products"},
    derive=derive,
    drivers={"products": "product_id"},
    scope="product_id",
    touched=touched,
)
