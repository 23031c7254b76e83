"""fact_orders: one row an order, with what it holds, what was paid, how it was delivered and liked.

An order without items, payments or review is an order all the same.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark_app.contracts.table import QUARANTINE
from spark_app.runtime.reporting import Reporting
from spark_app.tables.declare import GoldTable, Match
from spark_app.tables.incomplete import ANSWERED, answered, is_incomplete, of_orders, waiting_by_order
from spark_app.tables.payment_amounts import in_reporting_currency
from spark_app.tables.payment_status import payment_status, payment_sums
from spark_app.tables.rates import RATE, dated_by_rates, in_reporting, with_rate
from spark_app.tables.refunds import goods_back
from spark_app.tables.reporting import business_day
from spark_app.tables.versions import with_customer_key
from spark_app.tables.words import MONEY, UNKNOWN, is_live, is_unknown, money

BUYER = "buyer"
# Orders of the unknown member have nothing to do with each other: each is a scope of its own.
_BUYER = f"CASE WHEN lower(customer_id) = '{UNKNOWN}' THEN concat('{UNKNOWN} of ', order_id) ELSE customer_id END"


def derive(
    orders: DataFrame,
    lines: DataFrame,
    items: DataFrame,
    payments: DataFrame,
    reviews: DataFrame,
    customers: DataFrame,
    refunds: DataFrame,
    rates: DataFrame,
    quarantined: DataFrame,
    reporting: Reporting,
) -> DataFrame:
    heads = with_rate(with_customer_key(dated(orders, reporting), customers), rates, reporting)
    ids = heads.select("order_id")
    as_sent, of_lines = answered(items.join(ids, "order_id", "left_semi"), quarantined, "order_items")
    told, of_payments = answered(payments.join(ids, "order_id", "left_semi"), quarantined, "payments")
    paid = in_reporting_currency(told, heads, rates, reporting)
    rows = (
        heads.withColumnRenamed("status", "order_status")
        .join(line_sums(lines.join(ids, "order_id", "left_semi")), "order_id", "left")
        .join(original_sums(as_sent), "order_id", "left")
        .join(payment_sums(paid), "order_id", "left")
        .join(refund_sums(refunds, heads), "order_id", "left")
        .join(review_means(reviews.join(ids, "order_id", "left_semi")), "order_id", "left")
        .join(waiting_by_order(of_lines, of_payments), "order_id", "left")
    )
    goods, discount = money(F.col("items_amount")), _or_of_order("_discount", "discount_amount")
    freight = _or_of_order("_freight", "shipping_amount")
    apart = (
        ~F.col("prices_include_tax") | F.col("item_count").isNotNull()
    )  # taxes within the prices of no goods are none
    tax = F.when(apart, _or_of_order("_tax", "tax_amount")).otherwise(F.lit(0)).cast(MONEY)
    amount = (goods - discount + freight + tax).cast(MONEY)
    refunded = F.col("_goods_back") + F.col("_shipping_back") + F.col("_tax_back")
    return rows.select(
        "order_id",
        "customer_key",
        "customer_id",
        "order_status",
        "purchased_at",
        "order_date",
        "approved_at",
        "shipped_at",
        "delivered_at",
        "estimated_delivery_at",
        F.coalesce("item_count", F.lit(0)).cast("int").alias("item_count"),
        F.coalesce("units", F.lit(0)).alias("units"),
        "channel",
        "store_id",
        F.coalesce("currency", F.lit(reporting.currency)).alias("currency"),
        RATE,
        goods.alias("items_amount"),
        discount.alias("discount_amount"),
        freight.alias("freight_amount"),
        tax.alias("tax_amount"),
        amount.alias("order_amount"),
        original_amount().alias("order_amount_original"),
        money(F.col("_goods_back")).alias("returned_amount"),
        "cost_amount",
        money(F.col("paid_amount")).alias("paid_amount"),
        (money(F.col("_refunded")) + money(refunded)).cast(MONEY).alias("refunded_amount"),
        payment_status(amount, refunded).alias("payment_status"),
        is_first_order().alias("is_first_order"),
        F.datediff(business_day("delivered_at", reporting), "order_date").alias("delivery_days"),
        (business_day("delivered_at", reporting) > business_day("estimated_delivery_at", reporting)).alias("is_late"),
        "review_score",
        is_incomplete(F.col("_lines_answered"), F.col("_payments_answered")).alias("is_incomplete"),
    )


def dated(orders: DataFrame, reporting: Reporting) -> DataFrame:
    """Adds `order_date`: the business day of purchase."""
    return orders.withColumn("order_date", business_day("purchased_at", reporting))


def line_sums(lines: DataFrame) -> DataFrame:
    """order_id, item_count (lines), units (pieces), items_amount, _discount, _freight, _tax and cost_amount.

    In the reporting currency; cost_amount is null where no line's is known.
    """
    return lines.groupBy("order_id").agg(
        F.count(F.lit(1)).alias("item_count"),
        F.sum("quantity").cast("decimal(18,3)").alias("units"),
        F.sum("item_amount").alias("items_amount"),
        F.sum("discount_amount").alias("_discount"),
        F.sum("freight_amount").alias("_freight"),
        F.sum("tax_amount").alias("_tax"),
        F.sum("cost_amount").cast(MONEY).alias("cost_amount"),
    )


def original_sums(items: DataFrame) -> DataFrame:
    """order_id, _lines_original (what the lines alone come to, in the order's currency), and _lines_answered.

    See `incomplete.answered`.
    """
    taxes = F.when(F.col("prices_include_tax"), F.lit(0)).otherwise(F.col("tax_amount"))
    line = F.col("line_amount") - F.col("discount_amount") + F.col("freight_amount") + taxes
    return items.groupBy("order_id").agg(F.sum(line).alias("_lines_original"), F.sum(ANSWERED).alias("_lines_answered"))


def original_amount() -> Column:
    """What the customer was to pay, in the order's own currency: its lines and what it has as a whole."""
    taxes = F.when(F.col("prices_include_tax"), F.lit(0)).otherwise(F.col("tax_amount"))
    whole = F.col("shipping_amount") - F.col("discount_amount") + taxes
    return (money(F.col("_lines_original")) + whole).cast(MONEY)


def refund_sums(refunds: DataFrame, orders: DataFrame) -> DataFrame:
    """order_id, _goods_back, _shipping_back and _tax_back: what its refunds gave back, in the reporting currency."""
    rates = orders.select("order_id", RATE)
    back = {"_goods_back": goods_back(), "_shipping_back": F.col("shipping_amount"), "_tax_back": F.col("tax_amount")}
    sums = [money(F.sum(in_reporting(amount))).alias(name) for name, amount in back.items()]
    return refunds.join(rates, "order_id").groupBy("order_id").agg(*sums)


def _or_of_order(lines: str, order: str) -> Column:
    """The sum of the lines; of an order without any, what it has as a whole."""
    return F.when(F.col("item_count").isNull(), money(in_reporting(F.col(order)))).otherwise(money(F.col(lines)))


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
    lines: DataFrame,
    items: DataFrame,
    payments: DataFrame,
    reviews: DataFrame,
    customers: DataFrame,
    refunds: DataFrame,
    rates: DataFrame,
    quarantined: DataFrame,
    all_orders: DataFrame,
    all_payments: DataFrame,
    reporting: Reporting,
) -> DataFrame:
    """Customers, not orders: an order that comes, goes or moves may make another one the customer's first."""
    ids = items.select("order_id")
    for changed in (lines, payments, reviews, refunds, of_orders(quarantined)):
        ids = ids.union(changed.select("order_id"))
    day = business_day("purchased_at", reporting)
    ids = ids.union(dated_by_rates(all_orders, rates, day).select("order_id"))
    foreign = all_payments.select("order_id", "currency").join(
        all_orders.select("order_id", "purchased_at"), "order_id"
    )
    ids = ids.union(dated_by_rates(foreign, rates, day).select("order_id"))
    theirs = all_orders.join(ids, "order_id", "left_semi")
    buyers = F.expr(_BUYER).alias(BUYER)
    return orders.select(buyers).union(theirs.select(buyers)).union(customers.select("customer_id"))


TABLE = GoldTable(
    "fact_orders",
    inputs={
        "orders": "silver.orders",
        "lines": "gold.fact_order_items",
        "items": "silver.order_items",
        "payments": "silver.payments",
        "reviews": "silver.reviews",
        "customers": "gold.dim_customers",
        "refunds": "silver.refunds",
        "rates": "silver.exchange_rates",
        "quarantined": QUARANTINE,
    },
    derive=derive,
    drivers={"orders": _BUYER},
    scope=BUYER,
    touched=touched,
    scope_sql=_BUYER,
    found_in={"customer_id": "", "order_id": f"{UNKNOWN} of "},
    matches={
        "lines": Match("order_id", of=("orders",)),
        "items": Match("order_id", of=("orders",)),
        "payments": Match("order_id", of=("orders",)),
        "reviews": Match("order_id", of=("orders",)),
        "refunds": Match("order_id", of=("orders",)),
        "quarantined": Match("order_id", of=("orders",)),
        "customers": Match("customer_id", of=("orders",)),
        "rates": Match("currency", of=("orders", "payments")),
        "all_payments": Match("currency", of=("rates",)),
        "all_orders": (
            Match("order_id", of=("lines", "items", "payments", "reviews", "refunds", "quarantined", "all_payments")),
            Match("currency", of=("rates",)),
        ),
    },
    month_of="order_date",
)
