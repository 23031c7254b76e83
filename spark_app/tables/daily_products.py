"""daily_products: what was sold, by category; a category's revenue is its lines with their freight."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import GoldTable, Match
from spark_app.tables.versions import restated
from spark_app.tables.words import is_live, known, live_money


def derive(items: DataFrame, orders: DataFrame, products: DataFrame) -> DataFrame:
    lines = (
        items.where("order_date IS NOT NULL")
        .join(products.select("product_key", "category"), "product_key", "left")
        .withColumn("category", known("category"))
        .withColumn("line_amount", F.col("item_amount") + F.col("freight_amount"))
    )
    sums = lines.groupBy("order_date", "category").agg(
        F.countDistinct("order_id").alias("orders"),
        F.count_if(is_live()).alias("items"),
        live_money("line_amount").alias("revenue"),
    )
    # An order counts once for each of its categories, however many lines it has there.
    liked = (
        lines.select("order_date", "category", "order_id")
        .distinct()
        .join(orders.select("order_id", "review_score"), "order_id")
    )
    mean = F.round(F.avg("review_score"), 2).cast("decimal(4,2)")
    scores = liked.groupBy("order_date", "category").agg(mean.alias("average_review_score"))
    return sums.join(scores, ["order_date", "category"], "left").select(
        "order_date", "category", "orders", "items", "revenue", "average_review_score"
    )


def touched(items: DataFrame, orders: DataFrame, products: DataFrame, all_items: DataFrame) -> DataFrame:
    moved = all_items.join(restated(products, "product_key", ("category",)), "product_key", "left_semi")
    dates = items.select("order_date").union(orders.select("order_date"))
    return dates.union(moved.select("order_date"))


TABLE = GoldTable(
    "daily_products",
    inputs={"items": "gold.fact_order_items", "orders": "gold.fact_orders", "products": "gold.dim_products"},
    derive=derive,
    driver="items",
    scope=("order_date",),
    matches={
        "orders": Match("order_date", of=("items",)),
        "products": Match("product_key", of=("items",)),
        "all_items": Match("product_key", of=("products",)),
    },
    touched=touched,
    month_of="order_date",
)
