"""fact_refunds: what went back, when, and of which order and article."""

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_app.runtime.reporting import Reporting
from spark_app.tables.fact_refunds import derive, touched
from tests.support.frames import assert_rows
from tests.support.table_rows import PLAIN, rows_of

pytestmark = pytest.mark.core
ORDER: dict[str, object] = {"order_id": "o", "customer_key": 7, "order_date": "2024-01-05", "exchange_rate": "2"}
LINE: dict[str, object] = {
    "order_id": "o",
    "item_number": 1,
    "product_key": 5,
    "quantity": "3",
    "cost_amount": "10.00",
}


def refund(**more: object) -> dict[str, object]:
    usual = {
        "refund_id": "r",
        "refund_line": 1,
        "order_id": "o",
        "refunded_at": "2024-02-01 03:00:00",
        "amount": "9.00",
    }
    return {**usual, "item_number": None, "quantity": None, **more}


def derived(spark: SparkSession, *refunds: dict[str, object], reporting: Reporting = PLAIN) -> DataFrame:
    return derive(
        rows_of(spark, "silver.refunds", *refunds),
        rows_of(spark, "gold.fact_orders", ORDER),
        rows_of(spark, "gold.fact_order_items", LINE),
        reporting,
    )


def test_a_refund_has_its_order_its_article_and_the_cost_of_what_came_back(spark: SparkSession) -> None:
    schema = (
        "refund_line int, customer_key bigint, product_key bigint, order_date date, refund_date date, "
        "amount decimal(18,2), cost_amount decimal(18,2)"
    )
    found = derived(
        spark,
        refund(item_number=1, quantity="1"),
        refund(refund_line=2, item_number=1),  # money for a line, no pieces
        refund(refund_line=3),  # money for an order
        refund(refund_line=4, order_id="unseen", item_number=1, quantity="1"),
    )
    assert_rows(found, schema, [
        (1, 7, 5, "2024-01-05", "2024-02-01", "18.00", "3.33"),
        (2, 7, 5, "2024-01-05", "2024-02-01", "18.00", None),
        (3, 7, -1, "2024-01-05", "2024-02-01", "18.00", None),
        (4, -1, -1, None, "2024-02-01", "9.00", None),
    ])  # fmt: skip


def test_goods_shipping_and_taxes_go_back_apart(spark: SparkSession) -> None:
    more = {"shipping_amount": "1.00", "tax_amount": "1.50"}
    schema = "refund_id string, amount decimal(18,2), shipping_amount decimal(18,2), tax_amount decimal(18,2)"
    found = derived(spark, refund(**more), refund(refund_id="within", prices_include_tax=True, **more))
    assert_rows(found, schema, [("r", "18.00", "2.00", "3.00"), ("within", "15.00", "2.00", "3.00")])


def test_the_day_is_the_shops_own(spark: SparkSession) -> None:
    found = derived(spark, refund(), reporting=Reporting("USD", "America/New_York"))
    assert_rows(found, "refund_date date", [("2024-01-31",)])


def test_a_late_order_or_line_touches_its_refunds(spark: SparkSession) -> None:
    found = touched(
        rows_of(spark, "silver.refunds", refund(order_id="a")),
        rows_of(spark, "gold.fact_orders", {"order_id": "b"}),
        rows_of(spark, "gold.fact_order_items", {"order_id": "c"}),
    )
    assert sorted(row[0] for row in found.collect()) == ["a", "b", "c"]
