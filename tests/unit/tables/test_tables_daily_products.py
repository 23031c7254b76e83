"""daily_products: a day's lines by category, and what was given back of them."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables import daily_products
from tests.support.frames import assert_rows
from tests.support.table_rows import rows_of

pytestmark = pytest.mark.core
DAY, LATER = "2024-01-05", "2024-02-01"


def line(order: str, product: int, amount: str, status: str | None = "created", **more: object) -> dict[str, object]:
    usual = {"order_id": order, "order_date": DAY, "product_key": product, "order_status": status}
    return {**usual, "item_amount": amount, "net_amount": amount, **more}


def test_a_day_of_products_counts_an_orders_score_once_a_category(spark: SparkSession) -> None:
    items = [
        line("o1", 1, "1.00", freight_amount="0.10", cost_amount="0.25"),
        line("o1", 2, "2.00", freight_amount="0.10", quantity="2.5", discount_amount="0.50", net_amount="1.50"),
        line("o2", 1, "4.00", "canceled", freight_amount="0.10"),
        line("o3", -1, "8.00"),
        line("o4", 1, "9.00", None, order_date=None),
    ]
    orders = [
        {"order_id": order, "order_status": status, "review_score": score}
        for order, status, score in [("o1", "created", "5.00"), ("o2", "canceled", "2.00"), ("o3", "created", None)]
    ]
    products = [{"product_key": key, "category": name} for key, name in [(1, "toys"), (2, "toys"), (-1, None)]]
    back = [
        {"order_id": "o1", "product_key": 1, "refund_date": LATER, "amount": "1.00", "cost_amount": "0.25"},
        {"order_id": "o2", "product_key": 1, "refund_date": LATER, "amount": "4.00"},
    ]
    facts = rows_of(spark, "gold.fact_orders", *orders)
    found = daily_products.derive(
        rows_of(spark, "gold.fact_order_items", *items),
        facts,
        rows_of(spark, "gold.dim_products", *products),
        rows_of(spark, "gold.fact_refunds", *back),
        facts,
    )
    schema = (
        "order_date date, category string, orders bigint, items bigint, units decimal(18,3), revenue decimal(18,2), "
        "net_sales decimal(18,2), gross_margin decimal(18,2), average_review_score decimal(4,2)"
    )
    assert_rows(found, schema, [
        (DAY, "toys", 2, 2, "3.5", "2.70", "2.50", "2.25", "3.50"),
        (DAY, "unknown", 1, 1, "1", "8.00", "8.00", "8.00", None),
        (LATER, "toys", 0, 0, "0", "0.00", "-1.00", "-0.75", None),
    ])  # fmt: skip


def test_a_restated_category_and_a_canceled_order_touch_the_days_of_sales_and_refunds(spark: SparkSession) -> None:
    restated = [
        {"product_key": 1, "category": "toys", "_change_type": "update_preimage"},
        {"product_key": 1, "category": "games", "_change_type": "update_postimage"},
    ]
    refunds = [
        {"order_id": "o1", "product_key": 1, "refund_date": "2024-03-01"},
        {"order_id": "o2", "product_key": 2, "refund_date": "2024-04-01"},
        {"order_id": "o3", "product_key": 2, "refund_date": "2024-05-01"},
    ]
    found = daily_products.touched(
        rows_of(spark, "gold.fact_order_items"),
        rows_of(spark, "gold.fact_orders", {"order_id": "o2", "order_date": "2024-01-06"}),
        rows_of(spark, "gold.dim_products", *restated),
        rows_of(spark, "gold.fact_refunds", {"refund_date": LATER}),
        rows_of(spark, "gold.fact_order_items", line("o1", 1, "1.00"), line("o3", 2, "1.00", order_date="2024-01-09")),
        rows_of(spark, "gold.fact_refunds", *refunds),
    )
    days = sorted({str(row[0]) for row in found.collect()})
    assert days == [DAY, "2024-01-06", LATER, "2024-03-01", "2024-04-01"]
