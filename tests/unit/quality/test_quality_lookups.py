"""`lookup`: a value of another dataset by key, as it was known on the row's day, and restated when that comes late."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.runtime.errors import SettingsError
from tests.support.drops import table_rows
from tests.support.files import put
from tests.support.mapping import conf_with, proof, source_of, taken_in

pytestmark = pytest.mark.core

SHOP = """
    source: shop
    datasets:
      sales: {columns: [order, line, product, at]}
      goods: {columns: [key, Price USD]}
    entities:
      order_items:
        from: sales
        columns:
          order_id: order
          item_number: line
          product_id: product
          unit_price:
            lookup: {from: goods, column: Price USD, by: product, match: key}
            number: {symbols: $}
            default: "0.01"
          updated_at: at
"""
DAYS = ["2024-03-01", "2024-03-02", "2024-03-03"]


def prices(home: Path) -> dict[str, str]:
    return {order: str(price) for order, price in table_rows(home, "silver.order_items", ["order_id", "unit_price"])}


def sold(home: Path, day: str, orders: str) -> None:
    rows = "".join(f"{order},1,{product},{day}\n" for order, product in (one.split() for one in orders.split(",")))
    put(home / "landing", "sales", day, "a.csv", "order,line,product,at\n" + rows)


def test_the_price_of_the_day_and_again_when_prices_come_late(home: Path, tmp_path: Path, spark: SparkSession) -> None:
    conf = conf_with(tmp_path, SHOP)
    sold(home, DAYS[0], "A MUG,B HAT")
    taken_in(home, conf, DAYS[:1])
    assert prices(home) == {"A": "0.0100", "B": "0.0100"}  # nothing is known of them yet
    sold(home, DAYS[2], "C MUG,D PEN")
    put(home / "landing", "goods", DAYS[2], "a.csv", "key,Price USD\nMUG,$12.00\nHAT,$7\nHAT,$8\n ,$1\n")
    taken_in(home, conf, DAYS[2:])
    assert prices(home) == {"A": "12.0000", "B": "8.0000", "C": "12.0000", "D": "0.0100"}
    put(home / "landing", "goods", DAYS[1], "late.csv", "key,Price USD\n MUG ,$10.50\nHAT,\n")
    sold(home, DAYS[1], "E MUG,F HAT")
    taken_in(home, conf, DAYS[1:2])
    expected = {"A": "10.5000", "B": "0.0100", "C": "12.0000", "D": "0.0100", "E": "10.5000", "F": "0.0100"}
    assert prices(home) == expected
    assert proof(home, "order_items") == dict.fromkeys(DAYS, (2, 2, 0, 0, 0))
    taken_in(home, conf, DAYS[:1], whole=True)
    assert prices(home) == expected


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("from: goods", "from: god", "unit_price.lookup.from: unknown other dataset 'god'; did you mean 'goods'?"),
        ("column: Price USD", "column: Price", "lookup.column: unknown column of the file 'Price'; did you mean"),
        ("match: key", "match: kay", "lookup.match: unknown column of the file 'kay'; did you mean 'key'?"),
        ("by: product", "by: prod", "lookup.by: unknown column of the file 'prod'; did you mean 'product'?"),
        ("lookup: {", "column: order\n            lookup: {", "found column and lookup; expected one of them"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        source_of(tmp_path, SHOP.replace(old, new))
    assert said in str(error.value)
