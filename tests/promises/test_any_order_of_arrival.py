"""Promise 1 for made-up histories: whatever comes when, late, twice or corrected, gold is what landing says in the end.

Each example costs four runs: few examples, the same ones each time (derandomize), no shrinking, and no further than
gold: that the warehouse follows is told in the story.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from spark_app.shops.demo_rows import COLUMNS
from tests.support.drops import assert_same, days_of, drop, gold, run_days
from tests.support.shop import Row, customer, item, order, payment, product, rate, refund, review

pytestmark = pytest.mark.long

DAYS = days_of("2024-01-30", 3)
CUSTOMERS, PRODUCTS, ORDERS = ["C1", "C2", "C3"], ["P1", "P2"], ["O1", "O2", "O3", "O4", "O5", "O6"]
STATUSES = ["created", "shipped", "delivered", "canceled"]
PRICES = ["1.00", "9.99", "120.50"]
# Beside good ones, what puts a line or payment into the quarantine: a price below zero, a number that is none.
LINES, NUMBERS = [*PRICES, "-1.00"], [1, 2, 2, "two"]
Drop = dict[str, list[Row]]
TO_GOLD = {"layers": ("bronze", "silver", "gold")}


@dataclass(frozen=True)
class History:
    """`days`: what lands on each day; `arrival`: their order; `corrected`: day 0 come again; `late`: a second file."""

    days: list[Drop]
    arrival: list[int]
    corrected: Drop
    late: Drop
    columns: Mapping[str, list[str]]


@st.composite
def drops(draw: st.DrawFn, day: int) -> Drop:
    """A day's rows: any of few customers, products and orders, so that they meet again on other days."""

    def one_of(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    def moment() -> str:
        return str(datetime.combine(DAYS[day], datetime.min.time()) + timedelta(minutes=draw(st.integers(0, 1439))))

    def bought() -> str:
        """On one of the days, and so often not on the day the row lands."""
        return f"{one_of(*DAYS)} {one_of('00:00:00', '08:30:00', '23:59:59')}"

    def some(most: int) -> range:
        return range(draw(st.integers(0, most)))

    return {
        "customers": [
            customer(one_of(*CUSTOMERS), moment(), one_of("Rome", "Oslo"), one_of("IT", "NO")) for _ in some(3)
        ],
        "products": [product(one_of(*PRODUCTS), moment(), one_of("toys", "books"), one_of(*PRICES)) for _ in some(2)],
        "orders": [
            order(
                one_of(*ORDERS),
                one_of(*CUSTOMERS),
                bought(),
                one_of(*STATUSES),
                updated_at=moment(),
                currency=one_of(None, "EUR"),
                channel=one_of("web", "till"),
                prices_include_tax=one_of(None, True),
                discount_amount=one_of(None, "0.05", "3.33"),
                tax_amount=one_of(None, "1.01"),
            )
            for _ in some(5)
        ],
        "order_items": [
            item(
                one_of(*ORDERS),
                one_of(*NUMBERS),
                one_of(*PRODUCTS),
                one_of(*LINES),
                moment(),
                discount_amount=one_of(None, "0.10"),
                tax_amount=one_of(None, "0.08"),
                cost_amount=one_of(None, "2.00"),
            )
            for _ in some(5)
        ],
        # An edited refund may go to another order, and a rate be put right; a currency without one has no amounts yet.
        "refunds": [
            refund(
                one_of("F1", "F2", "F3"),
                one_of(*ORDERS),
                one_of(*PRICES),
                moment(),
                quantity=1,
                item_number=one_of(None, 1, 2),
                shipping_amount=one_of(None, "0.50"),
                refunded_at=bought(),
            )
            for _ in some(3)
        ],
        "exchange_rates": [
            rate("EUR", one_of("2024-01-01", *map(str, DAYS)), one_of("1.1", "0.9173"), moment()) for _ in some(2)
        ],
        "payments": [
            payment(one_of(*ORDERS), one_of(*PRICES), one_of("pending", "paid", "refunded", "lost"), moment())
            for _ in some(3)
        ],
        "reviews": [review(one_of("R1", "R2"), one_of(*ORDERS), one_of(1, 5), moment()) for _ in some(2)],
    }


@st.composite
def histories(draw: st.DrawFn) -> History:
    first = draw(drops(0))
    changed = draw(drops(0))
    # The corrected day keeps some rows, lacks some and has others.
    kept = {
        entity: draw(st.lists(st.sampled_from(rows), unique_by=id)) if rows else [] for entity, rows in first.items()
    }
    return History(
        [first, draw(drops(1)), draw(drops(2))],
        draw(st.permutations([0, 1, 2])),
        {entity: [*kept[entity], *changed[entity][:1]] for entity in first},
        draw(drops(1)),
        {entity: draw(st.permutations(columns)) for entity, columns in COLUMNS.items()},
    )


def land(landing: Path, day: int, rows: Drop, **how: Any) -> None:
    for entity, listed in rows.items():
        drop(landing, entity, DAYS[day], listed, **how)


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory, spark: SparkSession) -> Path:
    return tmp_path_factory.mktemp("histories")


@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(history=histories())
def test_gold_is_a_function_of_landing(rooms: Path, history: History) -> None:
    home, fresh = (Path(tempfile.mkdtemp(dir=rooms)) for _ in range(2))
    landing = home / "landing"
    for day in history.arrival[:2]:
        land(landing, day, history.days[day])
        run_days(home, DAYS[day], **TO_GOLD)
    land(landing, history.arrival[2], history.days[history.arrival[2]])
    land(landing, 0, history.corrected)
    for entity, rows in history.late.items():
        drop(landing, entity, DAYS[1], rows, "b.csv", columns=history.columns[entity])
    run_days(home, DAYS[2], **TO_GOLD)
    versions = gold_versions(home)
    run_days(home, DAYS[2], **TO_GOLD)
    assert gold_versions(home) == versions, "the same night again wrote something"

    shutil.copytree(landing, fresh / "landing")
    run_days(fresh, DAYS[0], DAYS[2], **TO_GOLD)
    assert_same(gold(home), gold(fresh))


def gold_versions(home: Path) -> dict[str, int]:
    return {path.name: DeltaTable(str(path)).version() for path in (home / "lake/gold").iterdir()}
