"""daily_sales, daily_payments, daily_customers, daily_products: a day's figures."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables import daily_customers, daily_payments, daily_products, daily_sales
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


def test_a_day_of_payments(spark: SparkSession) -> None:
    schema = "order_date date, payment_method string, payment_status string, amount decimal(18,2)"
    payments = [
        (DAY, "pix", "paid", "1.10"),
        (DAY, "pix", "paid", "2.20"),
        (DAY, "pix", "voided", "3.00"),
        (None, "pix", "paid", "9.00"),
    ]
    found = daily_payments.derive(frame(spark, schema, payments))
    schema = "order_date date, payment_method string, payment_status string, payments bigint, amount decimal(18,2)"
    assert_rows(found, schema, [(DAY, "pix", "paid", 2, "3.30"), (DAY, "pix", "voided", 1, "3.00")])


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (2024, "under 18"), (2007, "under 18"), (2006, "18-24"), (2000, "18-24"), (1999, "25-34"), (1990, "25-34"),
        (1989, "35-44"), (1979, "45-54"), (1970, "45-54"), (1969, "55-64"), (1960, "55-64"), (1959, "65+"),
        (1900, "65+"), (None, "unknown"),
    ],
)  # fmt: skip
def test_age_bands(spark: SparkSession, born: int | None, band: str) -> None:
    rows = frame(spark, "order_date date, birth_year int", [(DAY, born)])
    assert_rows(rows.select(daily_customers.age_band().alias("band")), "band string", [(band,)])


def test_a_day_of_customers(spark: SparkSession) -> None:
    schema = (
        "order_date date, customer_key bigint, customer_id string, order_status string, "
        "order_amount decimal(18,2), is_first_order boolean"
    )
    orders = [
        (DAY, 1, "a", "created", "1.00", True), (DAY, 1, "a", "created", "2.00", False),
        (DAY, 2, "b", "canceled", "4.00", False), (DAY, -1, "?", "created", "8.00", True),
    ]  # fmt: skip
    customers = [(1, "BR", "SP", "female", 1990), (2, "BR", "SP", "female", 1990), (-1, None, None, None, None)]
    people = frame(spark, "customer_key bigint, country string, state string, gender string, birth_year int", customers)
    expected = (
        "order_date date, country string, state string, gender string, age_band string, orders bigint, "
        "customers bigint, new_customers bigint, revenue decimal(18,2)"
    )
    assert_rows(daily_customers.derive(frame(spark, schema, orders), people), expected, [
        (DAY, "BR", "SP", "female", "25-34", 3, 2, 1, "3.00"),
        (DAY, "unknown", "unknown", "unknown", "unknown", 1, 1, 1, "8.00"),
    ])  # fmt: skip


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
