"""A foreign shop through the whole pipeline: what its README-like `expected.md` says is what comes of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from tests.support.drops import run_days
from tests.support.files import lake_rows, ops_rows, quarantined, warehouse_rows

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "kiosk"
ENTITIES = ("orders", "order_items", "payments", "customers", "products")


@pytest.fixture(scope="module")
def home(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kiosk")
    shutil.copytree(SAMPLE / "landing", folder / "landing")
    run_days(folder, "2024-12-20", "2024-12-22", source="kiosk", allow_missing=False)
    return folder


def section(name: str) -> str:
    return re.split(r"^## ", (SAMPLE / "expected.md").read_text(encoding="utf-8"), flags=re.M)[
        _titles().index(name) + 1
    ]


def _titles() -> list[str]:
    return re.findall(r"^## (.*)$", (SAMPLE / "expected.md").read_text(encoding="utf-8"), flags=re.M)


def expected_rows(name: str) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """Header and rows of a section's table; empty cells are None. A list of times stands for a row each."""
    table = [[cell.strip() or None for cell in row.strip("|").split("|")] for row in _table(section(name))]
    names, _, *rows = table
    each = [(*row[:-1], time) for row in rows for time in str(row[-1]).split(", ")]
    return [str(cell) for cell in names], each


def _table(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if line.startswith("|"))


def _shown(value: Any) -> str | None:
    return None if value is None else str(value)


def _sorted(rows: list[tuple[str | None, ...]]) -> list[tuple[str | None, ...]]:
    return sorted(rows, key=lambda row: [str(value) for value in row])


@pytest.mark.parametrize("entity", ENTITIES)
def test_silver_holds_what_is_expected(home: Path, entity: str) -> None:
    names, rows = expected_rows(entity)
    columns = ", ".join(f"{name}::TIMESTAMP" if name.endswith("_at") else name for name in names)
    found = lake_rows(home, f"silver.{entity}", f"SELECT {columns} FROM data")
    assert _sorted([tuple(map(_shown, row)) for row in found]) == _sorted(rows)


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_line_is_accounted_for(home: Path, entity: str) -> None:
    said = re.search(r"(\d+) landed = (\d+) accepted \+ (\d+) superseded \+ (\d+) quarantined", section(entity))
    assert said is not None
    sql = (
        "SELECT sum(rows_landed), sum(rows_accepted), sum(rows_superseded), sum(rows_quarantined), bool_and(balanced) "
        f"FROM ops_rows WHERE entity = '{entity}'"
    )
    assert ops_rows(home, "reconciliation", sql) == [(*map(int, said.groups()), True)]


def test_quarantine_holds_what_is_expected(home: Path) -> None:
    found = [(row["entity"], str(row["batch_date"]), row["file"], str(row["row_number"])) for row in quarantined(home)]
    assert found == [row[:4] for row in sorted(expected_rows("Quarantined")[1], key=lambda row: str(row[1]))]
    reasons = [reason for row in quarantined(home) for reason in row["reasons"]]
    assert [(reason["column"], reason["found"]) for reason in reasons] == [
        ("purchased_at", "31/02/2024 10:15"),
        ("status", "Lost"),
    ]


def test_days_are_those_of_utc(home: Path) -> None:
    sql = "SELECT order_id, purchased_at FROM fact_orders WHERE order_id IN ('K-0990', 'K-1008') ORDER BY 1"
    summer, late = datetime(2024, 7, 4, 17), datetime(2024, 12, 21, 4, 30)
    found = [(order, time.replace(tzinfo=None)) for order, time in warehouse_rows(home, sql)]
    assert found == [("K-0990", summer), ("K-1008", late)]


def test_revenue_by_day(home: Path) -> None:
    sql = "SELECT order_date::VARCHAR, orders, canceled_orders, items, revenue FROM daily_sales ORDER BY 1"
    # Line by line from expected.md: quantity × unit price + freight of orders that are not canceled.
    assert warehouse_rows(home, sql) == [
        ("2024-07-04", 1, 0, 1, Decimal("22.05")),
        ("2024-12-20", 5, 2, 6, Decimal("97.00") + Decimal("1234.50") + Decimal("82.00")),
        ("2024-12-21", 1, 0, 2, Decimal("1363.00")),
        ("2024-12-22", 1, 0, 1, Decimal("78.00")),
    ]


def test_customers_have_a_version_for_each_address(home: Path) -> None:
    sql = (
        "SELECT customer_id, postal_code, valid_from::VARCHAR, valid_to::VARCHAR, is_current "
        "FROM dim_customers WHERE customer_id = '501' ORDER BY valid_from"
    )
    moved = "2024-12-22 14:10:00"
    assert warehouse_rows(home, sql) == [
        ("501", "02134", "1900-01-01 00:00:00", moved, False),
        ("501", "02139", moved, None, True),
    ]
    sql = "SELECT customer_id, count(*) FROM dim_customers WHERE customer_id <> 'unknown' GROUP BY 1 ORDER BY 1"
    assert warehouse_rows(home, sql) == [("501", 2), ("502", 1), ("503", 1), ("504", 1), ("505", 1)]


def test_unknown_columns_are_kept(home: Path) -> None:
    sql = "SELECT _extra, count(*) FROM data WHERE _batch_date = '2024-12-22' GROUP BY 1 ORDER BY 1"
    found = lake_rows(home, "bronze.order_lines", sql)
    assert {extra for extra, _ in found} == {'{"Till":"T1"}', '{"Till":"T2"}'}
    assert sum(lines for _, lines in found) == 9
