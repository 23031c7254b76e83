"""daily_products: a day's lines by category."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables import daily_products
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core
DAY = "2024-01-05"


def test_a_day_of_products_counts_an_orders_score_once_a_category(spark: SparkSession) -> None:
    lines = (
        "order_id string, order_date date, product_key bigint, order_status string, "
        "item_amount decimal(18,2), freight_amount decimal(18,2)"
    )
    items = [
        ("o1", DAY, 1, "created", "1.00", "0.10"), ("o1", DAY, 2, "created", "2.00", "0.10"),
        ("o2", DAY, 1, "canceled", "4.00", "0.10"), ("o3", DAY, -1, "created", "8.00", "0.00"),
        ("o4", None, 1, None, "9.00", "0.00"),
    ]  # fmt: skip
    orders = [("o1", "5.00"), ("o2", "2.00"), ("o3", None)]
    products = [(1, "toys"), (2, "toys"), (-1, None)]
    found = daily_products.derive(
        frame(spark, lines, items),
        frame(spark, "order_id string, review_score decimal(4,2)", orders),
        frame(spark, "product_key bigint, category string", products),
    )
    schema = (
        "order_date date, category string, orders bigint, items bigint, revenue decimal(18,2), "
        "average_review_score decimal(4,2)"
    )
    expected = [(DAY, "toys", 2, 2, "3.20", "3.50"), (DAY, "unknown", 1, 1, "8.00", None)]
    assert_rows(found, schema, expected)
