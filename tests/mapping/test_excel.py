"""Excel workbooks take the road of all files: counted, read as the same rows, set aside with a reason."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from spark_app.runtime.errors import SettingsError
from tests.support import mapping
from tests.support.drops import run_days, table_dicts
from tests.support.mapping import PEOPLE as SHOP
from tests.support.mapping import source_of
from tests.support.workbooks import Raw, workbook

pytestmark = pytest.mark.core

HEADER = ["id", "name", "at"]
DAY = date(2024, 3, 5)


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def test_of_a_day_each_file_that_can_be_read_is(spark: SparkSession, tmp_path: Path) -> None:
    source = source_of(tmp_path, SHOP % "read: {sheet: People, skip_lines: 1}")
    files: dict[str, Any] = {
        "a.xlsx": workbook(
            {
                "Cover": [["Hello"]],
                "People": [["As of today"], HEADER, [45000123.0, "Käthe", DAY], ["7", "x", DAY, "?"]],
            }
        ),
        "b.xlsx": workbook({"Cover": [HEADER, ["9", "y", DAY]]}),
        "c.xlsx": b"PK\x03\x04 no more",
        "d.csv": "a line\nid,name,at\n8,Ann,2024-03-05\n",
        "e.xlsx": workbook({"People": [[None]]}),
        "f.zip": zipped("people.xlsx", workbook({"People": [HEADER]})),
    }
    seen = mapping.inspected(tmp_path, source, "people", files)
    rows = mapping.bronze(spark, source, "people", seen).orderBy("_source_file", "_row_number").collect()
    assert [(row["id"], row["name"], row["at"], row["_corrupt_record"]) for row in rows][:2] == [
        ("45000123", "Käthe", "2024-03-05", None),
        (None, None, None, "7,x,2024-03-05,?"),
    ]
    assert [row["_row_number"] for row in rows] == [1, 2, 0, 0, 1, 0, 0]
    assert sum(found.rows for found in seen) == len(rows)
    said = [found.problem and found.problem[:40] for found in seen]
    assert said == [
        None,
        "the workbook has no sheet 'People'; foun",
        "not a whole Excel workbook (File is not "[:40],
        None,
        "sheet 'People' is empty; expected a row ",
        "a zip with people.xlsx; expected one wit",
    ]


def test_a_sheet_that_only_looks_like_a_number_is_refused(tmp_path: Path) -> None:
    for wrong in ("0", "Yes", "1.5"):
        with pytest.raises(SettingsError, match="sheet"):
            source_of(tmp_path, SHOP % f"read: {{sheet: {wrong}}}")


ORDERS = """
    source: shop
    timezone: Europe/Berlin
    datasets:
      orders:
        columns: [Order, Customer, Placed, Sku, Qty, Price, Paid]
        read: {sheet: Orders}
    entities:
      orders:
        from: orders
        columns:
          order_id: Order
          customer_id: Customer
          status: {default: completed}
          purchased_at: Placed
          updated_at: Placed
      order_items:
        from: orders
        columns:
          order_id: Order
          item_number: {number_by: [Order]}
          product_id: Sku
          quantity: Qty
          unit_price: Price
          updated_at: Placed
"""
LINES = [
    ["Order", "Customer", "Placed", "Sku", "Qty", "Price", "Paid"],
    [45000123, 17001.0, datetime(2024, 3, 5, 9, 40), "00123", 3, 0.1, True],
    [45000123, 17001.0, datetime(2024, 3, 5, 9, 40), "MUG", 1, Raw("1234.5599999999999"), True],
    [45000124, "guest", date(2024, 3, 5), "MUG", 0.745, 19.9, Raw("#N/A", kind="e")],
    [45000125, "guest", "next week", "MUG", 1, 5, False],
]


def test_a_workbook_gives_its_sales_to_the_cent_and_reconciles(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKEHOUSE_CONF", str(mapping.conf_with(tmp_path, ORDERS)))
    drop = tmp_path / "home" / "landing" / "orders" / "dt=2024-03-05"
    drop.mkdir(parents=True)
    (drop / "day.xlsx").write_bytes(workbook({"Orders": LINES, "Notes": [["x"]]}))
    outcome = run_days(tmp_path / "home", "2024-03-05", source="shop", layers=("bronze", "silver"))
    rows = table_dicts(tmp_path / "home", "silver.order_items")
    assert sorted((row["order_id"], row["product_id"], row["line_amount"]) for row in rows) == [
        ("45000123", "00123", Decimal("0.30")),
        ("45000123", "MUG", Decimal("1234.56")),
        ("45000124", "MUG", Decimal("14.83")),
    ]
    placed = {row["order_id"]: row["purchased_at"] for row in table_dicts(tmp_path / "home", "silver.orders")}
    assert str(placed["45000123"])[:19] == "2024-03-05 08:40:00"
    (one,) = [row for row in table_dicts(tmp_path / "home", "ops.reconciliation") if row["entity"] == "order_items"]
    assert (one["rows_landed"], one["rows_accepted"], one["rows_quarantined"]) == (4, 3, 1)
    assert any("cells of errors, read as blank: G4 #N/A" in text for text in outcome.record.warnings)
