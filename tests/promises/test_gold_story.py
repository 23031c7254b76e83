"""Promise 1, told as a story: five nights in which everything comes late, twice or corrected.

Each test names one tricky case and the rows it must end in, written by hand; the last ones compare all tables
with a lake that was given the final landing at once.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from tests.support.drops import Tables, assert_same, drop, gold, pick, run_days, warehouse
from tests.support.shop import customer, item, order, payment, product, review

pytestmark = pytest.mark.long

BEGINNING = datetime(1900, 1, 1)
JAN_29, JAN_30, FEB_1, FEB_2 = date(2024, 1, 29), date(2024, 1, 30), date(2024, 2, 1), date(2024, 2, 2)


@dataclass(frozen=True)
class Story:
    home: Path
    rebuilt: Tables
    versions: dict[int, str]  # customer_key -> city
    articles: dict[int, str]  # product_key -> category


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, spark: SparkSession) -> Story:
    home, fresh = tmp_path_factory.mktemp("story"), tmp_path_factory.mktemp("fresh")
    for night in (first_night, second_night, third_night, corrections, last_night):
        run_days(home, night(home / "landing"))
    shutil.copytree(home / "landing", fresh / "landing")
    run_days(fresh, "2024-01-30", "2024-02-03")
    cities = dict(pick(home, "dim_customers", "customer_key", "city"))
    articles = dict(pick(home, "dim_products", "product_key", "category"))
    return Story(home, gold(fresh), cities, articles)


def first_night(landing: Path) -> str:
    day = "2024-01-30"
    drop(landing, "customers", day, [customer("C1", f"{day} 08:00:00", "Berlin")])
    drop(landing, "products", day, [product("P1", f"{day} 07:00:00", "toys")])
    drop(landing, "orders", day, [order("O1", "C1", f"{day} 10:00:00"), order("O2", "C2", f"{day} 11:00:00")])
    lines = [
        item("O1", 1, "P1", "10.00", f"{day} 10:00:00", quantity=2, freight_amount="1.00"),
        item("O2", 1, "P2", "5.00", f"{day} 11:00:00"),
    ]
    drop(landing, "order_items", day, lines)
    # The order of the second payment has not been seen yet.
    pending, orphan = (
        payment("O1", "21.00", "pending", f"{day} 10:00:00"),
        payment("O6", "7.00", "paid", f"{day} 10:00:00"),
    )
    drop(landing, "payments", day, [pending, orphan])
    drop(landing, "reviews", day, [])
    return day


def second_night(landing: Path) -> str:
    """The last of January has not arrived yet. C2 and P2 are told of only now."""
    day = "2024-02-01"
    moved = [customer("C1", f"{day} 06:00:00", "Paris", "FR"), customer("C2", f"{day} 05:00:00", "Lima", "PE")]
    drop(landing, "customers", day, [*moved, customer("C3", f"{day} 05:00:00", "Oslo", "NO")])
    games, books = product("P1", f"{day} 06:00:00", "games", "12.00"), product("P2", f"{day} 05:00:00", "books")
    drop(landing, "products", day, [games, books])
    drop(landing, "orders", day, february_orders(o6_purchased=f"{day} 14:00:00"))
    drop(landing, "order_items", day, february_items(with_second_line=True))
    drop(landing, "payments", day, [payment("O1", "21.00", "paid", f"{day} 09:00:00")])
    return day


def february_orders(o6_purchased: str) -> list[dict[str, object]]:
    day = "2024-02-01"
    return [
        order(
            "O1", "C1", "2024-01-30 10:00:00", "delivered", delivered_at=f"{day} 09:00:00", updated_at=f"{day} 09:00:00"
        ),
        order("O3", "C1", f"{day} 12:00:00"),
        order("O4", "C3", f"{day} 13:00:00"),
        order("O6", "C2", o6_purchased, updated_at=f"{day} 14:00:00"),
    ]


def february_items(with_second_line: bool) -> list[dict[str, object]]:
    day = "2024-02-01"
    lines = [item("O3", 1, "P1", "12.00", f"{day} 12:00:00"), item("O4", 1, "P1", "12.00", f"{day} 13:00:00")]
    surplus = [item("O3", 2, "P2", "99.00", f"{day} 12:00:00")] if with_second_line else []
    return [*lines, *surplus, item("O6", 1, "P2", "7.00", f"{day} 14:00:00")]


def third_night(landing: Path) -> str:
    """January's last day comes late: C1 lived in Rome in between, and had ordered before. O4 is canceled."""
    late, day = "2024-01-31", "2024-02-02"
    drop(landing, "customers", late, [customer("C1", f"{late} 09:00:00", "Rome", "IT")])
    drop(landing, "products", late, [product("P1", f"{late} 09:00:00", "puzzles", "11.00")])
    drop(landing, "orders", late, [order("O5", "C1", "2024-01-29 09:00:00"), order("O8", "C1", f"{late} 20:00:00")])
    drop(landing, "order_items", late, [item("O8", 1, "P1", "11.00", f"{late} 20:00:00")])
    canceled = order("O4", "C3", "2024-02-01 13:00:00", "canceled", updated_at=f"{day} 08:00:00")
    drop(landing, "orders", day, [canceled, order("O7", "C3", f"{day} 12:00:00")])
    drop(landing, "order_items", day, [item("O7", 1, "P1", "12.00", f"{day} 12:00:00")])
    drop(landing, "reviews", day, [review("R1", "O1", 4, f"{day} 10:00:00")])
    return day


def corrections(landing: Path) -> str:
    """February 1 comes again: O3 never had a second line, O6 was bought in January. A second file brings a review."""
    day = "2024-02-01"
    drop(landing, "orders", day, february_orders(o6_purchased="2024-01-30 14:00:00"))
    drop(landing, "order_items", day, february_items(with_second_line=False))
    turned = ("updated_at", "score", "order_id", "created_at", "review_id")
    drop(landing, "reviews", day, [review("R2", "O3", 5, f"{day} 13:00:00")], "b.csv.gz", columns=turned)
    return "2024-02-02"


def last_night(landing: Path) -> str:
    for entity in ("customers", "products", "orders", "order_items", "payments", "reviews"):
        drop(landing, entity, "2024-02-03", [])
    return "2024-02-03"


def test_a_late_version_between_two_splits_the_earlier_one(story: Story) -> None:
    rows = pick(story.home, "dim_customers", "customer_id", "valid_from", "valid_to", "city", "is_current")
    rome, paris = datetime(2024, 1, 31, 9), datetime(2024, 2, 1, 6)
    assert [row for row in rows if row[0] == "C1"] == [
        ("C1", BEGINNING, rome, "Berlin", False),
        ("C1", rome, paris, "Rome", False),
        ("C1", paris, None, "Paris", True),
    ]


def test_orders_point_to_the_customer_as_known_when_buying(story: Story) -> None:
    rows = {
        order_id: story.versions[key] for order_id, key in pick(story.home, "fact_orders", "order_id", "customer_key")
    }
    # C2 was told of after O2 was placed: its first version holds from the beginning.
    assert rows == {
        "O1": "Berlin",
        "O2": "Lima",
        "O3": "Paris",
        "O4": "Oslo",
        "O5": "Berlin",
        "O6": "Lima",
        "O7": "Oslo",
        "O8": "Rome",
    }


def test_order_lines_point_to_the_article_as_sold(story: Story) -> None:
    rows = pick(story.home, "fact_order_items", "order_id", "item_number", "product_key")
    assert [(order_id, number, story.articles[key]) for order_id, number, key in rows] == [
        ("O1", 1, "toys"),
        ("O2", 1, "books"),
        ("O3", 1, "games"),
        ("O4", 1, "games"),
        ("O6", 1, "books"),
        ("O7", 1, "games"),
        ("O8", 1, "puzzles"),
    ]


def test_the_first_order_moves_when_an_earlier_one_comes_or_the_first_is_canceled(story: Story) -> None:
    rows = pick(story.home, "fact_orders", "order_id", "is_first_order")
    # O5 came after O1 and was bought before it; O4 was C3's first until it was canceled; O2 is C2's, not O6.
    assert [order_id for order_id, first in rows if first] == ["O2", "O5", "O7"]


def test_an_order_corrected_into_another_month_leaves_its_old_day(story: Story) -> None:
    assert ("O6", JAN_30) in pick(story.home, "fact_orders", "order_id", "order_date")
    days = pick(story.home, "daily_sales", "order_date", "orders", "canceled_orders", "items", "revenue")
    assert days == [
        (JAN_29, 1, 0, 0, Decimal("0.00")),
        (JAN_30, 3, 0, 3, Decimal("33.00")),
        (date(2024, 1, 31), 1, 0, 1, Decimal("11.00")),
        (FEB_1, 2, 1, 1, Decimal("12.00")),
        (FEB_2, 1, 0, 1, Decimal("12.00")),
    ]


def test_a_payment_finds_its_order_when_it_comes(story: Story) -> None:
    rows = pick(story.home, "fact_payments", "order_id", "order_date", "payment_status", "amount")
    assert rows == [("O1", JAN_30, "paid", Decimal("21.00")), ("O6", JAN_30, "paid", Decimal("7.00"))]


def test_statuses_money_and_reviews_of_orders(story: Story) -> None:
    columns = (
        "order_id",
        "order_status",
        "order_amount",
        "paid_amount",
        "payment_status",
        "delivery_days",
        "review_score",
    )
    rows: list[tuple[Any, ...]] = pick(story.home, "fact_orders", *columns)
    none = Decimal("0.00")
    assert rows == [
        ("O1", "delivered", Decimal("21.00"), Decimal("21.00"), "paid", 2, Decimal("4.00")),
        ("O2", "created", Decimal("5.00"), none, "none", None, None),
        ("O3", "created", Decimal("12.00"), none, "none", None, Decimal("5.00")),
        ("O4", "canceled", Decimal("12.00"), none, "none", None, None),
        ("O5", "created", none, none, "none", None, None),
        ("O6", "created", Decimal("7.00"), Decimal("7.00"), "paid", None, None),
        ("O7", "created", Decimal("12.00"), none, "none", None, None),
        ("O8", "created", Decimal("11.00"), none, "none", None, None),
    ]


def test_cohorts_follow_the_first_orders(story: Story) -> None:
    january, february = date(2024, 1, 1), date(2024, 2, 1)
    assert pick(story.home, "customer_cohorts") == [
        (january, 0, 2, 5, Decimal("44.00")),
        (january, 1, 1, 1, Decimal("12.00")),
        (february, 0, 1, 1, Decimal("12.00")),
    ]


def test_days_by_customers(story: Story) -> None:
    columns = ("order_date", "country", "orders", "new_customers", "revenue")
    assert pick(story.home, "daily_customers", *columns) == [
        (JAN_29, "DE", 1, 1, Decimal("0.00")),
        (JAN_30, "DE", 1, 0, Decimal("21.00")),
        (JAN_30, "PE", 2, 1, Decimal("12.00")),
        (date(2024, 1, 31), "IT", 1, 0, Decimal("11.00")),
        (FEB_1, "FR", 1, 0, Decimal("12.00")),
        (FEB_1, "NO", 1, 0, Decimal("0.00")),
        (FEB_2, "NO", 1, 1, Decimal("12.00")),
    ]


def test_five_nights_give_what_one_range_gives(story: Story) -> None:
    assert_same(gold(story.home), story.rebuilt)


def test_the_warehouse_holds_the_same(story: Story) -> None:
    assert_same(warehouse(story.home), story.rebuilt)
