"""The one place that opens DuckDB: always in UTC, for by itself it would read times in the machine's zone."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from threading import Lock

import duckdb
import pyarrow as pa
from pyarrow.dataset import Dataset

_making = Lock()
_bounds: dict[str, str] = {}


def bound_memory(memory: str) -> None:
    """What each database of this process may take from now on, as 2g; what needs more goes to temporary files.

    By itself DuckDB takes up to 80 % of the machine's memory, beside Spark's Java.
    """
    with _making:
        _bounds["memory_limit"] = f"{memory[:-1]}{memory[-1].upper()}B"
        _database.cache_clear()


def connect(path: str | Path = ":memory:", *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection to the database at `path`, or to one in memory. Raises duckdb.Error where it cannot be opened."""
    config: dict[str, str | bool | int | float | list[str]] = {"temp_directory": tempfile.gettempdir(), **_bounds}
    connection = duckdb.connect(str(path), read_only=read_only, config=config)
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def in_memory() -> duckdb.DuckDBPyConnection:
    """A connection to the process's one database in memory: for temporary views and tables, which are its own.

    Making a database takes longer than most of what is asked of it.
    """
    with _making:
        connection = _database().cursor()
    connection.execute("SET TimeZone = 'UTC'")
    return connection


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return connect()


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
