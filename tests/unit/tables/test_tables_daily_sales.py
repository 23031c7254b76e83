"""daily_sales, daily_payments, daily_customers, daily_products: a day's figures."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables import daily_sales
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core
DAY = "2024-01-05"
ORDERS = (
    "order_id string, order_date date, customer_id string, order_status string, item_count int, "
    "items_amount decimal(18,2), freight_amount decimal(18,2), order_amount decimal(18,2), "
    "is_first_order boolean, is_late boolean, is_incomplete boolean"
)


def test_a_day_of_sales(spark: SparkSession) -> None:
    orders = [
        ("o1", DAY, "new", "delivered", 2, "10.00", "1.00", "11.00", True, True, True),
        ("o2", DAY, "new", "created", 1, "5.00", "0.00", "5.00", False, None, False),  # a second order on the first day
        ("o3", DAY, "old", "returned", 1, "4.00", "0.01", "4.01", False, False, False),
        ("o4", DAY, "gone", "canceled", 9, "90.00", "9.00", "99.00", False, None, False),
        ("o5", "2024-01-06", "gone", "unavailable", 1, "7.00", "0.00", "7.00", False, None, False),
    ]
    schema = (
        "order_date date, orders bigint, canceled_orders bigint, customers bigint, new_customers bigint, "
        "returning_customers bigint, items bigint, items_amount decimal(18,2), freight_amount decimal(18,2), "
        "revenue decimal(18,2), average_order_value decimal(18,2), late_deliveries bigint, "
        "incomplete_orders bigint"
    )
    assert_rows(daily_sales.derive(frame(spark, ORDERS, orders)), schema, [
        (DAY, 4, 1, 3, 1, 1, 4, "19.00", "1.01", "20.01", "6.67", 1, 1),
        ("2024-01-06", 1, 1, 1, 0, 0, 0, "0.00", "0.00", "0.00", None, 0, 0),
    ])  # fmt: skip


def test_the_unknown_customer_is_one_of_the_customers_and_neither_new_nor_returning(spark: SparkSession) -> None:
    orders = [
        ("o1", DAY, "unknown", "created", 1, "1.00", "0.00", "1.00", False, None, False),
        ("o2", DAY, "unknown", "created", 1, "2.00", "0.00", "2.00", False, None, False),
        ("o3", DAY, "c", "created", 1, "4.00", "0.00", "4.00", True, None, False),
    ]
    schema = "orders bigint, customers bigint, new_customers bigint, returning_customers bigint, revenue decimal(18,2)"
    assert_rows(daily_sales.derive(frame(spark, ORDERS, orders)), schema, [(3, 2, 1, 0, "7.00")])


@pytest.mark.parametrize(("revenue", "average"), [("0.01", "0.01"), ("0.03", "0.02"), ("1.01", "0.51")])
def test_the_average_is_rounded_half_up(spark: SparkSession, revenue: str, average: str) -> None:
    amounts = [revenue, "0.00"]
    orders = [(f"o{n}", DAY, "c", "created", 1, a, "0.00", a, False, None, False) for n, a in enumerate(amounts)]
    found = daily_sales.derive(frame(spark, ORDERS, orders))
    assert_rows(found, "average_order_value decimal(18,2)", [(average,)])
