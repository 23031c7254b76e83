"""order_items: what is set right before a line is kept."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from spark_app.tables.order_items import clean
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core


def test_one_piece_and_no_freight_where_the_shop_does_not_say(spark: SparkSession) -> None:
    schema = "product_id string, quantity decimal(18,3), unit_price decimal(18,4), line_amount decimal(18,2), "
    schema += "freight_amount decimal(18,2), discount_amount decimal(18,2), "
    schema += "tax_amount decimal(18,2), prices_include_tax boolean"
    given = [
        ("p1", None, "1.00", None, None, None, None, None), ("UNKNOWN", "0", "1.00", None, "2.50", "1", "2", True),
        ("p2", "3", "1.00", "2.99", "0.00", "0", "0", False),
    ]  # fmt: skip
    assert_rows(clean(frame(spark, schema, given)), schema, [
        ("p1", "1", "1.00", "1.00", "0.00", "0", "0", False), ("unknown", "0", "1.00", "0.00", "2.50", "1", "2", True),
        ("p2", "3", "1.00", "2.99", "0.00", "0", "0", False),
    ])  # fmt: skip
