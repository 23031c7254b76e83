"""The source that ships for Shopify's export: its made-up sample in, silver's rows out."""

from __future__ import annotations

import shutil
from pathlib import Path

from pyspark.sql import SparkSession

from tests.support.drops import run_days, table_dicts

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "shopify"


def test_shopifys_export(spark: SparkSession, tmp_path: Path) -> None:
    """#1001: 100.00 less 10.00 over two lines; #1002: a discount of a cent; #1003: at the till; #1004: canceled."""
    shutil.copytree(SAMPLE / "landing", tmp_path / "landing")
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
        ("#1001", 1, "MUG-1", "45.00"),
        ("#1001", 2, "TRAY-1", "45.00"),
        ("#1002", 1, "Sock", "29.96"),
        ("#1003", 1, "SPOON", "12.00"),
        ("#1004", 1, "POT", "40.00"),
    ]
    assert sorted(row["freight_amount"] for row in lines if row["freight_amount"])[-1] == 5
