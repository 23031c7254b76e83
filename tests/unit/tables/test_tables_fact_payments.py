"""fact_payments: a payment and its order, at the rate of the order's day."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables.fact_payments import derive, touched
from tests.support.frames import assert_rows
from tests.support.table_rows import PLAIN, rows_of

pytestmark = pytest.mark.core
SEEN: dict[str, object] = {"order_id": "o", "customer_key": 7, "order_date": "2024-01-05", "currency": "USD"}


def payment(order: str, sequence: int, amount: str, **more: object) -> dict[str, object]:
    usual = {"method": "pix", "status": "paid", "paid_at": "2024-01-09", "updated_at": "2024-01-09"}
    return {**usual, "order_id": order, "payment_sequence": sequence, "amount": amount, **more}


def test_a_payment_has_its_order_seen_or_not(spark: SparkSession) -> None:
    payments = [payment("o", 1, "5.00"), payment("unseen", 2, "6.00", status="pending", paid_at=None)]
    found = derive(
        rows_of(spark, "silver.payments", *payments),
        rows_of(spark, "gold.fact_orders", SEEN),
        rows_of(spark, "silver.exchange_rates"),
        PLAIN,
    )
    schema = (
        "order_id string, payment_sequence int, customer_key bigint, order_date date, payment_method string, "
        "payment_status string, amount decimal(18,2)"
    )
    assert_rows(found, schema, [
        ("o", 1, 7, "2024-01-05", "pix", "paid", "5.00"),
        ("unseen", 2, -1, None, "pix", "pending", "6.00"),
    ])  # fmt: skip


def test_an_amount_is_at_the_rate_of_the_orders_day_in_its_own_currency(spark: SparkSession) -> None:
    payments = [
        payment("o", 1, "1.00"),  # in the order's
        payment("o", 2, "1.00", currency="EUR"),
        payment("o", 3, "1.00", currency="USD"),
        payment("o", 4, "1.00", currency="GBP"),  # whose rate nobody knows
        payment("unseen", 1, "1.00", currency="EUR"),  # of its own day
    ]
    rates: list[dict[str, object]] = [
        {"currency": "EUR", "rate_date": "2024-01-05", "rate": "1.5"},
        {"currency": "EUR", "rate_date": "2024-01-08", "rate": "2"},
    ]
    found = derive(
        rows_of(spark, "silver.payments", *payments),
        rows_of(spark, "gold.fact_orders", {**SEEN, "currency": "JPY", "exchange_rate": "0.01"}),
        rows_of(spark, "silver.exchange_rates", *rates),
        PLAIN,
    )
    assert_rows(found, "order_id string, payment_sequence int, amount decimal(18,2)", [
        ("o", 1, "0.01"), ("o", 2, "1.50"), ("o", 3, "1.00"), ("o", 4, None), ("unseen", 1, "2.00"),
    ])  # fmt: skip


def test_a_rate_touches_payments_of_its_currency_of_that_day_and_later(spark: SparkSession) -> None:
    none = rows_of(spark, "silver.payments")
    orders = [{**SEEN, "order_id": "before", "order_date": "2024-01-04"}, {**SEEN, "order_id": "after"}]
    payments = [payment(name, 1, "1.00", currency="EUR") for name in ("before", "after", "unseen")]
    found = touched(
        none,
        rows_of(spark, "gold.fact_orders"),
        rows_of(spark, "silver.exchange_rates", {"currency": "EUR", "rate_date": "2024-01-05"}),
        rows_of(spark, "silver.payments", *payments),
        rows_of(spark, "gold.fact_orders", *orders),
        PLAIN,
    )
    assert sorted(row[0] for row in found.collect()) == ["after", "unseen"]
