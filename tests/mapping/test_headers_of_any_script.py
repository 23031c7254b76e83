"""A shop whose headers are in no Latin letters, or differ in marks alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.runtime.errors import SettingsError
from tests.support.mapping import judged, source_of, usable

pytestmark = pytest.mark.core

SHOP = """
    source: shop
    datasets:
      goods:
        columns: [注文番号, Price ($), Price (€), 日付]
    entities:
      products:
        from: goods
        where: "`Price (€)` > 0"
        columns:
          product_id: 注文番号
          list_price: Price ($)
          unit_cost: {expression: "concat(`Price (€)`, '0')"}
          updated_at: 日付
"""


def test_columns_are_known_by_their_headers(spark: SparkSession, tmp_path: Path) -> None:
    file = "日付,注文番号,Price (€),price ($)\n2024-03-05,甲,1.5,2.5\n2024-03-05,乙,,3\n"
    rows = judged(spark, tmp_path, SHOP, {"a.csv": file}, "products")
    found = usable(rows, "product_id", "list_price", "unit_cost")
    assert [(name, str(price), str(cost)) for name, price, cost in found] == [("甲", "2.50", "1.50")]


def test_one_header_twice_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'price  \\(\\$\\)' and 'Price \\(\\$\\)' are the same header"):
        source_of(tmp_path, SHOP.replace("日付]", "日付, 'price  ($)']"))
