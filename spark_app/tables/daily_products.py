"""daily_products: what was sold, by category, and what came of it after returns, by the day they were given back.

A category's revenue is its lines, less discounts, with their freight.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import GoldTable, Match
from spark_app.tables.returned import days_of, days_with_orders, of_live_orders
from spark_app.tables.versions import restated
from spark_app.tables.words import MONEY, is_live, known, live_money, money, revenue

KEY = ("order_date", "category")


def derive(
    items: DataFrame, orders: DataFrame, products: DataFrame, refunds: DataFrame, refunded_orders: DataFrame
) -> DataFrame:
    lines = with_category(items.where("order_date IS NOT NULL"), products)
    sums = lines.groupBy(*KEY).agg(
        F.countDistinct("order_id").alias("orders"),
        F.count_if(is_live()).alias("items"),
        F.sum(F.when(is_live(), F.col("quantity"))).alias("units"),
        live_money(revenue("item_amount")).alias("revenue"),
        live_money("net_amount").alias("_net"),
        live_money("cost_amount").alias("_cost"),
    )
    back = (
        with_category(of_live_orders(refunds, refunded_orders), products)
        .groupBy(*KEY)
        .agg(F.sum("amount").alias("_goods_back"), F.sum("cost_amount").alias("_cost_back"))
    )
    net = money(F.col("_net")) - money(F.col("_goods_back"))
    cost = money(F.col("_cost")) - money(F.col("_cost_back"))
    days = sums.join(back, list(KEY), "full").join(scores(lines, orders), list(KEY), "left")
    return days.select(
        *KEY,
        F.coalesce("orders", F.lit(0)).alias("orders"),
        F.coalesce("items", F.lit(0)).alias("items"),
        F.coalesce("units", F.lit(0)).cast("decimal(18,3)").alias("units"),
        money(F.col("revenue")).alias("revenue"),
        net.cast(MONEY).alias("net_sales"),
        (net - cost).cast(MONEY).alias("gross_margin"),
        "average_review_score",
    )


def with_category(rows: DataFrame, products: DataFrame) -> DataFrame:
    """Adds the `category` of the product's version."""
    described = products.select("product_key", "category")
    return rows.join(described, "product_key", "left").withColumn("category", known("category"))


def scores(lines: DataFrame, orders: DataFrame) -> DataFrame:
    """order_date, category, average_review_score: an order counts once a category, however many lines it has there."""
    liked = lines.select(*KEY, "order_id").distinct().join(orders.select("order_id", "review_score"), "order_id")
    mean = F.round(F.avg("review_score"), 2).cast("decimal(4,2)")
    return liked.groupBy(*KEY).agg(mean.alias("average_review_score"))


def touched(
    items: DataFrame,
    orders: DataFrame,
    products: DataFrame,
    refunds: DataFrame,
    all_items: DataFrame,
    all_refunds: DataFrame,
) -> DataFrame:
    moved = restated(products, "product_key", ("category",))
    sold = all_items.join(moved, "product_key", "left_semi").select("order_date")
    given_back = days_of(all_refunds.join(moved, "product_key", "left_semi"))
    days = items.select("order_date").union(orders.select("order_date")).union(days_of(refunds))
    return days.union(sold).union(given_back).union(days_with_orders(all_refunds, orders))


TABLE = GoldTable(
    "daily_products",
    inputs={
        "items": "gold.fact_order_items",
        "orders": "gold.fact_orders",
        "products": "gold.dim_products",
        "refunds": "gold.fact_refunds",
        "refunded_orders": "gold.fact_orders",
    },
    derive=derive,
    drivers={"items": "order_date", "refunds": "refund_date"},
    scope="order_date",
    matches={
        "orders": Match("order_date", of=("items",)),
        "products": Match("product_key", of=("items", "refunds")),
        "refunded_orders": Match("order_id", of=("refunds",)),
        "all_items": Match("product_key", of=("products",)),
        "all_refunds": (Match("order_id", of=("orders",)), Match("product_key", of=("products",))),
    },
    touched=touched,
    month_of="order_date",
)
