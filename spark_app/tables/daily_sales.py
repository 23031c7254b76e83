"""daily_sales: the morning page's figures, one row a day on which orders were placed or goods given back.

`orders` and `customers` count all orders placed; items, amounts, revenue and new/returning count live ones only.
The unknown member is one of the customers, and neither new nor returning. Returns, and what else was refunded, stand on
the day they were given back, whatever day the order was.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_app.tables.declare import GoldTable, Match
from spark_app.tables.returned import days_of, days_with_orders, of_live_orders
from spark_app.tables.words import MONEY, is_live, is_unknown, live_money, money, revenue


def derive(orders: DataFrame, lines: DataFrame, refunds: DataFrame, refunded_orders: DataFrame) -> DataFrame:
    days = (
        placed(orders)
        .join(returned(refunds, refunded_orders), "order_date", "full")
        .join(costed(lines), "order_date", "left")
    )
    live_orders = F.col("orders") - F.col("canceled_orders")
    average = F.when(live_orders > 0, F.round(F.col("revenue") / live_orders, 2)).cast(MONEY)
    gross, discounts, returns = money(F.col("items_amount")), money(F.col("_discounts")), money(F.col("_goods_back"))
    net = gross - discounts - returns
    shipping = money(F.col("freight_amount")) - money(F.col("_shipping_back"))
    taxes = money(F.col("_taxes")) - money(F.col("_tax_back"))
    cost = money(F.col("_cost")) - money(F.col("_cost_back"))
    counts = [
        *("orders", "canceled_orders", "customers", "new_customers", "returning_customers"),
        *("items", "late_deliveries", "incomplete_orders"),
    ]
    return days.select(
        "order_date",
        *[F.coalesce(name, F.lit(0)).alias(name) for name in counts],
        F.coalesce("units", F.lit(0)).cast("decimal(18,3)").alias("units"),
        gross.alias("items_amount"),
        money(F.col("freight_amount")).alias("freight_amount"),
        money(F.col("revenue")).alias("revenue"),
        average.alias("average_order_value"),
        gross.alias("gross_sales"),
        discounts.alias("discounts"),
        returns.alias("returns"),
        net.cast(MONEY).alias("net_sales"),
        shipping.cast(MONEY).alias("shipping"),
        taxes.cast(MONEY).alias("taxes"),
        (net + shipping + taxes).cast(MONEY).alias("total_sales"),
        cost.cast(MONEY).alias("cost_of_goods"),
        (net - cost).cast(MONEY).alias("gross_margin"),
        "cost_coverage",
    )


def placed(orders: DataFrame) -> DataFrame:
    """What was ordered on a day."""
    live = is_live()
    totals = orders.groupBy("order_date").agg(
        F.count(F.lit(1)).alias("orders"),
        F.count_if(~live).alias("canceled_orders"),
        F.countDistinct("customer_id").alias("customers"),
        F.countDistinct(_customer_where(F.col("is_first_order"))).alias("new_customers"),
        F.countDistinct(_customer_where(live & ~is_unknown("customer_id"))).alias("live_customers"),
        F.sum(F.when(live, F.col("item_count"))).alias("items"),
        F.sum(F.when(live, F.col("units"))).alias("units"),
        live_money("items_amount").alias("items_amount"),
        live_money("discount_amount").alias("_discounts"),
        live_money("freight_amount").alias("freight_amount"),
        live_money("tax_amount").alias("_taxes"),
        live_money("cost_amount").alias("_cost"),
        live_money(revenue()).alias("revenue"),
        F.count_if(F.col("is_late")).alias("late_deliveries"),
        F.count_if(F.col("is_incomplete")).alias("incomplete_orders"),
    )
    return totals.withColumn("returning_customers", F.col("live_customers") - F.col("new_customers"))


def returned(refunds: DataFrame, orders: DataFrame) -> DataFrame:
    """What was given back on a day, of orders of any day."""
    return (
        of_live_orders(refunds, orders)
        .groupBy("order_date")
        .agg(
            F.sum("amount").alias("_goods_back"),
            F.sum("shipping_amount").alias("_shipping_back"),
            F.sum("tax_amount").alias("_tax_back"),
            F.sum("cost_amount").alias("_cost_back"),
        )
    )


def costed(lines: DataFrame) -> DataFrame:
    """order_date, cost_coverage: the share of a day's goods, after discounts, whose cost is known; null without goods.

    Returns are left out of it: a share of what is left after them may be anything.
    """
    sold = lines.where(is_live()).groupBy("order_date")
    known = F.when(F.col("cost_amount").isNotNull(), F.col("net_amount"))
    share = money(F.sum(known)) / F.when(F.sum("net_amount") != 0, F.sum("net_amount"))
    return sold.agg(F.round(share, 4).cast("decimal(9,4)").alias("cost_coverage"))


def _customer_where(condition: Column) -> Column:
    return F.when(condition, F.col("customer_id"))


def touched(orders: DataFrame, lines: DataFrame, refunds: DataFrame, all_refunds: DataFrame) -> DataFrame:
    """Days whose orders, lines or refunds changed, and those of refunds whose order did."""
    days = orders.select("order_date").union(lines.select("order_date"))
    return days.union(days_of(refunds)).union(days_with_orders(all_refunds, orders))


TABLE = GoldTable(
    "daily_sales",
    inputs={
        "orders": "gold.fact_orders",
        "lines": "gold.fact_order_items",
        "refunds": "gold.fact_refunds",
        "refunded_orders": "gold.fact_orders",
    },
    derive=derive,
    drivers={"orders": "order_date", "lines": "order_date", "refunds": "refund_date"},
    scope="order_date",
    matches={
        "refunded_orders": Match("order_id", of=("refunds",)),
        "all_refunds": Match("order_id", of=("orders",)),
    },
    touched=touched,
)
