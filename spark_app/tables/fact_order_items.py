"""fact_order_items: one row an order line, with its share of what the order has as a whole, in the reporting currency.

A line whose order has not been seen yet is kept, without a date, as it stands.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_app.runtime.reporting import Reporting
from spark_app.tables.allocation import shares
from spark_app.tables.declare import GoldTable, Match
from spark_app.tables.rates import RATE, RATE_TYPE, dated_by_rates, in_reporting, with_rate
from spark_app.tables.reporting import business_day
from spark_app.tables.versions import moved, restated, valid_at, with_customer_key
from spark_app.tables.words import MONEY, UNKNOWN_KEY, money

# Of an order -> its line's share of it.
SHARED = {"discount_amount": "_discount", "shipping_amount": "_freight", "tax_amount": "_tax"}


def derive(
    items: DataFrame,
    orders: DataFrame,
    customers: DataFrame,
    products: DataFrame,
    rates: DataFrame,
    reporting: Reporting,
) -> DataFrame:
    sold = with_order(with_shares(items, orders), orders, customers, rates, reporting)
    sold = sold.withColumn("sold_at", F.coalesce("purchased_at", "updated_at"))
    rows = sold.alias("r").join(products.alias("v"), F.expr(valid_at("r.sold_at", "product_id")), "left")
    goods = in_reporting(goods_without_tax())
    discount = in_reporting(_with_share("discount_amount", "_discount"))
    cost = F.coalesce(in_reporting(F.col("r.cost_amount")), F.col("r.quantity") * F.col("v.unit_cost"))
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
        _unit_price().alias("unit_price"),
        money(in_reporting(_with_share("freight_amount", "_freight"))).alias("freight_amount"),
        money(goods).alias("item_amount"),
        money(discount).alias("discount_amount"),
        money(in_reporting(_with_share("tax_amount", "_tax"))).alias("tax_amount"),
        (money(goods) - money(discount)).cast(MONEY).alias("net_amount"),
        F.round(cost, 2).cast(MONEY).alias("cost_amount"),
    )


def with_shares(items: DataFrame, orders: DataFrame) -> DataFrame:
    """Adds `_discount _freight _tax`: a line's shares of its order's; null where the order has none, or is not seen."""
    return items.join(shares(items, orders, SHARED), ["order_id", "item_number"], "left")


def with_order(
    items: DataFrame, orders: DataFrame, customers: DataFrame, rates: DataFrame, reporting: Reporting
) -> DataFrame:
    """Adds the order's `customer_key order_status order_date purchased_at exchange_rate` and `_order_taxed`.

    Nothing where it is not seen yet, but the rate, which is 1 then.
    """
    dated = orders.withColumn("order_date", business_day("purchased_at", reporting))
    seen = with_rate(with_customer_key(dated, customers), rates, reporting).select(
        "order_id",
        "customer_key",
        F.col("status").alias("order_status"),
        "order_date",
        "purchased_at",
        F.col("prices_include_tax").alias("_order_taxed"),
        F.col(RATE).alias("_rate"),
    )
    unseen = F.col("order_date").isNull()
    rate = F.when(unseen, F.lit(1)).otherwise(F.col("_rate")).cast(RATE_TYPE)
    return items.join(seen, "order_id", "left").withColumn(RATE, rate).drop("_rate")


def goods_without_tax() -> Column:
    """A line's goods in its own currency, less the taxes that stand within its prices."""
    own = F.when(F.col("prices_include_tax"), F.col("tax_amount"))
    share = F.when(F.col("_order_taxed"), F.col("_tax"))
    return F.col("line_amount") - money(own) - money(share)


def _with_share(own: str, share: str) -> Column:
    return F.col(own) + money(F.col(share))


def _unit_price() -> Column:
    """In the reporting currency; of a price with its tax, what is left of it for each piece."""
    taxed = goods_without_tax() != F.col("line_amount")
    each = F.when(taxed & (F.col("quantity") != 0), goods_without_tax() / F.col("quantity"))
    return F.round(F.coalesce(each, F.col("unit_price")) * F.col(RATE), 4).cast("decimal(18,4)")


def touched(
    items: DataFrame,
    orders: DataFrame,
    customers: DataFrame,
    products: DataFrame,
    rates: DataFrame,
    all_items: DataFrame,
    all_orders: DataFrame,
    reporting: Reporting,
) -> DataFrame:
    """Orders whose lines or heads changed, those of a customer, product or rate that another one holds for now."""
    bought = all_orders.alias("r").join(
        moved(customers).alias("v"), F.expr(valid_at("r.purchased_at", "customer_id")), "left_semi"
    )
    times = all_orders.select("order_id", "purchased_at")
    sold = all_items.join(times, "order_id", "left").withColumn("sold_at", F.coalesce("purchased_at", "updated_at"))
    rekeyed = sold.alias("r").join(moved(products).alias("v"), F.expr(valid_at("r.sold_at", "product_id")), "left_semi")
    recosted = sold.join(
        products.join(restated(products, "product_key", ("unit_cost",)), "product_key"), "product_id", "left_semi"
    )
    priced = dated_by_rates(all_orders, rates, business_day("purchased_at", reporting))
    found = items.select("order_id").union(orders.select("order_id")).union(bought.select("order_id"))
    return found.union(rekeyed.select("order_id")).union(recosted.select("order_id")).union(priced.select("order_id"))


TABLE = GoldTable(
    "fact_order_items",
    inputs={
        "items": "silver.order_items",
        "orders": "silver.orders",
        "customers": "gold.dim_customers",
        "products": "gold.dim_products",
        "rates": "silver.exchange_rates",
    },
    derive=derive,
    drivers={"items": "order_id"},
    scope="order_id",
    matches={
        "orders": Match("order_id", of=("items",)),
        "customers": Match("customer_id", of=("orders",)),
        "products": Match("product_id", of=("items",)),
        "rates": Match("currency", of=("orders",)),
        "all_items": Match("product_id", of=("products",)),
        "all_orders": (
            Match("customer_id", of=("customers",)),
            Match("order_id", of=("all_items",)),
            Match("currency", of=("rates",)),
        ),
    },
    touched=touched,
    month_of="order_date",
)
