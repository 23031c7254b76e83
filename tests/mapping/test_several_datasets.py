"""One entity from several datasets: each with its own columns, in whatever order their files come."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.contracts.sources import inputs_of
from spark_app.runtime.errors import SettingsError
from tests.support.drops import table_rows
from tests.support.files import put
from tests.support.mapping import conf_with, judged, proof, source_of, taken_in, usable

pytestmark = pytest.mark.core

SHOP = """
    source: shop
    datasets:
      tills:
        columns: [receipt, amount, at]
      web:
        columns: [Order, Paid, Given back, When]
    entities:
      payments:
        - from: tills
          columns:
            order_id: receipt
            payment_sequence: {default: "1"}
            method: {default: cash}
            status: {default: paid}
            amount: amount
            updated_at: at
        - from: web
          columns: &web
            order_id: Order
            payment_sequence: {default: "1"}
            method: {default: paypal}
            status: {default: paid}
            amount: Paid
            updated_at: When
        - from: web
          where: given_back > 0
          columns: {<<: *web, payment_sequence: {default: "2"}, status: {default: refunded}, amount: Given back}
"""
TILLS = "receipt,amount,at\nT1,1.00,2024-03-05\nT2,,2024-03-05\n"
WEB = "Order,Paid,Given back,When\nW1,10.00,,2024-03-05\nW2,20.00,7.50,2024-03-05\n"


def test_each_part_has_its_own_columns(spark: SparkSession, tmp_path: Path) -> None:
    rows = judged(spark, tmp_path, SHOP, {"tills": {"a.csv": TILLS}, "web": {"b.csv": WEB}}, "payments")
    found = usable(rows, "order_id", "payment_sequence", "method", "status", "amount")
    assert sorted((*row[:4], str(row[4])) for row in found) == [
        ("T1", 1, "cash", "paid", "1.00"),
        ("W1", 1, "paypal", "paid", "10.00"),
        ("W2", 1, "paypal", "paid", "20.00"),
        ("W2", 2, "paypal", "refunded", "7.50"),
    ]


def test_a_list_of_datasets_shares_its_columns(tmp_path: Path) -> None:
    shared = """
    source: shop
    datasets: {a: {columns: [id, at]}, b: {columns: [at, id, more]}}
    entities:
      customers: {from: [a, b], columns: {customer_id: id, updated_at: at}}
      products: {from: a, columns: {product_id: id, updated_at: at}}
    """
    source = source_of(tmp_path, shared)
    assert [inputs_of(source, name) for name in ("customers", "products", "reviews")] == [("a", "b"), ("a",), ()]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("- from: tills", "- from: till", "payments.0.from: unknown dataset 'till'; did you mean 'tills'?"),
        ("amount: Paid", "amount: Payed", ":24: entities.payments.1.columns.amount: unknown column"),
        ("where: given_back", "were: given_back", ":27: entities.payments.2.were: unknown key 'were'; did you mean"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_the_part(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SHOP
    with pytest.raises(SettingsError) as error:
        source_of(tmp_path, SHOP.replace(old, new))
    assert said in str(error.value)


def test_a_part_that_stands_alone_is_told_without_a_place(tmp_path: Path) -> None:
    alone = (
        "source: shop\ndatasets: {a: {columns: [id]}}\nentities:\n  customers: {from: a, columns: {customer_id: ad}}\n"
    )
    with pytest.raises(SettingsError) as error:
        source_of(tmp_path, alone)
    first, second = str(error.value).splitlines()
    assert "shop.yaml:4: entities.customers.columns.customer_id: unknown column of the file 'ad'" in first
    assert "entities.customers.columns: required column 'updated_at' of customers is not mapped" in second


@pytest.mark.parametrize("first", ["tills", "web"])
def test_a_dataset_that_comes_later_is_added_and_every_row_is_accounted_for(
    home: Path, tmp_path: Path, first: str
) -> None:
    conf = conf_with(tmp_path, SHOP)
    files = {"tills": TILLS, "web": WEB}
    put(home / "landing", first, "2024-03-05", "a.csv", files.pop(first))
    taken_in(home, conf, ["2024-03-05"])
    alone = proof(home, "payments")
    assert alone == {"2024-03-05": (2, 1, 0, 1, 0) if first == "tills" else (4, 3, 0, 0, 1)}
    ((other, text),) = files.items()
    put(home / "landing", other, "2024-03-05", "a.csv", text)
    put(home / "landing", "web", "2024-03-06", "a.csv", "Order,Paid,Given back,When\nW1,10.00,10.00,2024-03-06\n")
    taken_in(home, conf, ["2024-03-05", "2024-03-06"])
    # A row of the web is looked at by two parts; W1 of the next day is a newer state of W1.
    assert proof(home, "payments") == {"2024-03-05": (6, 3, 1, 1, 1), "2024-03-06": (2, 2, 0, 0, 0)}
    found = table_rows(home, "silver.payments", ["order_id", "payment_sequence", "amount"])
    assert [(order, number, str(amount)) for order, number, amount in found] == [
        ("T1", 1, "1.00"), ("W1", 1, "10.00"), ("W1", 2, "10.00"), ("W2", 1, "20.00"), ("W2", 2, "7.50"),
    ]  # fmt: skip
    before = table_rows(home, "silver.payments")
    taken_in(home, conf, ["2024-03-06"], whole=True)
    assert table_rows(home, "silver.payments") == before
    assert proof(home, "payments") == {"2024-03-05": (6, 3, 1, 1, 1), "2024-03-06": (2, 2, 0, 0, 0)}
