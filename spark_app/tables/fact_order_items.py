"""fact_order_items: one row an order line. A line whose order has not been seen yet is kept, without a date."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import GoldTable, Match
from spark_app.tables.versions import moved, valid_at
from spark_app.tables.words import UNKNOWN_KEY, money


def derive(items: DataFrame, orders: DataFrame, products: DataFrame) -> DataFrame:
    sold = with_order(items, orders).withColumn("sold_at", F.coalesce("purchased_at", "updated_at"))
    version_then = valid_at("r.sold_at", "product_id")
    rows = sold.alias("r").join(products.alias("v"), F.expr(version_then), "left")
    return rows.select(
        "r.order_id",
        "r.item_number",
        F.coalesce("v.product_key", F.lit(UNKNOWN_KEY)).alias("product_key"),
        "r.product_id",
        F.coalesce("r.customer_key", F.lit(UNKNOWN_KEY)).alias("customer_key"),
        "r.seller_id",
        "r.order_status",
        "r.order_date",
        "r.quantity",
        "r.unit_price",
        "r.freight_amount",
        money(F.col("r.line_amount")).alias("item_amount"),
    )


def with_order(items: DataFrame, orders: DataFrame) -> DataFrame:
    """Adds the order's `customer_key order_status order_date purchased_at`, nothing where it is not seen yet."""
    seen = orders.select("order_id", "customer_key", "order_status", "order_date", "purchased_at")
    return items.join(seen, "order_id", "left")


def touched(
    items: DataFrame, orders: DataFrame, products: DataFrame, all_items: DataFrame, all_orders: DataFrame
) -> DataFrame:
    """Orders whose lines or heads changed, and those that sold a product in the time of a version that came or went."""
    sold = with_order(all_items, all_orders).withColumn("sold_at", F.coalesce("purchased_at", "updated_at"))
    rekeyed = sold.alias("r").join(moved(products).alias("v"), F.expr(valid_at("r.sold_at", "product_id")), "left_semi")
    return items.select("order_id").union(orders.select("order_id")).union(rekeyed.select("order_id"))


TABLE = GoldTable(
    "fact_order_items",
    inputs={"items": "silver.order_items", "orders": "gold.fact_orders", "products": "gold.dim_products"},
    derive=derive,
    driver="items",
    scope=("order_id",),
    matches={
        "orders": Match("order_id", of=("items",)),
        "products": Match("product_id", of=("items",)),
        "all_items": Match("product_id", of=("products",)),
        "all_orders": Match("order_id", of=("all_items",)),
    },
    touched=touched,
    month_of="order_date",
)
