"""What the gold contracts' rules let pass and what they find, row by row.

Conditions are Spark SQL; the few words that DuckDB spells otherwise are defined for it here, so that no Spark
is needed to judge a row.
"""

from __future__ import annotations

import duckdb
import pytest

from spark_app.contracts.ddl import duckdb_ddl
from spark_app.contracts.load import load_contracts
from spark_app.contracts.sql import in_duckdb

CONTRACTS = load_contracts()
DAY, LATER = "2024-03-02", "2024-03-05 10:00:00"
ROWS = {
    "fact_orders": {
        "order_id": "o1",
        "customer_key": 7,
        "customer_id": "c1",
        "order_status": "delivered",
        "purchased_at": "2024-03-02 23:59:59",
        "order_date": DAY,
        "delivered_at": LATER,
        "estimated_delivery_at": "2024-03-05 00:00:00",
        "item_count": 2,
        "units": 3,
        "currency": "USD",
        "exchange_rate": 1,
        "items_amount": 32,
        "discount_amount": 4,
        "freight_amount": 5,
        "tax_amount": 2,
        "order_amount": 35,
        "order_amount_original": 35,
        "returned_amount": 0,
        "cost_amount": 10,
        "paid_amount": 35,
        "refunded_amount": 0,
        "payment_status": "paid",
        "is_first_order": True,
        "delivery_days": 3,
        "is_late": False,
        "review_score": 4.5,
        "is_incomplete": False,
    },
    "fact_order_items": {
        "order_id": "o1",
        "item_number": 1,
        "product_key": 5,
        "product_id": "p1",
        "customer_key": 7,
        "order_status": "shipped",
        "order_date": DAY,
        "quantity": 3,
        "unit_price": 10,
        "freight_amount": 5,
        "item_amount": 30,
        "discount_amount": 4,
        "tax_amount": 1,
        "net_amount": 26,
        "cost_amount": 9,
    },
    "fact_refunds": {
        "refund_id": "r1",
        "refund_line": 1,
        "order_id": "o1",
        "item_number": 1,
        "customer_key": 7,
        "product_key": 5,
        "order_date": DAY,
        "refund_date": "2024-03-09",
        "quantity": 1,
        "amount": 9,
        "shipping_amount": 0,
        "tax_amount": 1,
        "cost_amount": 3,
    },
    "daily_channels": {
        "order_date": DAY,
        "channel": "web",
        "store_id": "unknown",
        "orders": 5,
        "customers": 3,
        "units": 8,
        "gross_sales": 94,
        "discounts": 4,
        "returns": 10,
        "net_sales": 80,
    },
    "hourly_sales": {
        "order_date": DAY,
        "order_hour": 14,
        "orders": 5,
        "canceled_orders": 1,
        "gross_sales": 94,
        "discounts": 4,
        "revenue": 100,
    },
    "fact_payments": {
        "order_id": "o1",
        "payment_sequence": 1,
        "customer_key": 7,
        "order_date": DAY,
        "paid_at": LATER,
        "payment_method": "pix",
        "payment_status": "paid",
        "amount": 35,
    },
    "dim_customers": {
        "customer_key": 7,
        "customer_id": "c1",
        "email_hash": "f2ca1bb6c7e907d06dafe4687e579fce76b37e4e93b7605022da52e6ccc26fd2",
        "gender": "female",
        "birth_year": 1980,
        "country": "BR",
        "valid_from": "1900-01-01",
        "valid_to": LATER,
        "is_current": False,
    },
    "dim_products": {
        "product_key": 5,
        "product_id": "p1",
        "category": "toys",
        "unit_cost": 4,
        "list_price": 10,
        "weight_g": 0,
        "valid_from": "1900-01-01",
        "is_current": True,
    },
    # 31 December 2023 is a Sunday of ISO week 52.
    "dim_dates": {
        "date_key": 20231231,
        "date": "2023-12-31",
        "year": 2023,
        "quarter": 4,
        "month": 12,
        "week": 52,
        "weekday": 7,
        "is_weekend": True,
    },
    # Five orders, one of them canceled, of three customers: one new, one returning, one who canceled.
    "daily_sales": {
        "order_date": DAY,
        "orders": 5,
        "canceled_orders": 1,
        "customers": 3,
        "new_customers": 1,
        "returning_customers": 1,
        "items": 6,
        "units": 8,
        "items_amount": 94,
        "freight_amount": 10,
        "revenue": 100,
        "average_order_value": 25,
        "gross_sales": 94,
        "discounts": 4,
        "returns": 10,
        "net_sales": 80,
        "shipping": 10,
        "taxes": 7,
        "total_sales": 97,
        "cost_of_goods": 50,
        "gross_margin": 30,
        "cost_coverage": 1,
        "late_deliveries": 0,
        "incomplete_orders": 0,
    },
    "daily_payments": {
        "order_date": DAY,
        "payment_method": "pix",
        "payment_status": "paid",
        "payments": 1,
        "amount": 0,
    },
    "daily_customers": {
        "order_date": DAY,
        "country": "unknown",
        "state": "SP",
        "gender": "unknown",
        "age_band": "unknown",
        "orders": 2,
        "customers": 1,
        "new_customers": 0,
        "revenue": 0,
    },
    "daily_products": {
        "order_date": DAY,
        "category": "unknown",
        "orders": 1,
        "items": 0,
        "units": 0,
        "revenue": 0,
        "net_sales": 0,
        "gross_margin": 0,
    },
    "customer_cohorts": {
        "cohort_month": "2024-03-01",
        "months_since": 0,
        "customers": 2,
        "orders": 3,
        "revenue": 9,
    },
}
NOTHING_SOLD = {
    "items": 0,
    "units": 0,
    "items_amount": 0,
    "freight_amount": 0,
    "revenue": 0,
    "average_order_value": None,
    "gross_sales": 0,
    "discounts": 0,
    "net_sales": -10,
    "shipping": 0,
    "taxes": 0,
    "total_sales": -10,
    "cost_of_goods": -5,
    "gross_margin": -5,
    "cost_coverage": None,
}
RETURNS_ALONE = NOTHING_SOLD | {
    "orders": 0,
    "canceled_orders": 0,
    "customers": 0,
    "new_customers": 0,
    "returning_customers": 0,
}
CANCELED_DAY = NOTHING_SOLD | {"canceled_orders": 5, "new_customers": 0, "returning_customers": 0}
UNDELIVERED = {"delivered_at": None, "delivery_days": None, "is_late": None, "order_status": "shipped"}
UNSEEN = {"order_date": None, "order_status": None, "customer_key": -1}
# Rows as good as those above: the table, and what is different.
GOOD = [(name, {}) for name in ROWS] + [
    ("fact_orders", UNDELIVERED),
    ("fact_orders", UNDELIVERED | {"is_late": False}),
    ("fact_orders", {"delivered_at": "2024-03-06 00:00:00", "is_late": True}),
    ("fact_orders", {"order_status": "canceled", "is_first_order": False}),
    ("fact_orders", {"payment_status": "none", "paid_amount": 0}),
    ("fact_orders", {"payment_status": "partially_refunded", "paid_amount": 20, "refunded_amount": 15}),
    ("fact_orders", {"payment_status": "refunded", "refunded_amount": 35}),
    ("fact_orders", UNDELIVERED | {"order_status": "completed"}),
    ("fact_orders", {"review_score": None}),
    ("fact_orders", {"is_incomplete": None}),
    ("daily_sales", {"incomplete_orders": None}),
    ("fact_payments", {"payment_status": "pending", "paid_at": None}),
    ("dim_customers", {"valid_to": None, "is_current": True}),
    ("dim_dates", {"date_key": 20240229, "date": "2024-02-29", "year": 2024, "quarter": 1, "month": 2}
     | {"week": 9, "weekday": 4, "is_weekend": False}),
    ("daily_sales", CANCELED_DAY),
    ("daily_sales", RETURNS_ALONE),
    ("daily_products", {"orders": 0, "net_sales": -4, "gross_margin": -1}),
    ("fact_refunds", {"quantity": None, "cost_amount": None, "item_number": None, "product_key": -1}),
    ("fact_orders", {"currency": "EUR", "exchange_rate": "1.1", "order_amount_original": "31.82"}),
    ("fact_orders", {"payment_status": "none", "paid_amount": 0, "refunded_amount": 5}),
    ("fact_orders", {"order_date": "2024-03-03"}),  # east of Greenwich
    # 100 over 3 live orders is 33.33 to the cent.
    ("daily_sales", {"orders": 4, "average_order_value": "33.33"}),
    ("daily_sales", NOTHING_SOLD | {"average_order_value": 0}),
]  # fmt: skip
# Rows with something wrong or odd: the table, what is different, and the rules that find it.
BAD = [
    ("fact_orders", {"order_amount": "35.01"},
     "order_amount adds up, paid what was ordered, exchange_rate is 1 at home"),
    ("fact_orders", {"exchange_rate": "1.1"}, "amounts are at the rate"),
    ("fact_orders", {"returned_amount": 29}, "returns are no more than goods"),
    ("fact_orders", {"order_date": "2024-03-04"}, "order_date is the purchase day"),
    ("fact_orders", {"item_count": 0}, "order has items, amounts need items"),
    ("fact_orders", {"payment_status": "pending"}, "paid_amount fits payment_status"),
    ("fact_orders", {"refunded_amount": 1}, "refunded_amount fits payment_status"),
    ("fact_orders", {"payment_status": "settled"}, "known payment status, paid_amount fits payment_status"),
    ("fact_orders", {"order_status": "canceled"}, "first orders are live"),
    ("fact_orders", {"order_status": "lost"}, "known order status"),
    ("fact_orders", {"delivery_days": None}, "delivery_days needs a delivery"),
    ("fact_orders", {"is_late": True, "estimated_delivery_at": "2024-03-06"}, "is_late fits the dates"),
    ("fact_orders", {"is_late": None}, "is_late fits the dates"),
    ("fact_orders", UNDELIVERED | {"order_status": "delivered"}, "delivered orders say when"),
    ("fact_orders", {"delivered_at": "2024-03-02 23:59:58"}, "delivered after purchase"),
    ("fact_orders", {"paid_amount": "34.99"}, "paid what was ordered"),
    ("fact_orders", {"customer_key": -1}, "customer is known"),
    ("fact_orders", {"is_incomplete": True}, "everything of the order is there"),
    ("fact_orders", {"review_score": 5.5}, "review_score from 1 to 5"),
    ("fact_order_items", {"item_amount": "29.99"}, "net_amount adds up"),
    ("fact_order_items", {"quantity": -1, "unit_price": None}, "quantity is not negative"),
    ("fact_order_items", {"product_key": -1}, "product is known"),
    ("fact_order_items", {"customer_key": -1}, "customer is known"),
    ("fact_order_items", UNSEEN, "order is known"),
    ("fact_order_items", UNSEEN | {"customer_key": 7},
     "order is known, lines of unseen orders know nothing of them"),
    ("fact_order_items", {"order_status": None}, "lines of unseen orders know nothing of them"),
    ("fact_payments", {"paid_at": None}, "paid payments say when"),
    ("fact_payments", {"paid_at": "2024-02-29"}, "paid no earlier than ordered"),
    ("fact_payments", {"order_date": None}, "order is known, payments of unseen orders know no customer"),
    ("fact_payments", {"amount": -1}, "amount is not negative"),
    ("dim_customers", {"valid_to": "1900-01-01"}, "versions end after they begin"),
    ("dim_customers", {"is_current": True}, "current versions are open"),
    ("dim_customers", {"email_hash": "a@b.example"}, "email_hash is no address"),
    ("dim_customers", {"country": "Brazil", "gender": "w", "birth_year": 80},
     "known gender, plausible birth year, country is a code"),
    ("dim_products", {"category": None, "unit_cost": 11}, "has a category, list_price covers unit_cost"),
    ("dim_dates", {"date_key": 20231230}, "date_key is the date"),
    ("dim_dates", {"week": 53}, "parts are the date's"),
    ("dim_dates", {"weekday": 1, "is_weekend": False}, "parts are the date's"),
    ("dim_dates", {"is_weekend": False}, "weekends are Saturdays and Sundays"),
    ("daily_sales", {"revenue": "100.01"}, "revenue adds up"),
    ("daily_sales", {"net_sales": 81}, "net_sales add up, total_sales add up, gross_margin adds up"),
    ("daily_sales", {"gross_sales": 95}, "net_sales add up"),
    ("daily_channels", {"returns": 11}, "net_sales add up"),
    ("daily_channels", {"customers": 6}, "counts are not negative"),
    ("hourly_sales", {"order_hour": 24}, "an hour of a day"),
    ("hourly_sales", {"canceled_orders": 6}, "counts of an hour"),
    ("hourly_sales", {"orders": 0, "canceled_orders": 0}, "counts of an hour"),
    ("fact_refunds", {"refund_date": "2024-03-01"}, "refunded no earlier than ordered"),
    ("fact_refunds", {"order_date": None}, "order is known, refunds of unseen orders know nothing of them"),
    ("daily_sales", {"average_order_value": "24.98"}, "average_order_value fits"),
    ("daily_sales", {"average_order_value": None}, "average_order_value fits"),
    ("daily_sales", CANCELED_DAY | {"average_order_value": 0}, "average_order_value fits"),
    ("daily_sales", {"new_customers": 3}, "live customers are customers"),
    ("daily_sales", {"new_customers": 0, "returning_customers": 0}, "somebody known ordered"),
    ("daily_sales", {"customers": 5, "new_customers": 3, "returning_customers": 2}, "live customers have live orders"),
    ("daily_sales", {"customers": 6}, "customers have orders"),
    ("daily_sales", {"incomplete_orders": 6}, "incomplete_orders are orders"),
    ("daily_sales", {"late_deliveries": 6}, "late_deliveries are orders"),
    ("daily_sales", CANCELED_DAY | {"items": 1}, "sales need live orders"),
    ("daily_sales", {"items": -1}, "counts are not negative"),
    ("daily_payments", {"payments": 0}, "rows have payments"),
    ("daily_customers", {"customers": 3}, "customers have orders"),
    ("daily_customers", {"new_customers": 2}, "new_customers are customers"),
    ("daily_customers", {"orders": 0, "customers": 0}, "rows have orders"),
    ("daily_customers", {"age_band": "65-70"}, "known age band"),
    ("daily_products", {"revenue": 1}, "revenue needs items"),
    ("customer_cohorts", {"cohort_month": "2024-03-02"}, "cohort_month is a first day"),
    ("customer_cohorts", {"months_since": -1}, "months_since is not negative"),
    ("customer_cohorts", {"orders": 1}, "customers have orders"),
]  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE SCHEMA analytics")
        for name in ROWS:
            connection.execute(duckdb_ddl(CONTRACTS[f"gold.{name}"])[0])
        yield connection


def broken(engine, name, changes):
    """Names of the rules that the table's row with these changes breaks; null passes."""
    row = ROWS[name] | changes
    rules = [rule for rule in CONTRACTS[f"gold.{name}"].row_rules if rule.kind == "row"]
    engine.execute(f"DELETE FROM analytics.{name}")
    marks = ", ".join("?" for _ in row)
    engine.execute(f"INSERT INTO analytics.{name} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
    conditions = [f"coalesce({in_duckdb(rule.passes)}, true)" for rule in rules]
    passed = engine.execute(f"SELECT {', '.join(conditions)} FROM analytics.{name}").fetchone()
    return {rule.name for rule, good in zip(rules, passed, strict=True) if not good}


@pytest.mark.parametrize(("name", "changes"), GOOD)
def test_good_rows_pass(engine, name, changes):
    assert broken(engine, name, changes) == set()


@pytest.mark.parametrize(("name", "changes", "rules"), BAD)
def test_what_is_wrong_is_found(engine, name, changes, rules):
    assert broken(engine, name, changes) == set(rules.split(", "))


def test_discounts_of_orders_whose_lines_have_not_come_withhold_nothing(engine):
    """As where a lake begins amid a shop's history."""
    one_order = {"orders": 1, "canceled_orders": 0, "customers": 1, "new_customers": 1, "returning_customers": 0}
    lost = {"discounts": "0.50", "returns": 0, "cost_of_goods": 0}
    lost |= dict.fromkeys(("revenue", "average_order_value", "net_sales", "total_sales", "gross_margin"), "-0.50")
    found = broken(engine, "daily_sales", NOTHING_SOLD | one_order | lost)
    assert found == {"revenue is not negative", "average_order_value is not negative"}
    rules = {rule.name: rule.severity for rule in CONTRACTS["gold.daily_sales"].row_rules}
    assert {rules[name] for name in found} == {"warning"}
