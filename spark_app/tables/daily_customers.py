"""daily_customers: who ordered, by country, state, gender and age band as they were when ordering."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import GoldTable, Match
from spark_app.tables.versions import restated
from spark_app.tables.words import UNKNOWN, known, live_money, revenue

BANDS = ((18, "under 18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"))
OLDEST = "65+"
DESCRIBED_BY = ("country", "state", "gender", "birth_year")


def derive(orders: DataFrame, customers: DataFrame) -> DataFrame:
    described = orders.join(customers.select("customer_key", *DESCRIBED_BY), "customer_key", "left").select(
        "order_date",
        known("country").alias("country"),
        known("state").alias("state"),
        known("gender").alias("gender"),
        age_band().alias("age_band"),
        "customer_id",
        "order_status",
        revenue().alias("revenue"),
        "is_first_order",
    )
    return described.groupBy("order_date", "country", "state", "gender", "age_band").agg(
        F.count(F.lit(1)).alias("orders"),
        F.countDistinct("customer_id").alias("customers"),
        F.countDistinct(F.when(F.col("is_first_order"), F.col("customer_id"))).alias("new_customers"),
        live_money("revenue").alias("revenue"),
    )


def age_band() -> Column:
    """By the age reached in the year of the order."""
    age = F.year("order_date") - F.col("birth_year")
    band = F.when(age.isNull(), F.lit(UNKNOWN))
    for below, name in BANDS:
        band = band.when(age < below, F.lit(name))
    return band.otherwise(F.lit(OLDEST))


def touched(orders: DataFrame, customers: DataFrame, all_orders: DataFrame) -> DataFrame:
    corrected = restated(customers, "customer_key", DESCRIBED_BY)
    theirs = all_orders.join(corrected, "customer_key", "left_semi")
    return orders.select("order_date").union(theirs.select("order_date"))


TABLE = GoldTable(
    "daily_customers",
    inputs={"orders": "gold.fact_orders", "customers": "gold.dim_customers"},
    derive=derive,
    drivers={"orders": "order_date"},
    scope="order_date",
    matches={
        "customers": Match("customer_key", of=("orders",)),
        "all_orders": Match("customer_key", of=("customers",)),
    },
    touched=touched,
    month_of="order_date",
)
