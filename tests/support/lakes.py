"""Rows of a table wherever its lake lies."""

from __future__ import annotations

from typing import Any

from spark_app.contracts.load import load_contracts
from spark_app.lake.log import open_table
from spark_app.lake.paths import Lake


def gold_rows(lake: Lake, table: str) -> list[tuple[Any, ...]]:
    """Sorted rows of a table's newest version, columns as in its contract."""
    opened = open_table(lake.table(table))
    assert opened is not None, f"{table}: no table at {lake.table(table).path}"
    rows = opened.to_pyarrow_dataset().to_table(columns=list(load_contracts()[table].column_names)).to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=str)
