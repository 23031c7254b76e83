"""`defaults` of a source: what holds of a shop whose files do not say it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.runtime.errors import SettingsError
from spark_app.tables import orders, payments
from tests.support.mapping import judged, source_of, usable
from tests.support.table_rows import rows_of

pytestmark = pytest.mark.core

SHOP = """
    source: shop
    %s
    datasets:
      lines:
        columns: [order, who, money, shop, at]
    entities:
      orders:
        from: lines
        columns: {order_id: order, customer_id: who, currency: money, store_id: {column: shop, default: online}, purchased_at: at, updated_at: at%s}
      payments:
        from: lines
        columns: {order_id: order, payment_sequence: {default: "1"}, method: {default: cash}, status: {default: paid}, amount: {default: "1"}, updated_at: at}
"""  # noqa: E501
FILE = "order,who,money,shop,at\na,c,usd,,2024-03-05\nb,c,,7,2024-03-05\n"
GIVEN = "defaults: {currency: EUR, channel: web, store_id: main, status: completed, prices_include_tax: true}"


def test_they_stand_in_for_what_is_not_mapped_or_blank(spark: SparkSession, tmp_path: Path) -> None:
    rows = judged(spark, tmp_path, SHOP % (GIVEN, ""), {"a.csv": FILE})
    columns = ("currency", "channel", "store_id", "status", "prices_include_tax")
    assert usable(rows, *columns) == [
        ("usd", "web", "online", "completed", True),
        ("EUR", "web", "7", "completed", True),
    ]


def test_each_entity_has_its_own(spark: SparkSession, tmp_path: Path) -> None:
    rows = judged(spark, tmp_path, SHOP % (GIVEN, ""), {"a.csv": FILE}, "payments")
    assert usable(rows, "currency", "status") == [("EUR", "paid"), ("EUR", "paid")]


def test_a_refund_whose_lines_are_not_numbered_has_one(tmp_path: Path) -> None:
    refunds = """
      refunds:
        from: lines
        columns: {refund_id: order, order_id: order, amount: money, refunded_at: at, updated_at: at%s}"""
    unnumbered = source_of(tmp_path, SHOP % ("", ", status: {default: created}") + refunds % "")
    assert unnumbered.entities["refunds"][0].columns["refund_line"].default == "1"
    numbered = source_of(tmp_path, SHOP % (GIVEN, "") + refunds % ", refund_line: shop")
    columns = numbered.entities["refunds"][0].columns
    assert (columns["refund_line"].column, columns["prices_include_tax"].default) == ("shop", "true")


def test_unset_nothing_stands_in(spark: SparkSession, tmp_path: Path) -> None:
    rows = judged(spark, tmp_path, SHOP % ("", ", status: {default: created}"), {"a.csv": FILE})
    columns = ("currency", "channel", "store_id", "prices_include_tax")
    assert usable(rows, *columns) == [("usd", None, "online", None), (None, None, "7", None)]
    with pytest.raises(SettingsError, match="required column 'status' of orders is not mapped"):
        source_of(tmp_path, SHOP % ("", ""))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("defaults: {currency: euro}", "defaults.currency: "),
        ("defaults: {curency: EUR}", "unknown key 'curency'; did you mean 'currency'?"),
        ("defaults: {status: No}", "defaults.status: put No in quotes: YAML reads it as false"),
        ("defaults: {store_id: 1}", "defaults.store_id: put 1 in quotes: YAML reads it as the number 1"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, given: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        source_of(tmp_path, SHOP % (given, ""))
    assert said in str(error.value)


def test_currencies_are_kept_in_capitals(spark: SparkSession) -> None:
    order = rows_of(spark, "silver.orders", {"customer_id": "c", "currency": "usd"})
    payment = rows_of(spark, "silver.payments", {"currency": "usd"})
    assert [rows.collect()[0]["currency"] for rows in (orders.clean(order), payments.clean(payment))] == ["USD", "USD"]
