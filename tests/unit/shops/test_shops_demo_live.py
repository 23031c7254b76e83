"""A shop that sells at this moment: each row is sent once, when it comes about."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from spark_app.shops.demo_live import LiveShop, by_entity, happened, open_shop
from spark_app.shops.demo_rows import COLUMNS, Row

NOON = datetime(2026, 11, 30, 12, 0, 0, 250_000)


@pytest.fixture
def live() -> LiveShop:
    return open_shop(NOON, orders_per_minute=6)


def counted(rows: list[Row]) -> Counter[str]:
    return Counter(row.entity for row in rows)


def test_it_opens_with_its_goods_and_the_rates_of_today_and_yesterday(live: LiveShop) -> None:
    rows = happened(live, NOON)
    assert counted(rows)["products"] == 320
    assert {row.values[1] for row in rows if row.entity == "exchange_rates"} >= {"2026-11-29", "2026-11-30"}
    assert counted(rows).keys() == {"products", "exchange_rates"}


def test_so_many_orders_a_minute_are_sent_when_they_are_placed(live: LiveShop) -> None:
    happened(live, NOON)
    rows = happened(live, NOON + timedelta(minutes=20))
    placed = by_entity(rows)["orders"]
    assert 90 <= len({row["order_id"] for row in placed}) <= 150, "about 120"
    assert {row["status"] for row in placed} >= {"created"}
    assert counted(rows)["order_items"] >= len(placed) // 2
    assert all(NOON - timedelta(minutes=30) <= row.at <= NOON + timedelta(minutes=20) for row in rows)
    assert [row.at for row in rows] == sorted(row.at for row in rows)


def test_in_pieces_the_same_happens_as_at_once_and_each_row_once() -> None:
    at_once, in_pieces = open_shop(NOON, 2), open_shop(NOON, 2)
    end = NOON + timedelta(hours=30)
    rows = [row for n in range(31) for row in happened(in_pieces, NOON + timedelta(hours=n))]
    assert sorted(map(repr, rows)) == sorted(map(repr, happened(at_once, end)))
    states = Counter((row.values[0], row.values[2]) for row in rows if row.entity == "orders")
    assert {state for _, state in states} >= {"created", "approved"}, "an order is sent again as it goes on"


def test_a_shop_opened_later_sells_under_numbers_of_its_own() -> None:
    def numbers(opened: datetime) -> tuple[set[str], set[str]]:
        rows = by_entity(happened(open_shop(opened, 30), opened + timedelta(minutes=1)))
        return {row["order_id"] for row in rows["orders"]}, {row["customer_id"] for row in rows["customers"]}

    first, second = numbers(NOON), numbers(NOON + timedelta(minutes=10))
    assert not first[0] & second[0]
    assert not first[1] & second[1]


def test_at_midnight_it_has_the_new_days_rates(live: LiveShop) -> None:
    happened(live, NOON)
    rows = by_entity(happened(live, NOON + timedelta(hours=13)))["exchange_rates"]
    assert {row["rate_date"] for row in rows} >= {"2026-12-01"}


def test_rows_have_all_columns_of_their_entity(live: LiveShop) -> None:
    for entity, rows in by_entity(happened(live, NOON + timedelta(minutes=1))).items():
        assert {tuple(row) for row in rows} == {COLUMNS[entity]}
