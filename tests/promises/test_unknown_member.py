"""Guests: what the shop calls unknown is the dimension's one unknown member, and all its money counts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.drops import assert_same, drop, gold, pick, run_days, table_dicts
from tests.support.shop import customer, item, order, payment, product

pytestmark = pytest.mark.long

FIRST, SECOND = "2024-01-31", "2024-02-01"


def first_day(landing: Path) -> None:
    at = f"{FIRST} 10:00:00"
    people = [customer("unknown", at, "Leeds"), customer("Unknown", f"{FIRST} 11:00:00", "York"), customer("c", at)]
    drop(landing, "customers", FIRST, people)
    drop(landing, "products", FIRST, [product("P", at), product(" UNKNOWN ", at, "games")])
    guests = [order("G1", "unknown", at), order("G2", "Unknown", at), order("O1", "c", at)]
    drop(landing, "orders", FIRST, guests)
    lines = [("G1", "P"), ("G2", "UNKNOWN"), ("O1", "unknown")]
    drop(landing, "order_items", FIRST, [item(one, 1, what, "10.00", at) for one, what in lines])
    drop(landing, "payments", FIRST, [payment(one, "10.00", "paid", at) for one, _ in lines])
    drop(landing, "reviews", FIRST, [])


def second_day(landing: Path) -> None:
    """A guest again, and one of yesterday's guests has become known."""
    at = f"{SECOND} 10:00:00"
    drop(landing, "customers", SECOND, [customer("unknown", at, "Hull")])
    drop(landing, "products", SECOND, [product("unknown", at, "books")])
    drop(landing, "orders", SECOND, [order("G3", "unknown", at), order("G2", "c", f"{FIRST} 10:00:00", updated_at=at)])
    drop(landing, "order_items", SECOND, [item("G3", 1, "unknown", "10.00", at)])
    drop(landing, "payments", SECOND, [payment("G3", "10.00", "paid", at)])
    drop(landing, "reviews", SECOND, [])


def test_guests_of_a_shop_are_its_unknown_member(home: Path, tmp_path: Path) -> None:
    landing = home / "landing"
    first_day(landing)
    run_days(home, FIRST)
    assert pick(home, "dim_customers", "customer_id", "city") == [("c", "Berlin"), ("unknown", None)]
    assert pick(home, "dim_products", "product_id", "category") == [("P", "toys"), ("unknown", None)]
    orders = pick(home, "fact_orders", "order_id", "customer_id", "is_first_order")
    assert orders == [("G1", "unknown", False), ("G2", "unknown", False), ("O1", "c", True)]
    keys = {row["order_id"]: row["customer_key"] for row in table_dicts(home, "gold.fact_orders")}
    assert (keys["G1"], keys["G2"]) == (-1, -1)
    sold = {row["order_id"]: row["product_key"] for row in table_dicts(home, "gold.fact_order_items")}
    assert (sold["G2"], sold["O1"]) == (-1, -1)
    counted = ("orders", "customers", "new_customers", "returning_customers", "revenue")
    assert pick(home, "daily_sales", *counted) == [(3, 2, 1, 0, Decimal("30.00"))]
    assert pick(home, "customer_cohorts", "customers", "orders", "revenue") == [(1, 1, Decimal("10.00"))]
    assert all(row["balanced"] for row in table_dicts(home, "ops.reconciliation"))

    second_day(landing)
    run_days(home, SECOND)
    assert pick(home, "daily_sales", *counted) == [
        (1, 1, 0, 0, Decimal("10.00")),
        (3, 2, 1, 0, Decimal("30.00")),
    ]
    fresh = tmp_path / "fresh"
    first_day(fresh / "landing")
    second_day(fresh / "landing")
    run_days(fresh, FIRST, SECOND)
    assert_same(gold(home), gold(fresh))
