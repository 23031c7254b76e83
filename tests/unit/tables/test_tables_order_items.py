"""order_items: what is set right before a line is kept."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from spark_app.tables.order_items import clean
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core


def test_one_piece_and_no_freight_where_the_shop_does_not_say(spark: SparkSession) -> None:
    schema = "product_id string, quantity int, freight_amount decimal(18,2)"
    lines = frame(spark, schema, [("p1", None, None), ("UNKNOWN", 0, "2.50"), ("p2", 3, "0.00")])
    assert_rows(clean(lines), schema, [("p1", 1, "0.00"), ("unknown", 0, "2.50"), ("p2", 3, "0.00")])
