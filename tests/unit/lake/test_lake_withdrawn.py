"""Rows that hold no more: `complete_per`, `snapshot` and `deleted_when`, in whatever order their days come."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from spark_app.runtime.errors import SettingsError
from tests.support.drops import table_rows
from tests.support.files import put
from tests.support.mapping import conf_with, proof, source_of, taken_in

SHOP = """
    source: shop
    timezone: America/New_York
    datasets:
      lines: {columns: [order, line, sku, price, at]}
      orders: {columns: [id, who, at, change, deleted]}
      goods: {columns: [sku, price]}
    entities:
      order_items:
        from: lines
        complete_per: [order_id]
        columns: {order_id: order, item_number: line, product_id: sku, unit_price: price, updated_at: at}
      orders:
        from: orders
        deleted_when: deleted = 'yes'
        columns: {order_id: id, customer_id: who, status: {default: created}, purchased_at: at, updated_at: change}
      products:
        from: goods
        snapshot: true
        columns: {product_id: sku, list_price: price}
"""
DAYS = ["2024-03-01", "2024-03-02", "2024-03-03"]
LINES = {
    DAYS[0]: "A,1,MUG,10.00,2024-03-01\nA,2,HAT,25.00,2024-03-01\nB,1,MUG,1.00,2024-03-01\n",
    DAYS[1]: "A,1,MUG,10.00,2024-03-01\n",
    DAYS[2]: "B,1,MUG,oh,2024-03-03\nB,2,PEN,2.00,2024-03-03\nB,3,PEN,3.00,2024-03-03\n",
}
ORDERS = {
    DAYS[0]: "A,c,2024-03-01,2024-03-01,\nB,c,2024-03-01,2024-03-01,\nC,c,2024-03-01,2024-03-01,\n",
    DAYS[1]: "A,,,2024-03-02,yes\nC,,,2024-02-01,yes\n",
    DAYS[2]: "D,,,2024-03-03,yes\nB,c,2024-03-01,2024-03-03,no\n",
}
GOODS = {DAYS[0]: "MUG,10.00\nHAT,20.00\n", DAYS[1]: "MUG,12.00\n , \n", DAYS[2]: "MUG,12.00\nHAT,21.00\nPEN,oh\n"}
HEADS = {"lines": "order,line,sku,price,at\n", "orders": "id,who,at,change,deleted\n", "goods": "sku,price\n"}
PROOF = {
    "order_items": {DAYS[0]: (3, 0, 3, 0, 0), DAYS[1]: (1, 1, 0, 0, 0), DAYS[2]: (3, 2, 0, 1, 0)},
    "orders": {DAYS[0]: (3, 1, 2, 0, 0), DAYS[1]: (2, 0, 2, 0, 0), DAYS[2]: (2, 1, 1, 0, 0)},
    "products": {DAYS[0]: (2, 2, 0, 0, 0), DAYS[1]: (2, 1, 0, 0, 1), DAYS[2]: (3, 2, 0, 1, 0)},
}


def landed(home: Path, day: str) -> None:
    for dataset, rows in (("lines", LINES), ("orders", ORDERS), ("goods", GOODS)):
        put(home / "landing", dataset, day, "a.csv", HEADS[dataset] + rows[day])


def silver(home: Path) -> dict[str, list[tuple[str, ...]]]:
    named = {
        "order_items": ["order_id", "item_number", "unit_price"],
        "orders": ["order_id", "updated_at"],
        "products": ["product_id", "updated_at", "list_price", "gone_at"],
    }
    return {
        name: [tuple(str(value)[:16] for value in row) for row in table_rows(home, f"silver.{name}", columns)]
        for name, columns in named.items()
    }


EXPECTED = {
    "order_items": [("A", "1", "10.0000"), ("B", "2", "2.0000"), ("B", "3", "3.0000")],
    "orders": [("B", "2024-03-03 05:00"), ("C", "2024-03-01 05:00")],
    "products": [
        ("HAT", "2024-03-01 05:00", "20.00", "2024-03-02 05:00"),
        ("HAT", "2024-03-03 05:00", "21.00", "None"),
        ("MUG", "2024-03-01 05:00", "10.00", "None"),
        ("MUG", "2024-03-02 05:00", "12.00", "None"),
        ("MUG", "2024-03-03 05:00", "12.00", "None"),
    ],
}


@pytest.mark.core
def test_day_by_day_what_is_gone_is_gone_and_counted(home: Path, tmp_path: Path, spark: SparkSession) -> None:
    conf = conf_with(tmp_path, SHOP)
    for day in DAYS:
        landed(home, day)
    taken_in(home, conf, DAYS)
    assert silver(home) == EXPECTED
    assert {entity: proof(home, entity) for entity in PROOF} == PROOF
    # The day that took a line and an order away, and lacked a product, comes again without doing so.
    put(home / "landing", "lines", DAYS[1], "a.csv", HEADS["lines"])
    put(home / "landing", "orders", DAYS[1], "a.csv", HEADS["orders"])
    put(home / "landing", "goods", DAYS[1], "a.csv", HEADS["goods"] + GOODS[DAYS[0]])
    taken_in(home, conf, [DAYS[1]])
    found = silver(home)
    assert [row[:2] for row in found["order_items"]] == [("A", "1"), ("A", "2"), ("B", "2"), ("B", "3")]
    assert [row[0] for row in found["orders"]] == ["A", "B", "C"]
    assert {row[3] for row in found["products"]} == {"None"}
    assert proof(home, "order_items")[DAYS[0]] == (3, 2, 1, 0, 0)


def test_a_file_that_makes_an_earlier_row_useless_takes_it_away(
    home: Path, tmp_path: Path, spark: SparkSession
) -> None:
    """Two customers under one id that a spreadsheet rounded: neither row can be used, whenever the second comes."""
    conf, rounded = conf_with(tmp_path, SHOP), "4.50001E+14"
    put(home / "landing", "orders", DAYS[0], "a.csv", HEADS["orders"] + f"{rounded},c,2024-03-01,2024-03-01,\n")
    taken_in(home, conf, [DAYS[0]])
    assert [row[0] for row in silver(home)["orders"]] == [rounded]
    put(home / "landing", "orders", DAYS[0], "b.csv", HEADS["orders"] + f"{rounded},d,2024-03-01,2024-03-01,\n")
    taken_in(home, conf, [DAYS[0]])
    assert silver(home)["orders"] == []
    assert proof(home, "orders") == {DAYS[0]: (2, 0, 0, 2, 0)}


@pytest.mark.long
@settings(
    max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(order=st.sampled_from(list(permutations(range(3)))[1:]))
def test_in_whatever_order_the_days_come(
    tmp_path_factory: pytest.TempPathFactory, spark: SparkSession, order: tuple[int, ...]
) -> None:
    home = tmp_path_factory.mktemp("home")
    conf = conf_with(tmp_path_factory.mktemp("conf"), SHOP)
    for at in order:
        landed(home, DAYS[at])
        taken_in(home, conf, [DAYS[at]])
    assert silver(home) == EXPECTED
    assert {entity: proof(home, entity) for entity in PROOF} == PROOF
    taken_in(home, conf, [DAYS[0]], whole=True)
    assert silver(home) == EXPECTED


@pytest.mark.core
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[order_id]\n", "[order]\n", "complete_per: unknown column of the key 'order'; did you mean 'order_id'?"),
        ("deleted = 'yes'", "deletd = 'yes'", "deleted_when: at 15:19: no column 'deletd'; did you mean 'deleted'?"),
        ("snapshot: true", "snapshot: daily", "products.snapshot: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        source_of(tmp_path, SHOP.replace(old, new))
    assert said in str(error.value)
