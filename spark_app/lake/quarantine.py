"""The quarantine: rows that cannot be used, as they landed, with every reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from threading import Lock
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.lake import delta, log
from spark_app.lake.paths import Lake
from spark_app.runtime import duck

TABLE = "silver.quarantine"
_one_writer = Lock()
_TEXT = pa.string()
_REASON = pa.struct([pa.field(name, _TEXT) for name in ("rule", "column", "found", "expected", "dimension")])
# Rows that cannot be used: where they landed, why, and what they were.
_SCHEMA = pa.schema(
    {
        "entity": _TEXT,
        "dataset": _TEXT,
        "batch_date": pa.date32(),
        "source_file": _TEXT,
        "row_number": pa.int64(),
        "reasons": pa.list_(_REASON),
        "raw": _TEXT,
        "run_id": _TEXT,
        "quarantined_at": pa.timestamp("us", tz="UTC"),
    }.items()
)


def ensure(lake: Lake) -> None:
    """Make the empty table: `entity dataset batch_date source_file row_number reasons raw run_id quarantined_at`."""
    if log.open_table(lake, TABLE) is None:
        DeltaTable.create(
            lake.path(TABLE),
            schema=_SCHEMA,
            mode="ignore",
            partition_by=["entity"],
            storage_options=lake.storage_options,
        )


def replace(
    lake: Lake,
    judged: DataFrame,
    entity: str,
    dataset: str,
    days: Sequence[date] | None,
    run_id: str,
    now: datetime,
) -> None:
    """The entity's quarantine for these days (None: all) becomes the rows of `judged` that have reasons."""
    rows = judged.where(F.size("_reasons") > 0).select(
        F.lit(entity).alias("entity"),
        F.lit(dataset).alias("dataset"),
        F.col("_batch_date").alias("batch_date"),
        F.col("_source_file").alias("source_file"),
        F.col("_row_number").alias("row_number"),
        F.col("_reasons").alias("reasons"),
        F.col("_raw").alias("raw"),
        F.lit(run_id).alias("run_id"),
        F.lit(now).alias("quarantined_at"),
    )
    where = f"entity = '{entity}'"
    if days is not None:
        where += f" AND batch_date IN ({delta.date_list(days)})"
    with _one_writer:
        delta.overwrite(rows.coalesce(1), lake, TABLE, log.note_text(run_id, {}), where, f"{TABLE}.{entity}")


def holds(lake: Lake, entity: str, days: Sequence[date] | None) -> bool:
    """Whether anything of the entity is quarantined for these days (None: any)."""
    where, parameters = "entity = ?", [entity]
    if days is not None:
        where += f" AND batch_date IN ({delta.date_list(days)})"
    return bool(select(lake, f"SELECT 1 FROM quarantined WHERE {where} LIMIT 1", parameters))


def select(lake: Lake, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
    """Rows of a query over the quarantine, named `quarantined` in the SQL."""
    table = log.open_table(lake, TABLE)
    if table is None:
        return []
    with duck.connect() as connection:
        connection.register("quarantined", table.to_pyarrow_dataset())
        result = connection.execute(sql, list(parameters))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
