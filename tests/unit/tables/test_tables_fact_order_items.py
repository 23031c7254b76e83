"""fact_order_items: lines with their order, seen or not, and with their share of what it has as a whole."""

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_app.runtime.reporting import Reporting
from spark_app.tables.fact_order_items import derive, touched
from tests.support.frames import assert_rows
from tests.support.table_rows import PLAIN, rows_of

pytestmark = pytest.mark.core
AMOUNTS = (
    "item_number int, item_amount decimal(18,2), discount_amount decimal(18,2), freight_amount decimal(18,2), "
    "tax_amount decimal(18,2), net_amount decimal(18,2)"
)
VERSIONS: list[dict[str, object]] = [
    {"product_id": "p", "product_key": 1, "valid_from": "1900-01-01", "valid_to": "2024-01-06", "unit_cost": "0.15"},
    {"product_id": "p", "product_key": 2, "valid_from": "2024-01-06", "unit_cost": "0.20"},
]
TABLES = {
    "items": "silver.order_items", "orders": "silver.orders", "customers": "gold.dim_customers",
    "products": "gold.dim_products", "rates": "silver.exchange_rates",
}  # fmt: skip


def line(number: int, amount: str, **more: object) -> dict[str, object]:
    usual = {"order_id": "o", "product_id": "p", "updated_at": "2024-01-09"}
    return {**usual, "item_number": number, "line_amount": amount, "unit_price": amount, **more}


def order(**more: object) -> dict[str, object]:
    usual = {"order_id": "o", "customer_id": "c", "status": "created", "purchased_at": "2024-01-05 10:00:00"}
    return {**usual, **more}


def derived(spark: SparkSession, reporting: Reporting = PLAIN, **inputs: list[dict[str, object]]) -> DataFrame:
    given = {name: rows_of(spark, table, *inputs.get(name, ())) for name, table in TABLES.items()}
    return derive(**given, reporting=reporting)


def test_a_line_has_its_amount_its_order_and_the_product_as_sold(spark: SparkSession) -> None:
    items = [
        line(1, "0.99", quantity="3", unit_price="0.33"),  # sold under version 1, corrected later
        line(1, "2.00", order_id="unseen", unit_price=None),
        line(2, "2.00", product_id="new"),
    ]
    customers: list[dict[str, object]] = [{"customer_id": "c", "customer_key": 7, "valid_from": "1900-01-01"}]
    found = derived(spark, items=items, orders=[order()], customers=customers, products=VERSIONS)
    schema = (
        "order_id string, item_number int, product_key bigint, customer_key bigint, order_status string, "
        "order_date date, item_amount decimal(18,2), cost_amount decimal(18,2)"
    )
    assert_rows(found, schema, [
        ("o", 1, 1, 7, "created", "2024-01-05", "0.99", "0.45"),
        ("unseen", 1, 2, -1, None, None, "2.00", "0.20"),
        ("o", 2, -1, 7, "created", "2024-01-05", "2.00", None),
    ])  # fmt: skip


def test_what_the_order_has_is_shared_out_beside_what_lines_have(spark: SparkSession) -> None:
    items = [line(1, "60.00", discount_amount="5.00", freight_amount="1.00"), line(2, "40.00", tax_amount="0.50")]
    heads = [order(discount_amount="10.00", shipping_amount="3.00", tax_amount="1.01")]
    assert_rows(derived(spark, items=items, orders=heads), AMOUNTS, [
        (1, "60.00", "11.00", "2.80", "0.61", "49.00"),
        (2, "40.00", "4.00", "1.20", "0.90", "36.00"),
    ])  # fmt: skip


def test_tax_within_prices_is_taken_out_of_goods(spark: SparkSession) -> None:
    items = [
        line(1, "12.00", tax_amount="2.00", prices_include_tax=True, quantity="2", unit_price="6.00"),
        line(2, "12.00", tax_amount="2.00"),
    ]
    found = derived(spark, items=items, orders=[order(tax_amount="1.00", prices_include_tax=True)])
    assert_rows(found, AMOUNTS, [
        (1, "9.50", "0.00", "0.00", "2.50", "9.50"),
        (2, "11.50", "0.00", "0.00", "2.50", "11.50"),
    ])  # fmt: skip
    assert_rows(found, "item_number int, unit_price decimal(18,4)", [(1, "4.75"), (2, "11.50")])


def test_amounts_are_brought_into_the_reporting_currency_line_by_line(spark: SparkSession) -> None:
    items = [line(1, "0.10", cost_amount="0.05"), line(2, "0.10")]
    rates: list[dict[str, object]] = [
        {"currency": "GBP", "rate_date": "2024-01-04", "rate": "1.25"},
        {"currency": "GBP", "rate_date": "2024-01-06", "rate": "9"},
    ]
    found = derived(spark, items=items, orders=[order(currency="GBP")], rates=rates, products=VERSIONS)
    schema = "item_number int, item_amount decimal(18,2), unit_price decimal(18,4), cost_amount decimal(18,2)"
    # A product's cost is in the reporting currency already.
    assert_rows(found, schema, [(1, "0.13", "0.125", "0.06"), (2, "0.13", "0.125", "0.15")])


def test_a_corrected_cost_a_rate_and_a_customers_version_touch_the_orders_they_are_for(spark: SparkSession) -> None:
    def head(name: str, **more: object) -> dict[str, object]:
        return order(order_id=name, customer_id=name, **more)

    products = [
        {**VERSIONS[0], "_change_type": "update_preimage"},
        {**VERSIONS[0], "unit_cost": "0.16", "_change_type": "update_postimage"},
    ]
    given: dict[str, list[dict[str, object]]] = {
        "products": products,
        "customers": [
            {"customer_id": "o2", "valid_from": "2024-01-01"},
            {"customer_id": "o3", "valid_from": "2024-02-01"},
        ],
        "rates": [{"currency": "GBP", "rate_date": "2024-01-05"}],
    }
    changes = {name: rows_of(spark, table, *given.get(name, ())) for name, table in TABLES.items()}
    every = [head("o1"), head("o2"), head("o3"), head("o4", currency="GBP"), head("o5", currency="EUR")]
    lines = [line(1, "1.00", order_id="o1"), line(1, "1.00", order_id="o2", product_id="q")]
    found = touched(
        **changes,
        all_items=rows_of(spark, "silver.order_items", *lines),
        all_orders=rows_of(spark, "silver.orders", *every),
        reporting=PLAIN,
    )
    assert sorted({row[0] for row in found.collect()}) == ["o1", "o2", "o4"]
