"""A shop's own words for money: what gold says of its days is what plain arithmetic says of its rows.

Three currencies, discounts and taxes of lines and of orders, refunds in part, late and before their order, late rates,
an order that is edited and one that is canceled after its refund; days of New York. Night by night, the same in another
order, and at once.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from spark_app.runtime.settings import conf_dir
from tests.support.drops import Tables, assert_same, drop, gold, pick, run_days, warehouse
from tests.support.money_truth import NOTHING, daily_figures
from tests.support.shop import Row, customer, item, order, payment, product, rate, refund

ZONE, HOME = "America/New_York", "USD"
DAYS = [date(2024, 3, 8) + timedelta(days=n) for n in range(4)]  # the clocks change on the third
FIGURES = ("gross_sales", "discounts", "returns", "net_sales", "shipping", "taxes", "total_sales")
ORDERS = 24
Drops = dict[date, dict[str, list[Row]]]


def shop(seed: int) -> Drops:
    """Four days of drops, the same for the same seed."""
    dice = random.Random(seed)
    landed: Drops = {day: {name: [] for name in ("customers", "products", "orders", "order_items", "payments",
                                                  "refunds", "exchange_rates")} for day in DAYS}  # fmt: skip

    def lands(entity: str, row: Row, day: date) -> None:
        landed[day][entity].append(row)

    for number in (1, 2, 3):
        lands("customers", customer(f"C{number}", f"{DAYS[0]} 01:00:00"), DAYS[0])
        lands("products", product(f"P{number}", f"{DAYS[0]} 01:00:00", f"kind {number}"), DAYS[0])
    lands("exchange_rates", rate("EUR", "2024-03-01", "1.0837"), DAYS[0])
    lands("exchange_rates", rate("JPY", "2024-03-01", "0.00671"), DAYS[2])  # late: its orders wait
    lands("exchange_rates", rate("EUR", str(DAYS[1]), "1.1"), DAYS[3])  # later than orders at the rate before
    for number in range(ORDERS):
        _order(dice, f"O{number}", lands)
    return landed


def _order(dice: random.Random, name: str, lands: Any) -> None:
    at = dice.randrange(3)
    bought = f"{DAYS[at]} {dice.choice(['02:30:00', '04:59:59', '12:00:00', '23:59:59'])}"
    currency = dice.choice([None, "USD", "EUR", "JPY" if at >= 2 else "EUR"])
    taxed = dice.random() < 0.3
    head = order(name, dice.choice(["C1", "C2", "C3", "unknown"]), bought, dice.choice(["created", "shipped"]),
                 currency=currency, channel=dice.choice(["web", "till", None]), prices_include_tax=taxed,
                 discount_amount=dice.choice([None, "0.05", "7.77"]), shipping_amount=dice.choice([None, "4.99"]),
                 tax_amount=dice.choice([None, "1.01"]))  # fmt: skip
    lands("orders", head, DAYS[at])
    count = dice.choice([0, 1, 2, 3, 3])
    for line in range(1, count + 1):
        amount = dice.choice(["10.00", "33.33", "0.99", "120.50"])
        row = item(name, line, dice.choice(["P1", "P2", "P9"]), amount, bought, line_amount=amount,
                   freight_amount=dice.choice(["0.00", "1.00"]), discount_amount=dice.choice([None, "0.10"]),
                   tax_amount=dice.choice([None, "0.08"]), prices_include_tax=taxed,
                   cost_amount=dice.choice([None, "5.00"]))  # fmt: skip
        lands("order_items", row, DAYS[at])
        if dice.random() < 0.2:  # edited later
            edited = {**row, "line_amount": "21.00", "unit_price": "21.00", "updated_at": f"{DAYS[3]} 08:00:00"}
            lands("order_items", edited, DAYS[3])
    lands("payments", payment(name, "20.00", "paid", bought, currency=currency), DAYS[at])
    for number in range(dice.choice([0, 0, 1, 2])):
        back = f"{DAYS[min(at + number, 3)]} {dice.choice(['03:00:00', '15:00:00'])}"
        row = refund(f"R{name}{number}", name, dice.choice(["3.33", "9.00"]), back, shipping_amount="0.50",
                     tax_amount="0.25", prices_include_tax=taxed, reason="too small",
                     item_number=1 if count else None, quantity=1 if count else None)  # fmt: skip
        lands("refunds", row, DAYS[max(0, at - number)])  # the second one, if any, before its order
    if dice.random() < 0.15:
        lands("orders", {**head, "status": "canceled", "updated_at": f"{DAYS[3]} 20:00:00"}, DAYS[3])


@dataclass(frozen=True)
class Told:
    landed: Drops
    nights: Path
    gold: Tables


@pytest.fixture(scope="module")
def conf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("shop") / "conf"
    shutil.copytree(conf_dir(), folder)
    with (folder / "local.yaml").open("a") as local:
        local.write(f"reporting: {{currency: {HOME}, timezone: {ZONE}}}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAKEHOUSE_CONF", str(folder))
        yield folder


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, conf: Path, spark: SparkSession) -> Told:
    home, landed = tmp_path_factory.mktemp("nights"), shop(7)
    for day in DAYS:
        _land(home, day, landed)
        run_days(home, day)
    return Told(landed, home, gold(home))


def _land(home: Path, day: date, landed: Drops) -> None:
    for entity, rows in landed[day].items():
        drop(home / "landing", entity, day, rows)


def test_each_day_comes_to_what_its_rows_do(told: Told) -> None:
    expected = daily_figures(told.landed.values(), ZONE, HOME)
    found = {day: figures for day, *figures in pick(told.nights, "daily_sales", "order_date", *FIGURES)}
    assert found == {day: [figures.get(name, NOTHING) for name in FIGURES] for day, figures in expected.items()}
    assert any(figures["returns"] for figures in expected.values())  # the shop has what is spoken of


def test_channels_and_categories_come_to_the_same(told: Told) -> None:
    sales = dict(pick(told.nights, "daily_sales", "order_date", "net_sales"))
    channels: dict[date, Any] = dict.fromkeys(sales, NOTHING)
    for day, net in pick(told.nights, "daily_channels", "order_date", "net_sales"):
        channels[day] += net
    assert channels == sales


def test_the_warehouse_has_it_too(told: Told) -> None:
    assert_same(warehouse(told.nights), told.gold)


@pytest.mark.long
@settings(
    max_examples=4, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(seed=st.integers(8, 10**6), arrival=st.permutations(range(len(DAYS))), at_once=st.integers(1, 3))
def test_whatever_comes_when_each_day_comes_to_what_its_rows_do(
    conf: Path, tmp_path_factory: pytest.TempPathFactory, seed: int, arrival: list[int], at_once: int
) -> None:
    """Refunds, edits and rates of some shop in any order: the first `at_once` days together, then night by night."""
    home, landed = tmp_path_factory.mktemp("any"), shop(seed)
    for day in arrival[:at_once]:
        _land(home, DAYS[day], landed)
    run_days(home, DAYS[0], DAYS[-1], layers=("bronze", "silver", "gold"))
    for day in arrival[at_once:]:
        _land(home, DAYS[day], landed)
        run_days(home, DAYS[day], layers=("bronze", "silver", "gold"))
    run_days(home, DAYS[-1])
    expected = daily_figures(landed.values(), ZONE, HOME)
    found = {day: figures for day, *figures in pick(home, "daily_sales", "order_date", *FIGURES)}
    assert found == {day: [figures.get(name, NOTHING) for name in FIGURES] for day, figures in expected.items()}


@pytest.mark.long
def test_in_another_order_and_at_once_it_is_the_same(told: Told, conf: Path, tmp_path: Path) -> None:
    for name, days in (("turned", [DAYS[2], DAYS[0], DAYS[3], DAYS[1]]), ("at once", [])):
        home = tmp_path / name
        for day in days or DAYS:
            _land(home, day, told.landed)
            if days:
                run_days(home, day, layers=("bronze", "silver", "gold"))
        if not days:
            run_days(home, DAYS[0], DAYS[-1])
        assert_same(gold(home), told.gold)


def test_a_currency_without_a_rate_withholds_the_release_and_is_named(conf: Path, tmp_path: Path) -> None:
    at = "2024-03-08 12:00:00"
    drop(tmp_path / "landing", "orders", DAYS[0], [order("O1", "C1", at, currency="GBP"), order("O2", "C1", at)])
    drop(
        tmp_path / "landing", "order_items", DAYS[0], [item("O1", 1, "P1", "8.00", at), item("O2", 1, "P1", "1.00", at)]
    )
    outcome = run_days(tmp_path, DAYS[0], expect=4)
    assert "no exchange rate to USD of GBP on 2024-03-08" in str(outcome.message)
    drop(tmp_path / "landing", "exchange_rates", DAYS[0], [rate("GBP", "2024-03-01", "1.25")])
    run_days(tmp_path, DAYS[0])
    assert pick(tmp_path, "daily_sales", "order_date", "net_sales") == [(date(2024, 3, 8), Decimal("11.00"))]


def test_another_day_derives_gold_anew_and_says_so(told: Told, conf: Path, tmp_path: Path) -> None:
    home = tmp_path / "moved"
    shutil.copytree(told.nights, home)
    local = conf / "local.yaml"
    before = local.read_text()
    try:
        local.write_text(before.replace(ZONE, "UTC"))
        outcome = run_days(home, DAYS[-1])
    finally:
        local.write_text(before)
    assert any("derived anew: USD, days of UTC" in line for line in outcome.record.warnings)
    expected = daily_figures(told.landed.values(), "UTC", HOME)
    found = dict(pick(home, "daily_sales", "order_date", "net_sales"))
    assert found == {day: figures["net_sales"] for day, figures in expected.items()}
