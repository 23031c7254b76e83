"""A line has a price or an amount: weights, prices below a cent, a line's total instead of a price, no pieces."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.runtime.errors import SettingsError
from spark_app.tables.order_items import clean
from tests.support.frames import assert_rows, frame
from tests.support.mapping import judged, source_of

pytestmark = pytest.mark.core

SHOP = """
    source: shop
    datasets:
      lines:
        columns: [order, line, sku, qty, price, total, at]
    entities:
      order_items:
        from: lines
        columns: {order_id: order, item_number: line, product_id: sku, quantity: qty%s, updated_at: at}
"""
LINE = "quantity decimal(18,3), unit_price decimal(18,4), line_amount decimal(18,2)"


def test_what_a_line_lacks_follows_from_the_other(spark: SparkSession) -> None:
    given = [
        ("2", "10.00", None), ("0.745", "12.90", None), ("8", "2.459", None), ("0", "10", None), (None, "3", None),
        ("2", None, "2.99"), ("10234", None, "24.55"), ("0", None, "0.00"), ("0", None, "5"), ("3", "9.99", "29.96"),
    ]  # fmt: skip
    rows = [("p", quantity, price, amount, None) for quantity, price, amount in given]
    more = "freight_amount decimal(18,2), discount_amount decimal(18,2), tax_amount decimal(18,2), "
    more += "prices_include_tax boolean"
    lines = frame(spark, f"product_id string, {LINE}, {more}", [(*row, None, None, None) for row in rows])
    assert_rows(clean(lines), LINE, [
        ("2", "10", "20.00"), ("0.745", "12.9", "9.61"), ("8", "2.459", "19.67"), ("0", "10", "0.00"), ("1", "3", "3"),
        ("2", "1.495", "2.99"), ("10234", "0.0024", "24.55"), ("0", None, "0"), ("0", None, "5"),
        ("3", "9.99", "29.96"),
    ])  # fmt: skip


FILE = """order,line,sku,qty,price,total,at
a,1,PIES,2,,2.99,2024-03-05
b,1,CHEESE,0.745,12.90,,2024-03-05
c,1,FUEL,8,2.4590,19.67,2024-03-05
d,1,NONE,1,,,2024-03-05
e,1,BACK,-1,1.00,,2024-03-05
f,1,FINE,0.0005,1.00,,2024-03-05
g,1,LESS,1,1.00,1.50,2024-03-05
"""


def test_lines_by_price_and_by_total_in_one_file(spark: SparkSession, tmp_path: Path) -> None:
    rows = judged(spark, tmp_path, SHOP % ", unit_price: price, line_amount: total", {"a.csv": FILE}, "order_items")
    assert {row["order_id"]: [reason["rule"] for reason in row["_reasons"]] for row in rows} == {
        "a": [], "b": [], "c": [], "d": ["price or amount is present"], "e": ["quantity is not negative"],
        "f": ["quantity is a decimal"], "g": [],
    }  # fmt: skip
    assert {row["order_id"] for row in rows if "price and amount agree" in row["_odd"]} == {"g"}


@pytest.mark.parametrize("column", ["unit_price: price", "line_amount: total"])
def test_one_of_them_is_enough(tmp_path: Path, column: str) -> None:
    source_of(tmp_path, SHOP % f", {column}")


def test_none_of_them_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="neither unit_price nor line_amount is mapped"):
        source_of(tmp_path, SHOP % "")
