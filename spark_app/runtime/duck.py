"""The one place that opens DuckDB: always in UTC, for by itself it would read times in the machine's zone."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow.dataset import Dataset


def connect(path: str | Path = ":memory:", *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection to the database at `path`, or to one in memory. Raises duckdb.Error where it cannot be opened."""
    connection = duckdb.connect(str(path), read_only=read_only)
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def offer(connection: duckdb.DuckDBPyConnection, name: str, rows: Dataset) -> None:
    """Let the connection's SQL read a dataset as the view `name`.

    DuckDB has Arrow compare while it reads, and Arrow cannot compare texts of a file that delta-rs has merged into
    (they are views there: apache/arrow#49368). So text comes to DuckDB as a value it has made, and is compared there;
    days, by which files are left out, are compared by Arrow.
    """
    files = f"{name} files"
    connection.register(files, rows)
    texts = [f'"{field.name}"' for field in rows.schema if pa.types.is_string(field.type)]
    made = ", ".join(f"substr({text}, 1) AS {text}" for text in texts)
    replaced = f" REPLACE ({made})" if made else ""
    connection.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT *{replaced} FROM "{files}"')
