"""The one place that opens DuckDB: always in UTC, for by itself it would read times in the machine's zone."""

from __future__ import annotations

from pathlib import Path

import duckdb


def connect(path: str | Path = ":memory:", *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection to the database at `path`, or to one in memory. Raises duckdb.Error where it cannot be opened."""
    connection = duckdb.connect(str(path), read_only=read_only)
    connection.execute("SET TimeZone = 'UTC'")
    return connection
