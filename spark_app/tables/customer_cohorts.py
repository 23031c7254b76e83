"""customer_cohorts: of the customers who first ordered in a month, how many came again, and what they spent."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import GoldTable, Match
from spark_app.tables.words import is_live, money, revenue

ACTIVE = "active_month"


def derive(orders: DataFrame, firsts: DataFrame) -> DataFrame:
    """`orders` may be those of some months; `firsts` needs every customer's first order."""
    cohorts = firsts.where("is_first_order").select("customer_id", F.trunc("order_date", "month").alias("cohort_month"))
    active = orders.where(is_live()).withColumn(ACTIVE, F.trunc("order_date", "month")).join(cohorts, "customer_id")
    since = F.months_between(F.col(ACTIVE), F.col("cohort_month")).cast("int")
    return active.groupBy("cohort_month", since.alias("months_since")).agg(
        F.countDistinct("customer_id").alias("customers"),
        F.count(F.lit(1)).alias("orders"),
        money(F.sum(revenue())).alias("revenue"),
    )


def touched(orders: DataFrame, all_orders: DataFrame) -> DataFrame:
    """Months in which orders changed, and every month of a customer whose first order is another one now."""
    begun = orders.where("is_first_order").select("customer_id")
    theirs = all_orders.join(begun, "customer_id", "left_semi")
    return (
        orders.select("order_date")
        .union(theirs.select("order_date"))
        .select(F.trunc("order_date", "month").alias(ACTIVE))
    )


TABLE = GoldTable(
    "customer_cohorts",
    inputs={"orders": "gold.fact_orders", "firsts": "gold.fact_orders"},
    derive=derive,
    drivers={"orders": "trunc(order_date, 'month')"},
    scope=ACTIVE,
    found_in={"_month": ""},
    matches={"firsts": Match("customer_id", of=("orders",)), "all_orders": Match("customer_id", of=("orders",))},
    touched=touched,
    scope_sql="add_months(cohort_month, months_since)",
)
