"""daily_payments: a day's payments by method and status."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables import daily_payments
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core
DAY = "2024-01-05"


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
