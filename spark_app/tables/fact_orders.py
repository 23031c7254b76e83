"""fact_orders: one row an order, with what it holds, what was paid, how it was delivered and liked.

An order without items, payments or review is an order all the same.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark_app.contracts.table import QUARANTINE
from spark_app.tables.declare import GoldTable, Match
from spark_app.tables.incomplete import ANSWERED, answered, is_incomplete, of_orders, waiting_by_order
from spark_app.tables.payment_status import payment_status, payment_sums
from spark_app.tables.versions import valid_at
from spark_app.tables.words import MONEY, UNKNOWN, UNKNOWN_KEY, is_live, is_unknown, money

BUYER = "buyer"
# Orders of the unknown member have nothing to do with each other: each is a scope of its own.
_BUYER = f"CASE WHEN lower(customer_id) = '{UNKNOWN}' THEN concat('{UNKNOWN} of ', order_id) ELSE customer_id END"


def derive(
    orders: DataFrame,
    items: DataFrame,
    payments: DataFrame,
    reviews: DataFrame,
    customers: DataFrame,
    quarantined: DataFrame,
) -> DataFrame:
    ids = orders.select("order_id")
    lines, of_lines = answered(items.join(ids, "order_id", "left_semi"), quarantined, "order_items")
    paid, of_payments = answered(payments.join(ids, "order_id", "left_semi"), quarantined, "payments")
    rows = (
        with_customer_key(orders.withColumnRenamed("status", "order_status"), customers)
        .join(item_sums(lines), "order_id", "left")
        .join(payment_sums(paid), "order_id", "left")
        .join(review_means(reviews.join(ids, "order_id", "left_semi")), "order_id", "left")
        .join(waiting_by_order(of_lines, of_payments), "order_id", "left")
    )
    amount = (money(F.col("items_amount")) + money(F.col("freight_amount"))).cast(MONEY)
    return rows.select(
        "order_id",
        "customer_key",
        "customer_id",
        "order_status",
        "purchased_at",
        F.to_date("purchased_at").alias("order_date"),
        "approved_at",
        "shipped_at",
        "delivered_at",
        "estimated_delivery_at",
        F.coalesce("item_count", F.lit(0)).cast("int").alias("item_count"),
        money(F.col("items_amount")).alias("items_amount"),
        money(F.col("freight_amount")).alias("freight_amount"),
        amount.alias("order_amount"),
        money(F.col("paid_amount")).alias("paid_amount"),
        money(F.col("refunded_amount")).alias("refunded_amount"),
        payment_status(amount).alias("payment_status"),
        is_first_order().alias("is_first_order"),
        F.datediff("delivered_at", "purchased_at").alias("delivery_days"),
        (F.to_date("delivered_at") > F.to_date("estimated_delivery_at")).alias("is_late"),
        "review_score",
        is_incomplete(F.col("_lines_answered"), F.col("_payments_answered")).alias("is_incomplete"),
    )


def with_customer_key(orders: DataFrame, customers: DataFrame) -> DataFrame:
    """Adds `customer_key`: the customer's version at the time of purchase, -1 for one not seen yet."""
    version_then = valid_at("r.purchased_at", "customer_id")
    joined = orders.alias("r").join(customers.alias("v"), F.expr(version_then), "left")
    return joined.select("r.*", F.coalesce("v.customer_key", F.lit(UNKNOWN_KEY)).alias("customer_key"))


def item_sums(items: DataFrame) -> DataFrame:
    """order_id, item_count (lines), items_amount, freight_amount, and _lines_answered: see `incomplete.answered`."""
    return items.groupBy("order_id").agg(
        F.count(F.lit(1)).alias("item_count"),
        F.sum("line_amount").alias("items_amount"),
        F.sum("freight_amount").alias("freight_amount"),
        F.sum(ANSWERED).alias("_lines_answered"),
    )


def review_means(reviews: DataFrame) -> DataFrame:
    """order_id, review_score: the mean of the order's reviews, to two decimals."""
    mean = F.sum("score").cast("decimal(18,4)") / F.count("score")
    return reviews.groupBy("order_id").agg(F.round(mean, 2).cast("decimal(4,2)").alias("review_score"))


def is_first_order() -> Column:
    """A customer's first live order ever: needs all orders of the customer at hand.

    Orders of the unknown member are nobody's first: whether two of them are of one person is not known.
    """
    live = is_live()
    in_order = Window.partitionBy(F.expr(_BUYER)).orderBy(F.when(live, 0).otherwise(1), "purchased_at", "order_id")
    return live & ~is_unknown("customer_id") & (F.row_number().over(in_order) == 1)


def touched(
    orders: DataFrame,
    items: DataFrame,
    payments: DataFrame,
    reviews: DataFrame,
    customers: DataFrame,
    quarantined: DataFrame,
    all_orders: DataFrame,
) -> DataFrame:
    """Customers, not orders: an order that comes, goes or moves may make another one the customer's first."""
    ids = items.select("order_id")
    for changed in (payments, reviews, of_orders(quarantined)):
        ids = ids.union(changed.select("order_id"))
    theirs = all_orders.join(ids, "order_id", "left_semi")
    buyers = F.expr(_BUYER).alias(BUYER)
    return orders.select(buyers).union(theirs.select(buyers)).union(customers.select("customer_id"))


TABLE = GoldTable(
    "fact_orders",
    inputs={
        "orders": "silver.orders",
        "items": "silver.order_items",
        "payments": "silver.payments",
        "reviews": "silver.reviews",
        "customers": "gold.dim_customers",
        "quarantined": QUARANTINE,
    },
    derive=derive,
    driver="orders",
    scope=(BUYER,),
    touched=touched,
    scope_sql={BUYER: _BUYER},
    driver_sql={BUYER: _BUYER},
    found_in={"customer_id": "", "order_id": f"{UNKNOWN} of "},
    matches={
        "items": Match("order_id", of=("orders",)),
        "payments": Match("order_id", of=("orders",)),
        "reviews": Match("order_id", of=("orders",)),
        "quarantined": Match("order_id", of=("orders",)),
        "customers": Match("customer_id", of=("orders",)),
        "all_orders": Match("order_id", of=("items", "payments", "reviews", "quarantined")),
    },
    month_of="order_date",
)
