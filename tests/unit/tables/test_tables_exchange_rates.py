"""exchange_rates: what is set right before a row is kept."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables.exchange_rates import clean
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core


def test_a_currency_is_kept_in_capitals(spark: SparkSession) -> None:
    schema = "currency string, rate decimal(18,8)"
    assert_rows(clean(frame(spark, schema, [("eur", "1.1")])), schema, [("EUR", "1.1")])
