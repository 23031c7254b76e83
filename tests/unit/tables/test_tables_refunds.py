"""refunds: what is set right before a row is kept."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables.refunds import clean
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core


def test_what_a_shop_does_not_say_is_one_line_and_nothing_else(spark: SparkSession) -> None:
    schema = "refund_line int, shipping_amount decimal(18,2), tax_amount decimal(18,2), prices_include_tax boolean"
    given = frame(spark, schema, [(None, None, None, None), (2, "1.00", "2.00", True)])
    assert_rows(clean(given), schema, [(1, "0", "0", False), (2, "1.00", "2.00", True)])
