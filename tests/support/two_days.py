"""A shop of two days, of which the first is released: on the second every table changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.support.drops import drop, run_days
from tests.support.shop import customer, item, order, payment, product, rate, refund, review

FIRST, SECOND = "2024-01-31", "2024-02-01"


def first_day(landing: Path) -> None:
    drop(landing, "customers", FIRST, [customer("C1", f"{FIRST} 08:00:00")])
    drop(landing, "products", FIRST, [product("P1", f"{FIRST} 08:00:00")])
    drop(landing, "orders", FIRST, [order("O1", "C1", f"{FIRST} 10:00:00")])
    drop(landing, "order_items", FIRST, [item("O1", 1, "P1", "10.00", f"{FIRST} 10:00:00")])
    drop(landing, "payments", FIRST, [payment("O1", "10.00", "pending", f"{FIRST} 10:00:00")])
    drop(landing, "reviews", FIRST, [])


def second_day(landing: Path) -> None:
    """Every table changes: a move, a new price, a delivery, a payment (and one that cannot be used), a
    review, something given back, and an order in another currency with its rate."""
    at = f"{SECOND} 09:00:00"
    drop(landing, "customers", SECOND, [customer("C1", at, "Paris", "FR"), customer("C2", at, "Lima", "PE")])
    drop(landing, "products", SECOND, [product("P1", at, "games")])
    delivered = order("O1", "C1", f"{FIRST} 10:00:00", "delivered", delivered_at=at, updated_at=at)
    drop(landing, "orders", SECOND, [delivered, order("O2", "C2", f"{SECOND} 10:00:00", currency="EUR")])
    drop(landing, "order_items", SECOND, [item("O2", 1, "P1", "12.00", f"{SECOND} 10:00:00")])
    unusable = payment("O2", "9.00", "dreamt of", at)  # less than half of the day's money
    drop(landing, "payments", SECOND, [payment("O1", "10.00", "paid", at), unusable])
    drop(landing, "reviews", SECOND, [review("R1", "O1", 4, at)])
    drop(landing, "refunds", SECOND, [refund("F1", "O1", "2.00", at, item_number=1, quantity=1)])
    drop(landing, "exchange_rates", SECOND, [rate("EUR", SECOND, "1.1", at)])


@pytest.fixture(scope="module")
def one_released_day(tmp_path_factory: pytest.TempPathFactory, spark: SparkSession) -> Path:
    """A home with one release, and the next day landed."""
    home = tmp_path_factory.mktemp("released")
    first_day(home / "landing")
    run_days(home, FIRST)
    second_day(home / "landing")
    return home
