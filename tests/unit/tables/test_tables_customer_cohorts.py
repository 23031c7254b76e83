"""customer_cohorts: who came back, and how many months later."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables.customer_cohorts import derive
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core

ORDERS = (
    "customer_id string, order_date date, order_status string, items_amount decimal(18,2), is_first_order boolean, "
    "discount_amount decimal(18,2), freight_amount decimal(18,2)"
)
COHORTS = "cohort_month date, months_since int, customers bigint, orders bigint, revenue decimal(18,2)"


def test_cohorts_over_the_turn_of_the_year(spark: SparkSession) -> None:
    orders = frame(spark, ORDERS, [
        ("a", "2023-11-30", "delivered", "1.00", True, "0.00", "0.00"),
        ("a", "2024-01-01", "created", "2.00", False, "0.00", "0.00"),
        ("a", "2024-01-31", "created", "4.00", False, "0.00", "0.00"),
        ("a", "2024-01-31", "canceled", "8.00", False, "0.00", "0.00"),
        ("b", "2023-11-01", "created", "16.00", True, "0.00", "0.00"),
        ("b", "2024-11-30", "created", "32.00", False, "0.00", "0.00"),
        ("c", "2024-01-15", "created", "60.00", True, "1.00", "5.00"),
        ("d", "2023-12-15", "canceled", "128.00", False, "0.00", "0.00"),
    ])  # fmt: skip
    assert_rows(derive(orders, orders), COHORTS, [
        ("2023-11-01", 0, 2, 2, "17.00"),
        ("2023-11-01", 2, 1, 2, "6.00"),
        ("2023-11-01", 12, 1, 1, "32.00"),
        ("2024-01-01", 0, 1, 1, "64.00"),
    ])  # fmt: skip
