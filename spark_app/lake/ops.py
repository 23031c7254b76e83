"""The `ops` tables: what runs did and proved. Small rows, appended without Spark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.dataset
from deltalake import CommitProperties, write_deltalake

from spark_app.lake import contents, log
from spark_app.lake.fence import committing, stamped
from spark_app.lake.paths import Table
from spark_app.runtime import duck
from spark_app.runtime.errors import LakeError
from spark_app.runtime.yaml_lines import nearest

_TIME = pa.timestamp("us", tz="UTC")
_TEXT, _COUNT, _DAY, _MONEY, _FLAG, _REAL = (
    pa.string(),
    pa.int64(),
    pa.date32(),
    pa.decimal128(18, 2),
    pa.bool_(),
    pa.float64(),
)
_DOLLARS, _PRICE = pa.decimal128(18, 6), pa.decimal128(18, 10)

IN_MEMORY = 20_000  # rows of one of these tables, at most, that are held as they were read

_one_writer = Lock()  # two threads that make the same table at once would disturb each other

SCHEMAS: Mapping[str, pa.Schema] = {
    "ops.runs": pa.schema(
        {
            "run_id": _TEXT,
            "command": _TEXT,
            "environment": _TEXT,
            "source": _TEXT,
            "first_day": _DAY,
            "last_day": _DAY,
            "started_at": _TIME,
            "ended_at": _TIME,
            "seconds": _REAL,
            "exit_code": _COUNT,
            "message": _TEXT,
            "warnings": pa.list_(_TEXT),
            "release_id": _COUNT,
            "epoch": _COUNT,
            "commits": pa.map_(_TEXT, _COUNT),
            "peak_memory": _COUNT,
        }.items()
    ),
    "ops.steps": pa.schema(
        {
            "run_id": _TEXT,
            "layer": _TEXT,
            "table_name": _TEXT,
            "started_at": _TIME,
            "seconds": _REAL,
            "action": _TEXT,
            "rows_written": _COUNT,
            "version": _COUNT,
        }.items()
    ),
    "ops.bills": pa.schema(
        {
            "run_id": _TEXT,
            "day": _DAY,
            "command": _TEXT,
            "landed_days": _COUNT,
            "released": _FLAG,
            "billed_by": _TEXT,
            "item": _TEXT,
            "quantity": _DOLLARS,
            "unit": _TEXT,
            "unit_price": _PRICE,
            "dollars": _DOLLARS,
            "region": _TEXT,
            "priced_on": _DAY,
            "billed_at": _TIME,
        }.items()
    ),
    "ops.costs": pa.schema(
        {
            "run_id": _TEXT,
            "day": _DAY,
            "layer": _TEXT,
            "table_name": _TEXT,
            "seconds": _REAL,
            "dollars": _DOLLARS,
            "billed_at": _TIME,
        }.items()
    ),
    "ops.table_reads": pa.schema(
        {
            "run_id": _TEXT,
            "table_name": _TEXT,
            "looked_at": _TIME,
            "watched_since": _TIME,
            "last_read_at": _TIME,
        }.items()
    ),
    "ops.ingested_files": pa.schema(
        {
            "run_id": _TEXT,
            "dataset": _TEXT,
            "batch_date": _DAY,
            "file": _TEXT,
            "size": _COUNT,
            "checksum": _TEXT,
            "rows": _COUNT,
            "status": _TEXT,
            "message": _TEXT,
            "header": pa.list_(_TEXT),
            "missing_columns": pa.list_(_TEXT),
            "unknown_columns": pa.list_(_TEXT),
            "day_fingerprint": _TEXT,
            "bronze_version": _COUNT,
            "ingested_at": _TIME,
            "epoch": _COUNT,
        }.items()
    ),
    "ops.reconciliation": pa.schema(
        {
            "run_id": _TEXT,
            "dataset": _TEXT,
            "entity": _TEXT,
            "batch_date": _DAY,
            "rows_landed": _COUNT,
            "rows_accepted": _COUNT,
            "rows_superseded": _COUNT,
            "rows_quarantined": _COUNT,
            "rows_unpriced": _COUNT,
            "rows_passed_over": _COUNT,
            "amount_landed": _MONEY,
            "amount_accepted": _MONEY,
            "amount_superseded": _MONEY,
            "amount_quarantined": _MONEY,
            "balanced": _FLAG,
            "silver_version": _COUNT,
            "reconciled_at": _TIME,
        }.items()
    ),
    "ops.quality_results": pa.schema(
        {
            "run_id": _TEXT,
            "candidate": _TEXT,
            "table_name": _TEXT,
            "rule": _TEXT,
            "dimension": _TEXT,
            "severity": _TEXT,
            "rows_checked": _COUNT,
            "rows_broken": _COUNT,
            "observed": _REAL,
            "expected": _TEXT,
            "cause": _TEXT,
            "passed": _FLAG,
            "effect": _TEXT,
            "checked_at": _TIME,
        }.items()
    ),
    "ops.profiles": pa.schema(
        {
            "run_id": _TEXT,
            "dataset": _TEXT,
            "batch_date": _DAY,
            "column_name": _TEXT,
            "rows": _COUNT,
            "missing": _COUNT,
            "distinct_values": _COUNT,
            "repeated": _COUNT,
            "newest": pa.timestamp("us"),
            "bronze_version": _COUNT,
            "profiled_at": _TIME,
        }.items()
    ),
    "ops.figures": pa.schema(
        {
            "run_id": _TEXT,
            "day": _DAY,
            "table_name": _TEXT,
            "rule": _TEXT,
            "figure": _TEXT,
            "kind": _TEXT,
            "segment_column": _TEXT,
            "segment": _TEXT,
            "observed": _REAL,
            "expected": _REAL,
            "low": _REAL,
            "high": _REAL,
            "score": _REAL,
            "unusual": _FLAG,
            "severity": _TEXT,
            "cause": _TEXT,
            "driver": _TEXT,
            "upstream": _TEXT,
            "message": _TEXT,
            "judged_at": _TIME,
        }.items()
    ),
    "ops.alerts": pa.schema(
        {
            "noted_at": _TIME,
            "run_id": _TEXT,
            "event": _TEXT,
            "cause": _TEXT,
            "severity": _TEXT,
            "subject": _TEXT,
            "exit_code": _COUNT,
            "first_day": _DAY,
            "last_day": _DAY,
            "until": _TIME,
            "note": _TEXT,
        }.items()
    ),
    "ops.releases": pa.schema(
        {
            "release_id": _COUNT,
            "run_id": _TEXT,
            "kind": _TEXT,
            "of_release": _COUNT,
            "first_day": _DAY,
            "last_day": _DAY,
            "tables": pa.map_(_TEXT, _COUNT),
            "released_at": _TIME,
            "epoch": _COUNT,
        }.items()
    ),
}


def add(table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Append rows to one of these tables in one commit; it is made when first written. No rows, no commit.

    A row gives each of the table's columns, also those that are None, and no other: else LakeError, and nothing is
    written. A misspelt column would be null for ever.
    """
    listed = list(rows)
    if not listed:
        return
    data = as_table(table.name, listed)
    with _one_writer, committing(table.fence, table.name):
        properties = CommitProperties(custom_metadata={"userMetadata": stamped(table.fence, "{}")})
        write_deltalake(
            table.path,
            data,
            mode="append",
            schema_mode="merge",
            storage_options=table.storage_options,
            commit_properties=properties,
        )


def as_table(table: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows of one of these tables, checked as `add` does."""
    return pa.Table.from_pylist([_checked(table, row) for row in rows], schema=SCHEMAS[table])


@dataclass(frozen=True)
class _Read:
    """All rows of a version, in memory."""

    version: int
    rows: pa.Table


def _whole(table: Table, version: int) -> pa.dataset.Dataset | pa.Table:
    """The table with all its columns: those that it had not yet when it was last written are empty.

    Where its rows are few they are read once until it is written again: a run asks the ledger a hundred times.
    """
    place = ("newest rows", table.name, 0)
    known = table.lake.seen.get(place)
    if isinstance(known, _Read) and known.version == version:
        return known.rows
    rows = contents.dataset(table, version)
    lacking = [field for field in SCHEMAS[table.name] if field.name not in rows.schema.names]
    rows = rows.replace_schema(pa.schema([*rows.schema, *lacking])) if lacking else rows
    if log.row_count(table, version) > IN_MEMORY:
        return rows
    read = rows.to_table()
    table.lake.seen[place] = _Read(version, read)
    return read


def select(table: Table, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
    """Rows of `SELECT …` over one of these tables, named `ops_rows` in the SQL; none where nothing was written yet."""
    opened = log.open_table(table)
    if opened is None:
        return []
    with duck.in_memory() as connection:
        connection.register("ops_rows", _whole(table, opened.version()))
        result = connection.execute(sql, list(parameters))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _checked(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as it is, where it has the table's columns."""
    names = SCHEMAS[table].names
    strange = sorted(set(row) - set(names))
    missing = [name for name in names if name not in row]
    if not strange and not missing:
        return dict(row)
    said = [f"unknown column '{name}'{nearest(name, missing or names)}" for name in strange]
    said += [f"no {', '.join(missing)}"] if missing else []
    raise LakeError(f"{table}: a row is not written: {'; '.join(said)}; expected {', '.join(names)}")
