"""Promise 2: landed = accepted + superseded + quarantined + passed over, by entity and day, and money to the cent.

The landed files are counted here by Python's csv module, not by the code under test.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from spark_app.jobs import bronze
from spark_app.lake.csv_files import read_csv
from spark_app.shops.demo import DIRT_KINDS, DemoSummary, generate
from spark_app.shops.demo_rows import COLUMNS
from spark_app.tables import payments
from tests.support.csvs import records, rows_landed
from tests.support.drops import copied, drop, pick, run_days, table_dicts, warehouse
from tests.support.shop import payment

SHOPS = [(date(2024, 1, 29), 6, 7)]
Proof = dict[tuple[str, date], dict[str, Any]]


class Shop:
    """A generated shop taken in: one range, and its last day as an increment."""

    def __init__(self, home: Path, start: date, days: int, seed: int) -> None:
        self.home = home
        self.summary: DemoSummary = generate(str(home / "landing"), start, days, orders_per_day=25, seed=seed)
        last = self.summary.last_day
        run_days(home, start, last.replace(day=last.day - 1))
        run_days(home, last)
        rows = sorted(table_dicts(home, "ops.reconciliation"), key=lambda row: int(row["silver_version"]))
        self.proof: Proof = {(row["entity"], row["batch_date"]): row for row in rows}

    def total(self, column: str, entity: str) -> Any:
        return sum(row[column] for (name, _), row in self.proof.items() if name == entity)

    def silver(self, entity: str) -> list[dict[str, Any]]:
        return table_dicts(self.home, f"silver.{entity}")


@pytest.fixture(scope="module", params=SHOPS, ids=["turn of the month"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, spark: SparkSession) -> Shop:
    return Shop(tmp_path_factory.mktemp("shop"), *request.param)


def test_every_landed_row_is_accounted_for(shop: Shop) -> None:
    parts = ("rows_accepted", "rows_superseded", "rows_quarantined", "rows_passed_over")
    accounted = Counter({key: sum(row[part] for part in parts) for key, row in shop.proof.items()})
    assert +accounted == rows_landed(shop.home / "landing")
    assert all(row["balanced"] for row in shop.proof.values())


def test_the_quarantine_holds_what_was_counted_and_what_was_spoiled(shop: Shop) -> None:
    counted = Counter({key: row["rows_quarantined"] for key, row in shop.proof.items()})
    rows = table_dicts(shop.home, "silver.quarantine")
    assert Counter((row["entity"], row["batch_date"]) for row in rows) == +counted
    spoiled = sum(shop.summary.dirt[kind] for kind, fate in DIRT_KINDS if fate == "quarantined")
    assert len(rows) == spoiled > 0
    assert all(row["reasons"] for row in rows)


@pytest.mark.parametrize("entity", COLUMNS)
def test_accepted_rows_are_silvers_rows_and_their_money(shop: Shop, entity: str) -> None:
    rows = shop.silver(entity)
    assert shop.total("rows_accepted", entity) == len(rows)
    assert shop.total("amount_accepted", entity) == sum(amount(entity, row) for row in rows)


@pytest.mark.parametrize("entity", COLUMNS)
def test_superseded_rows_are_the_older_ones_of_their_keys(shop: Shop, entity: str) -> None:
    """Told from the files alone: of each key as many usable rows as there are, less the one that holds."""
    bad = {(row["source_file"], row["row_number"]) for row in table_dicts(shop.home, "silver.quarantine")}
    keys: Counter[tuple[str, ...]] = Counter()
    usable: Counter[date] = Counter()
    for path in sorted((shop.home / "landing" / entity).glob("dt=*/*.csv*")):
        name = "/".join(path.parts[-3:])
        for number, row in enumerate(records(path), 1):
            if (name, number) not in bad:
                keys[tuple(row[column] for column in key_of(entity))] += 1
                usable[date.fromisoformat(path.parts[-2][3:])] += 1
    holding = Counter(row["_batch_date"] for row in shop.silver(entity))
    superseded = {day: row["rows_superseded"] for (name, day), row in shop.proof.items() if name == entity}
    assert +Counter(superseded) == usable - holding
    assert shop.total("rows_superseded", entity) == keys.total() - len(keys)


def test_money_reaches_the_analysts_to_the_cent(shop: Shop) -> None:
    """Every order's amount in its own currency, from the rows that hold; what was paid where no rate lies between."""
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for line in shop.silver("order_items"):
        owed[line["order_id"]] += amount("order_items", line) - line["discount_amount"] + line["tax_amount"]
    orders = {order["order_id"]: order for order in shop.silver("orders")}
    for order in orders.values():
        owed[order["order_id"]] += order["shipping_amount"] + order["tax_amount"] - order["discount_amount"]
    shown = dict(pick(shop.home, "fact_orders", "order_id", "order_amount_original"))
    assert shown == {order_id: owed[order_id] for order_id in orders}
    paid = [row for row in shop.silver("payments") if row["currency"] == "USD"]
    in_dollars = {row["order_id"] for row in paid}
    reached = pick(shop.home, "fact_payments", "order_id", "amount")
    assert sum(money for order_id, money in reached if order_id in in_dollars) == sum(row["amount"] for row in paid) > 0
    assert shop.total("amount_accepted", "payments") == sum(row["amount"] for row in shop.silver("payments"))
    for entity in ("order_items", "payments"):
        parts = sum(shop.total(f"amount_{part}", entity) for part in ("accepted", "superseded", "quarantined"))
        assert parts == shop.total("amount_landed", entity)


def test_a_row_that_silver_loses_on_its_way_withholds_the_release(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in our own code, put in here: a payment is dropped after it was judged usable."""
    home, shown = copied(shop.home, tmp_path), warehouse(shop.home)
    careless = replace(payments.TABLE, clean=lambda rows: rows.where("amount <> 7.77"))
    monkeypatch.setattr(payments, "TABLE", careless)
    night = shop.summary.last_day + timedelta(days=1)
    landed = [payment("O00000001", amount, "paid", f"{night} 09:00:00", 9) for amount in ("7.77", "1.00")]
    drop(home / "landing", "payments", night, landed)
    withheld = run_days(home, night, expect=4, allow_missing=True)
    assert "landed = accepted + superseded + quarantined + passed over" in withheld.message
    assert f"payments {night}: 2 rows landed, but" in " ".join(withheld.record.warnings)
    assert warehouse(home) == shown


def test_a_row_that_the_reader_of_files_loses_withholds_the_release(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Landed is what the files hold, not what a parser made of them; the file is named with both numbers."""
    home, shown = copied(shop.home, tmp_path), warehouse(shop.home)

    def careless(*given: Any) -> Any:
        rows = read_csv(*given)
        return rows.where("amount IS NULL OR amount <> '7.77'") if "amount" in rows.columns else rows

    monkeypatch.setattr(bronze, "read_csv", careless)
    night = shop.summary.last_day + timedelta(days=1)
    landed = [payment("O00000001", amount, "paid", f"{night} 09:00:00", 9) for amount in ("7.77", "1.00")]
    drop(home / "landing", "payments", night, landed)
    withheld = run_days(home, night, expect=4, allow_missing=True)
    assert "landed = accepted + superseded + quarantined + passed over" in withheld.message
    told = f"payments/dt={night}/a.csv: holds 2 rows by our own count, but 1 were read"
    assert told in withheld.record.warnings
    assert warehouse(home) == shown


@pytest.mark.long
@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("silver/order_items", "item_number = 1 AND order_id = 'O00000005'"),
        ("bronze/payments", "payment_sequence = '1'"),
    ],
)
def test_rows_that_others_remove_withhold_the_next_release(shop: Shop, tmp_path: Path, table: str, rows: str) -> None:
    tampered, shown = copied(shop.home, tmp_path), warehouse(shop.home)
    DeltaTable(str(tampered / "lake" / table)).delete(rows)
    night = shop.summary.last_day + timedelta(days=1)
    drop(tampered / "landing", "payments", night, [payment("O00000001", "1.00", "paid", f"{night} 09:00:00", 9)])
    drop(tampered / "landing", "order_items", night, [])
    withheld = run_days(tampered, night, expect=4)
    assert "landed = accepted + superseded + quarantined + passed over" in withheld.message
    assert f"{table.replace('/', '.')} version" in " ".join(withheld.record.warnings)
    assert warehouse(tampered) == shown


def key_of(entity: str) -> tuple[str, ...]:
    history = ("customer_id", "updated_at") if entity == "customers" else ("product_id", "updated_at")
    keys = {
        "orders": ("order_id",),
        "order_items": ("order_id", "item_number"),
        "reviews": ("review_id", "order_id"),
        "payments": ("order_id", "payment_sequence"),
        "refunds": ("refund_id", "refund_line"),
        "exchange_rates": ("currency", "rate_date"),
    }
    return keys.get(entity, history)


def amount(entity: str, row: dict[str, Any]) -> Decimal:
    if entity == "order_items":
        return Decimal(row["quantity"] * row["unit_price"] + row["freight_amount"])
    if entity == "refunds":
        return Decimal(row["amount"] + row["shipping_amount"] + row["tax_amount"])
    return Decimal(row["amount"]) if entity == "payments" else Decimal(0)
