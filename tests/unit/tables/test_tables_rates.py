"""What a currency was worth on a day."""

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_app.runtime.reporting import Reporting
from spark_app.tables.rates import dated_by_rates, in_reporting, with_rate
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core
RATES = [("EUR", "2024-01-05", "1.10"), ("EUR", "2024-01-08", "1.20"), ("USD", "2024-01-01", "7")]
SCHEMA = "currency string, rate_date date, rate decimal(18,8)"


@pytest.mark.parametrize(
    ("currency", "day", "rate"),
    [
        ("EUR", "2024-01-04", None),
        ("EUR", "2024-01-05", "1.10"),
        ("EUR", "2024-01-07", "1.10"),  # no rate on Sunday: that of Friday holds
        ("EUR", "2024-01-08", "1.20"),
        ("EUR", "2030-01-01", "1.20"),
        ("USD", "2024-01-05", "1"),  # whatever the rates say of it
        (None, "2024-01-05", "1"),
        ("GBP", "2024-01-05", None),
    ],
)
def test_the_last_rate_on_or_before_the_day_holds(
    spark: SparkSession, currency: str | None, day: str, rate: str | None
) -> None:
    rows = frame(spark, "currency string, order_date date", [(currency, day)])
    found = with_rate(rows, frame(spark, SCHEMA, RATES), Reporting("USD"))
    assert_rows(found, "exchange_rate decimal(18,8)", [(rate,)])


@pytest.mark.parametrize(("amount", "rate", "expected"), [("0.01", "0.5", "0.01"), ("10.00", "1.2345", "12.35")])
def test_amounts_are_rounded_half_up(spark: SparkSession, amount: str, rate: str, expected: str) -> None:
    rows = frame(spark, "amount decimal(18,2), exchange_rate decimal(18,8)", [(amount, rate)])
    assert_rows(rows.select(in_reporting(F.col("amount")).alias("a")), "a decimal(18,2)", [(expected,)])


def test_a_rate_may_price_rows_of_its_day_and_later(spark: SparkSession) -> None:
    rows = frame(
        spark, "currency string, day date", [("EUR", "2024-01-04"), ("EUR", "2024-01-06"), ("GBP", "2024-01-06")]
    )
    found = dated_by_rates(rows, frame(spark, SCHEMA, RATES), F.col("day"))
    assert_rows(found, "currency string, day date", [("EUR", "2024-01-06")])
