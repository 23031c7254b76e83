"""fact_payments: a payment and its order."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables import fact_payments
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core
HEADS = "order_id string, customer_key bigint, order_status string, order_date date, purchased_at timestamp"
PAYMENTS = (
    "order_id string, payment_sequence int, method string, status string, installments int, "
    "amount decimal(18,2), paid_at timestamp"
)
SEEN = ("o", 7, "created", "2024-01-05", "2024-01-05 10:00:00")


def test_a_payment_has_its_order_seen_or_not(spark: SparkSession) -> None:
    payments = [
        ("o", 1, "pix", "paid", 1, "5.00", "2024-01-05"),
        ("unseen", 2, "boleto", "pending", None, "6.00", None),
    ]
    found = fact_payments.derive(frame(spark, PAYMENTS, payments), frame(spark, HEADS, [SEEN]))
    schema = (
        "order_id string, payment_sequence int, customer_key bigint, order_date date, payment_method string, "
        "payment_status string, amount decimal(18,2)"
    )
    assert_rows(found, schema, [
        ("o", 1, 7, "2024-01-05", "pix", "paid", "5.00"),
        ("unseen", 2, -1, None, "boleto", "pending", "6.00"),
    ])  # fmt: skip
