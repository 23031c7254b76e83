"""Two small gold tables, loaded into Redshift and read back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from spark_app.contracts.table import Contract, Type
from spark_app.warehouse.redshift import RedshiftWarehouse
from tests.support.small_lakes import Gold, contract

Query = Callable[..., list[tuple[Any, ...]]]

SALES = contract(
    "shop_sales",
    {"day": (Type("date"), True), "orders": (Type("bigint"), True), "revenue": (Type("decimal", 18, 2), False)},
    ["day"],
    sort=["day"],
)
PEOPLE = contract("shop_people", {"id": (Type("string"), True), "city": (Type("string"), False)}, ["id"])


def sale(day: int, orders: int = 1, revenue: str | None = "1.00") -> dict[str, object]:
    return {"day": date(2024, 1, day), "orders": orders, "revenue": Decimal(revenue) if revenue else None}


def load(warehouse: RedshiftWarehouse, gold: Gold, release: Any = None) -> dict[str, tuple[str, int]]:
    """Load a release, a new one by default; what was done to each table."""
    done = warehouse.load(release or gold.release(), gold.lake, gold.contracts)
    return {one.table: (one.how, one.rows) for one in done}


def rows(query: Query, table: Contract) -> list[tuple[Any, ...]]:
    """A table's rows, by key."""
    names = ", ".join(f'"{name}"' for name in table.column_names)
    found = query(f'SELECT {names} FROM "analytics"."{table.name}"')
    return sorted(found, key=lambda row: str(row[: len(table.key)]))


def changed(gold: Gold, table: Contract, **types: Type) -> Contract:
    """The table's contract with other types."""
    columns = tuple(replace(c, type=types.get(c.name, c.type)) for c in table.columns)
    gold.contracts[table.qualified] = replace(table, columns=columns)
    return gold.contracts[table.qualified]
