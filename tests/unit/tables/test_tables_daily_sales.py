"""daily_sales: a day's figures, of what was ordered on it and what was given back."""

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_app.tables.daily_sales import derive, touched
from tests.support.frames import assert_rows
from tests.support.table_rows import rows_of

pytestmark = pytest.mark.core
DAY, LATER = "2024-01-05", "2024-02-01"
TABLES = {
    "orders": "gold.fact_orders", "lines": "gold.fact_order_items", "refunds": "gold.fact_refunds",
    "refunded_orders": "gold.fact_orders",
}  # fmt: skip


def order(name: str, customer: str, status: str, goods: str, **more: object) -> dict[str, object]:
    usual = {"order_date": DAY, "item_count": 1, "units": "1"}
    return {**usual, "order_id": name, "customer_id": customer, "order_status": status, "items_amount": goods, **more}


def derived(spark: SparkSession, **inputs: list[dict[str, object]]) -> DataFrame:
    return derive(**{name: rows_of(spark, table, *inputs.get(name, ())) for name, table in TABLES.items()})


def test_a_day_of_sales(spark: SparkSession) -> None:
    orders = [
        order("o1", "new", "delivered", "10.00", item_count=2, freight_amount="1.00", is_first_order=True, is_late=True,
              is_incomplete=True),
        order("o2", "new", "created", "5.00", is_late=None),  # a second order on the first day
        order("o3", "old", "returned", "4.00", freight_amount="0.01"),
        order("o4", "gone", "canceled", "90.00", item_count=9, freight_amount="9.00"),
        order("o5", "gone", "unavailable", "7.00", order_date="2024-01-06"),
    ]  # fmt: skip
    schema = (
        "order_date date, orders bigint, canceled_orders bigint, customers bigint, new_customers bigint, "
        "returning_customers bigint, items bigint, units decimal(18,3), items_amount decimal(18,2), "
        "freight_amount decimal(18,2), revenue decimal(18,2), average_order_value decimal(18,2), "
        "late_deliveries bigint, incomplete_orders bigint"
    )
    assert_rows(derived(spark, orders=orders), schema, [
        (DAY, 4, 1, 3, 1, 1, 4, "3", "19.00", "1.01", "20.01", "6.67", 1, 1),
        ("2024-01-06", 1, 1, 1, 0, 0, 0, "0", "0.00", "0.00", "0.00", None, 0, 0),
    ])  # fmt: skip


def test_net_sales_are_gross_sales_less_discounts_and_what_was_given_back(spark: SparkSession) -> None:
    sold = [
        order("o1", "c", "delivered", "100.00", discount_amount="10.00", freight_amount="5.00", tax_amount="8.00",
              cost_amount="40.00"),
        order("o2", "c", "canceled", "50.00", discount_amount="1.00"),
    ]  # fmt: skip
    lines: list[dict[str, object]] = [
        {
            "order_id": "o1",
            "order_status": "delivered",
            "order_date": DAY,
            "net_amount": "60.00",
            "cost_amount": "40.00",
        },
        {"order_id": "o1", "order_status": "delivered", "order_date": DAY, "net_amount": "30.00"},
        {"order_id": "o2", "order_status": "canceled", "order_date": DAY, "net_amount": "49.00", "cost_amount": "1.00"},
    ]
    back: list[dict[str, object]] = [
        {"order_id": "o1", "refund_date": LATER, "amount": "20.00", "shipping_amount": "5.00", "tax_amount": "1.60",
         "cost_amount": "10.00"},
        {"order_id": "o1", "refund_date": LATER, "amount": "0.50"},
        {"order_id": "o2", "refund_date": LATER, "amount": "49.00"},  # of an order that is no sale
        {"order_id": "unseen", "refund_date": LATER, "amount": "7.00"},  # waits for its order
    ]  # fmt: skip
    found = derived(spark, orders=sold, lines=lines, refunds=back, refunded_orders=sold)
    schema = (
        "order_date date, orders bigint, gross_sales decimal(18,2), discounts decimal(18,2), returns decimal(18,2), "
        "net_sales decimal(18,2), shipping decimal(18,2), taxes decimal(18,2), total_sales decimal(18,2), "
        "revenue decimal(18,2), cost_of_goods decimal(18,2), gross_margin decimal(18,2), cost_coverage decimal(9,4), "
        "average_order_value decimal(18,2)"
    )
    assert_rows(found, schema, [
        (DAY, 2, "100.00", "10.00", "0.00", "90.00", "5.00", "8.00", "103.00", "95.00", "40.00", "50.00", "0.6667",
         "95.00"),
        (LATER, 0, "0.00", "0.00", "20.50", "-20.50", "-5.00", "-1.60", "-27.10", "0.00", "-10.00", "-10.50", None,
         None),
    ])  # fmt: skip


def test_the_unknown_customer_is_one_of_the_customers_and_neither_new_nor_returning(spark: SparkSession) -> None:
    orders = [
        order("o1", "unknown", "created", "1.00"),
        order("o2", "unknown", "created", "2.00"),
        order("o3", "c", "created", "4.00", is_first_order=True),
    ]
    schema = "orders bigint, customers bigint, new_customers bigint, returning_customers bigint, revenue decimal(18,2)"
    assert_rows(derived(spark, orders=orders), schema, [(3, 2, 1, 0, "7.00")])


@pytest.mark.parametrize(("revenue", "average"), [("0.01", "0.01"), ("0.03", "0.02"), ("1.01", "0.51")])
def test_the_average_is_rounded_half_up(spark: SparkSession, revenue: str, average: str) -> None:
    orders = [order(f"o{n}", "c", "created", amount) for n, amount in enumerate([revenue, "0.00"])]
    assert_rows(derived(spark, orders=orders), "average_order_value decimal(18,2)", [(average,)])


def test_days_of_orders_and_of_refunds_are_touched_and_of_refunds_whose_order_changed(spark: SparkSession) -> None:
    found = touched(
        rows_of(spark, "gold.fact_orders", order("o1", "c", "canceled", "1.00")),
        rows_of(spark, "gold.fact_order_items", {"order_date": "2024-01-06"}),
        rows_of(spark, "gold.fact_refunds", {"order_id": "o2", "refund_date": LATER}),
        rows_of(
            spark,
            "gold.fact_refunds",
            {"order_id": "o1", "refund_date": "2024-03-01"},
            {"order_id": "o3", "refund_date": "2024-04-01"},
        ),
    )
    assert sorted({str(row[0]) for row in found.collect()}) == [DAY, "2024-01-06", LATER, "2024-03-01"]
