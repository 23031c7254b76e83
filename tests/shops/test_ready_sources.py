"""The sources that ship for what people have: each one's made-up sample through the whole pipeline, and its figures."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyspark.sql import SparkSession

from spark_app.contracts.load import load_contracts
from tests.support.drops import run_days, table_dicts, table_rows
from tests.support.workbooks import workbook

SAMPLES = Path(__file__).resolve().parents[1] / "data"
SOURCES = ("shopify", "woocommerce", "online_retail", "stripe", "olist")


def shown(row: Mapping[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    """The row's columns that are expected, amounts as text of cents."""
    return {name: f"{row[name]:.2f}" if isinstance(row[name], Decimal) else row[name] for name in like}


@pytest.mark.parametrize("source", SOURCES)
def test_the_sample_gives_what_is_expected_of_it(spark: SparkSession, tmp_path: Path, source: str) -> None:
    shutil.copytree(SAMPLES / source / "landing", tmp_path / "landing")
    expected = yaml.safe_load((SAMPLES / source / "expected.yaml").read_text(encoding="utf-8"))
    run_days(tmp_path, *expected["days"], source=source)
    for table in ("daily_sales", "daily_products"):
        if table in expected:
            rows = table_dicts(tmp_path, f"gold.{table}")
            rows = sorted(rows, key=lambda row: (row["order_date"], row.get("category")))
            assert [shown(row, like) for row, like in zip(rows, expected[table], strict=True)] == expected[table]
    lines = sorted(table_dicts(tmp_path, "gold.fact_order_items"), key=lambda row: row["item_number"])
    for order, amounts in expected["fact_order_items"].items():
        assert [f"{row['item_amount']:.2f}" for row in lines if row["order_id"] == order] == amounts
    orders = table_dicts(tmp_path, "gold.fact_orders")
    assert {row["order_id"]: row["payment_status"] for row in orders} == expected["payment_status"]
    assert not table_dicts(tmp_path, "silver.quarantine")


def test_the_workbook_of_online_retail_gives_what_its_csv_does(spark: SparkSession, tmp_path: Path) -> None:
    """Numbers, ids and times are cells of their kinds there."""
    text = (SAMPLES / "online_retail/landing/lines/dt=2011-12-09/data.csv").read_text(encoding="iso-8859-1")
    header, *rows = csv.reader(text.splitlines())
    for number, row in enumerate(rows):
        cells: list[Any] = list(row)
        cells[3], cells[5] = int(row[3]), float(row[5])
        cells[0] = int(row[0]) if row[0].isdecimal() else row[0]
        cells[4] = datetime.strptime(row[4], "%m/%d/%Y %H:%M")
        cells[6] = float(row[6]) if row[6] else None
        rows[number] = cells
    (tmp_path / "book/landing/lines/dt=2011-12-09").mkdir(parents=True)
    book = tmp_path / "book/landing/lines/dt=2011-12-09/Online Retail.xlsx"
    book.write_bytes(workbook({"Online Retail": [header, *rows]}))
    shutil.copytree(SAMPLES / "online_retail/landing", tmp_path / "csv/landing")
    found = {}
    for home in ("book", "csv"):
        run_days(tmp_path / home, "2011-12-09", source="online_retail", layers=("bronze", "silver"))
        for entity in ("orders", "order_items", "customers", "products"):
            kept = load_contracts()[f"silver.{entity}"].column_names
            found[home, entity] = table_rows(tmp_path / home, f"silver.{entity}", kept)
    for entity in ("orders", "order_items", "customers", "products"):
        assert found["book", entity] == found["csv", entity]


def test_shopifys_export(spark: SparkSession, tmp_path: Path) -> None:
    """#1001: 100.00 less 10.00 over two lines; #1002: a discount of a cent; #1003: at the till; #1004: canceled."""
    shutil.copytree(SAMPLES / "shopify" / "landing", tmp_path / "landing")
    run_days(tmp_path, "2025-03-05", source="shopify", layers=("bronze", "silver"))
    orders = {row["order_id"]: row for row in table_dicts(tmp_path, "silver.orders")}
    assert {key: (row["status"], row["channel"]) for key, row in orders.items()} == {
        "#1001": ("approved", "online"),
        "#1002": ("created", "online"),
        "#1003": ("approved", "store"),
        "#1004": ("canceled", "online"),
    }
    lines = table_dicts(tmp_path, "silver.order_items")
    assert sorted(
        (row["order_id"], row["item_number"], row["product_id"], f"{row['line_amount']}") for row in lines
    ) == [
        ("#1001", 1, "MUG-1", "50.00"),
        ("#1001", 2, "TRAY-1", "50.00"),
        ("#1002", 1, "Sock", "29.97"),
        ("#1003", 1, "SPOON", "12.00"),
        ("#1004", 1, "POT", "40.00"),
    ]
    of_orders = ("discount_amount", "shipping_amount", "tax_amount")
    assert [str(orders["#1001"][name]) for name in of_orders] == ["10.00", "5.00", "0.00"]
    assert str(orders["#1002"]["discount_amount"]) == "0.01"
