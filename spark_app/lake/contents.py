"""What a version of a table holds, rows and columns, without a Spark job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, Schema
from pyarrow.dataset import Dataset

from spark_app.contracts.table import Column, Type
from spark_app.lake.log import open_table
from spark_app.lake.paths import Table

_ARROW: dict[str, pa.DataType] = {
    "string": pa.string(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


def dataset(table: Table, version: int) -> Dataset:
    """The rows of a version that is there, for Arrow; its list of files is made once a run."""
    place = ("rows", table.name, version)
    if place not in table.lake.seen:
        opened = open_table(table, version)
        assert opened is not None  # its version was asked for
        table.lake.seen[place] = opened.to_pyarrow_dataset()
    return cast(Dataset, table.lake.seen[place])


def rows_as(rows: Dataset, columns: Sequence[Column]) -> Dataset:
    """A version's rows for DuckDB, with every one of `columns`: one that came to the contract later is empty."""
    later = [pa.field(c.name, arrow_type(c.type)) for c in columns if c.name not in rows.schema.names]
    return rows.replace_schema(pa.schema([*rows.schema, *later])) if later else rows


def greatest(table: Table, version: int, column: str) -> Any:
    """The greatest value of a column in a version, by the log's statistics of its files; None where no row has one.

    Files without such statistics (by a writer that keeps none, or a column far behind) are read.
    """
    opened = open_table(table, version)
    if opened is None:
        return None
    files = pa.table(opened.get_add_actions(flatten=True))
    if {f"max.{column}", f"null_count.{column}"} <= set(files.column_names):
        known = [files.column(name).to_pylist() for name in (f"max.{column}", f"null_count.{column}", "num_records")]
        of_files = list(zip(*known, strict=True))
        if all(top is not None or empty == rows for top, empty, rows in of_files):
            return max((top for top, _, _ in of_files if top is not None), default=None)
    values = opened.to_pyarrow_dataset().to_table(columns=[column]).column(column)
    return pc.max(values).as_py()


def unlike(opened: DeltaTable, columns: Sequence[Column]) -> tuple[list[str], list[str]]:
    """Of `columns`, the names of those that the table lacks, and of those that it has in another type."""
    has = {field.name: field.type for field in opened.schema().fields}
    wanted = Schema.from_arrow(pa.schema([pa.field(column.name, arrow_type(column.type)) for column in columns]))
    lacking = [field.name for field in wanted.fields if field.name not in has]
    return lacking, [field.name for field in wanted.fields if field.name in has and has[field.name] != field.type]


def unlike_now(table: Table, columns: Sequence[Column]) -> tuple[list[str], list[str]]:
    """As `unlike`, of the newest version; none of either where there is no table."""
    opened = open_table(table)
    return ([], []) if opened is None else unlike(opened, columns)


def arrow_type(kind: Type) -> pa.DataType:
    """A contract's type as Arrow's."""
    return pa.decimal128(kind.precision, kind.scale) if kind.name == "decimal" else _ARROW[kind.name]
