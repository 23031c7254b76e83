"""fact_order_items and fact_payments: lines and payments with their order, seen or not."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables import fact_order_items
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core
ITEMS = (
    "order_id string, item_number int, product_id string, seller_id string, quantity decimal(18,3), "
    "unit_price decimal(18,4), line_amount decimal(18,2), freight_amount decimal(18,2), updated_at timestamp"
)
HEADS = "order_id string, customer_key bigint, order_status string, order_date date, purchased_at timestamp"
PRODUCTS = "product_id string, product_key bigint, valid_from timestamp, valid_to timestamp"
SEEN = ("o", 7, "created", "2024-01-05", "2024-01-05 10:00:00")
VERSIONS = [("p", 1, "1900-01-01", "2024-01-06"), ("p", 2, "2024-01-06", None)]


def test_a_line_has_its_amount_its_order_and_the_product_as_sold(spark: SparkSession) -> None:
    items = [
        ("o", 1, "p", None, 3, "0.33", "0.99", "1.00", "2024-01-09"),  # sold under version 1, corrected later
        ("unseen", 1, "p", None, 1, None, "2.00", "0.00", "2024-01-09"),
        ("o", 2, "new", None, 1, "2.00", "2.00", "0.00", "2024-01-05"),
    ]
    found = fact_order_items.derive(
        frame(spark, ITEMS, items), frame(spark, HEADS, [SEEN]), frame(spark, PRODUCTS, VERSIONS)
    )
    schema = (
        "order_id string, item_number int, product_key bigint, customer_key bigint, order_status string, "
        "order_date date, item_amount decimal(18,2)"
    )
    assert_rows(found, schema, [
        ("o", 1, 1, 7, "created", "2024-01-05", "0.99"),
        ("unseen", 1, 2, -1, None, None, "2.00"),
        ("o", 2, -1, 7, "created", "2024-01-05", "2.00"),
    ])  # fmt: skip
