"""dim_customers: what the shop knew of a customer, and from when to when. Personal data is reduced or hashed."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import GoldTable
from spark_app.tables.versions import versions
from spark_app.tables.words import UNKNOWN

ATTRIBUTES = ("email_hash", "gender", "birth_year", "postal_code", "city", "state", "country")


def derive(customers: DataFrame) -> DataFrame:
    # `email` is its hash already: see `hashed` below.
    described = customers.select(
        "customer_id",
        "updated_at",
        "gone_at",
        F.col("email").alias("email_hash"),
        "gender",
        F.year("birth_date").alias("birth_year"),
        "postal_code",
        "city",
        "state",
        "country",
    )
    return versions(described, "customer_id", "customer_key", ATTRIBUTES)


def touched(customers: DataFrame) -> DataFrame:
    unknown = customers.sparkSession.range(1).select(F.lit(UNKNOWN).alias("customer_id"))
    return customers.select("customer_id").union(unknown)


TABLE = GoldTable(
    "dim_customers",
    inputs={"customers": "silver.customers"},
    derive=derive,
    drivers={"customers": "customer_id"},
    scope="customer_id",
    touched=touched,
    hashed={"customers": ("email",)},
)
