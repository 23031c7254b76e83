"""What a lake and a warehouse hold, as values that compare row for row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg

from spark_app.contracts.load import load_contracts
from spark_app.lake import ops, releases
from spark_app.lake.log import open_table
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release

Rows = list[tuple[Any, ...]]
Tables = dict[str, Rows]
CONTRACTS = load_contracts()
GOLD = [name for name in CONTRACTS if name.startswith("gold.")]
ENTITIES = ("customers", "products", "orders", "order_items", "payments", "reviews")


def of_tables(lake: Lake, versions: Mapping[str, int | None]) -> Tables:
    """Sorted rows of tables at versions (None: now), columns as in their contracts."""
    found: Tables = {}
    for name, version in versions.items():
        opened = open_table(lake.table(name), version)
        if opened is not None:
            columns = list(CONTRACTS[name].column_names)
            found[name] = _sorted(row.values() for row in opened.to_pyarrow_dataset().to_table(columns).to_pylist())
    return found


def of_release(lake: Lake, release: Release) -> Tables:
    """All gold tables as a release names them."""
    return of_tables(lake, dict(release.tables))


def of_warehouse(connection: psycopg.Connection[Any]) -> tuple[int, Tables] | None:
    """The release a warehouse says it holds, and all its tables, in one transaction; None before the first."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        there = connection.execute(
            "SELECT to_regclass('etl.releases'), to_regclass('analytics.fact_orders')"
        ).fetchone()
        if there is None or None in there:
            return None
        held = connection.execute("SELECT max(release_id) FROM etl.releases").fetchone()
        if held is None or held[0] is None:
            return None
        found = {}
        for name in GOLD:
            columns = ", ".join(f'"{column}"' for column in CONTRACTS[name].column_names)
            table = name.removeprefix("gold.")
            found[name] = _sorted(connection.execute(f'SELECT {columns} FROM analytics."{table}"').fetchall())
        return held[0], found


def fingerprint(tables: Tables) -> str:
    """One word for all rows, but for which days are over: a day that a run over an earlier one has ended is not yet."""
    named = sorted({*tables} - {"gold.landed_days"})
    text = "\n".join(f"{name} {row}" for name in named for row in tables[name])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def proof(lake: Lake) -> set[tuple[Any, ...]]:
    """What the reconciliation says last of each entity and day."""
    sql = "SELECT * FROM ops_rows ORDER BY silver_version, reconciled_at"
    names = ("rows_landed", "rows_accepted", "rows_superseded", "rows_quarantined", "amount_accepted", "balanced")
    last = {
        (row["entity"], row["batch_date"]): tuple(row[name] for name in names)
        for row in ops.select(lake.table("ops.reconciliation"), sql)
    }
    return {(*key, *values) for key, values in last.items()}


def held(lake: Lake) -> Rows:
    """By dataset and day: rows that the ledger says bronze holds, and rows that bronze holds."""
    sql = (
        "SELECT dataset, batch_date, file, arg_max(rows, ingested_at) AS rows FROM ops_rows "
        "WHERE status = 'ingested' GROUP BY ALL"
    )
    said: dict[tuple[str, Any], int] = {}
    for row in ops.select(lake.table("ops.ingested_files"), sql):
        key = (row["dataset"], row["batch_date"])
        said[key] = said.get(key, 0) + row["rows"]
    there: dict[tuple[str, Any], int] = {}
    for entity in ENTITIES:
        opened = open_table(lake.table(f"bronze.{entity}"))
        if opened is not None:
            for day in opened.to_pyarrow_dataset().to_table(["_batch_date"]).column(0).to_pylist():
                there[entity, day] = there.get((entity, day), 0) + 1
    return sorted((*key, said.get(key), there.get(key)) for key in said.keys() | there.keys())


def released(lake: Lake) -> list[tuple[Any, ...]]:
    """The releases there are: number, kind, days."""
    return [(one.release_id, one.kind, one.first_day, one.last_day) for one in releases.releases(lake)]


def differing(found: Tables, expected: Tables) -> list[str]:
    """A line for each table that differs."""
    lines = []
    for name in sorted(found.keys() | expected.keys()):
        surplus = [row for row in found.get(name, []) if row not in expected.get(name, [])]
        lacking = [row for row in expected.get(name, []) if row not in found.get(name, [])]
        if found.get(name) != expected.get(name):
            lines.append(f"{name}: not expected {surplus[:3]}; missing {lacking[:3]}")
    return lines


def _sorted(rows: Any) -> Rows:
    plain = [tuple(_plain(value) for value in row) for row in rows]
    return sorted(plain, key=lambda row: [(value is not None, str(value)) for value in row])


def _plain(value: Any) -> Any:
    """Times without zone (all are UTC), numbers without trailing zeros: the lake's and the warehouse's compare."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return value.normalize() if isinstance(value, Decimal) else value


def silver(lake: Lake) -> Tables:
    """All silver tables as they are now."""
    return of_tables(lake, {f"silver.{entity}": None for entity in ENTITIES})


def gold(lake: Lake) -> Tables:
    """All gold tables as they are now."""
    return of_tables(lake, dict.fromkeys(GOLD))


def names_of(found: Sequence[str]) -> str:
    return ", ".join(found) or "none"
