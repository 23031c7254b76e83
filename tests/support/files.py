"""Landed files byte by byte, and what runs say of them: for tests of untidy input."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from spark_app.lake import ops, quarantine
from spark_app.lake.paths import Lake
from spark_app.shops.demo_rows import COLUMNS

# One usable row of each entity; tests name what differs.
GOOD: Mapping[str, Mapping[str, str]] = {
    "customers": {"customer_id": "c", "country": "BR", "updated_at": "2024-03-01 08:00:00"},
    "products": {"product_id": "p", "category": "toys", "updated_at": "2024-03-01 08:00:00"},
    "orders": {
        "order_id": "o",
        "customer_id": "c",
        "status": "created",
        "purchased_at": "2024-03-01 09:00:00",
        "updated_at": "2024-03-01 09:00:00",
    },
    "order_items": {
        "order_id": "o",
        "item_number": "1",
        "product_id": "p",
        "quantity": "1",
        "unit_price": "10.00",
        "freight_amount": "0.00",
        "updated_at": "2024-03-01 09:00:00",
    },
    "payments": {
        "order_id": "o",
        "payment_sequence": "1",
        "method": "pix",
        "status": "pending",
        "amount": "10.00",
        "updated_at": "2024-03-01 09:00:00",
    },
    "reviews": {
        "review_id": "r",
        "order_id": "o",
        "score": "5",
        "created_at": "2024-03-01 09:00:00",
        "updated_at": "2024-03-01 09:00:00",
    },
}


def header(entity: str) -> str:
    """The canonical header line, without its end."""
    return ",".join(COLUMNS[entity])


def line(entity: str, **values: str) -> str:
    """A good row's CSV line but for `values`, quoted where CSV wants it, without its end."""
    text = io.StringIO()
    row = {**GOOD[entity], **values}
    csv.writer(text).writerow([row.get(name, "") for name in COLUMNS[entity]])
    return text.getvalue().removesuffix("\r\n")


def lines(entity: str, *rows: Mapping[str, str]) -> str:
    """A whole file: header and one line a row, good but for what each row names."""
    return "\n".join([header(entity), *[line(entity, **row) for row in rows]]) + "\n"


def put(landing: Path, dataset: str, day: str, name: str, content: str | bytes) -> Path:
    """Drop exactly these bytes as one landed file."""
    path = landing / dataset / f"dt={day}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def quarantined(home: Path) -> list[dict[str, Any]]:
    """Every quarantined row of `home`, by column name; `file` is the file's bare name."""
    rows = quarantine.select(lake(home), "SELECT * FROM quarantined ORDER BY entity, source_file, row_number")
    return [{**row, "file": row["source_file"].rpartition("/")[2]} for row in rows]


def ops_rows(home: Path, table: str, sql: str) -> list[tuple[Any, ...]]:
    """Rows of `SELECT ... FROM ops_rows` over an ops table."""
    return [tuple(row.values()) for row in ops.select(lake(home).table(f"ops.{table}"), sql)]


def warehouse_rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query on the warehouse; times without zone are UTC."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def lake_rows(home: Path, table: str, sql: str) -> list[tuple[Any, ...]]:
    """Rows of `SELECT ... FROM data` over a table of the lake as it is now; times are UTC."""
    from spark_app.lake.log import open_table

    opened = open_table(lake(home).table(table))
    assert opened is not None, f"{table}: no such table"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("data", opened.to_pyarrow_dataset())
        return connection.execute(sql).fetchall()


def lake(home: Path) -> Lake:
    return Lake(str(home / "lake"))
