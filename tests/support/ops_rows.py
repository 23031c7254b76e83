"""Rows of `ops` tables that say only what a test is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from spark_app.lake import ops
from spark_app.lake.paths import Table


def put(table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Append rows to `ops.<table>`, where columns that a row does not give are null."""
    blank = dict.fromkeys(ops.SCHEMAS[table.name].names)
    ops.add(table, [{**blank, **row} for row in rows])
