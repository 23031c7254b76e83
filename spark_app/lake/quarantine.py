"""The quarantine: rows that cannot be used, as they landed, with every reason.

What of a row could be read tells whose it is: its order and its place there, and when the shop changed it. Gold takes
in the quarantine's changes as it does any other input's, and marks orders of which something is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from threading import Lock
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable, Schema
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_app.contracts.table import QUARANTINE
from spark_app.lake import contents, delta, few, log, writes
from spark_app.lake.paths import Lake
from spark_app.runtime import duck

TABLE = QUARANTINE
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
        "order_id": _TEXT,
        "item_number": pa.int32(),
        "payment_sequence": pa.int32(),
        "updated_at": pa.timestamp("us", tz="UTC"),
    }.items()
)
# Of a row's own columns, those that say whose it is; empty where the entity has none or the value cannot be read.
WHOSE = {"order_id": "string", "item_number": "int", "payment_sequence": "int", "updated_at": "timestamp"}
_SETTINGS = {"delta.enableChangeDataFeed": "true", "delta.logRetentionDuration": "interval 3650 days"}


def ensure(lake: Lake, run_id: str) -> None:
    """Make the empty table: `entity dataset batch_date source_file row_number reasons raw run_id quarantined_at`, and
    the columns `WHOSE`. A table from before it had these gets them, empty until the days are judged again.
    """
    table = log.open_anew(lake.table(TABLE))
    if table is None:
        DeltaTable.create(
            lake.table(TABLE).path,
            schema=_SCHEMA,
            mode="ignore",
            partition_by=["entity"],
            configuration=_SETTINGS,
            storage_options=lake.storage_options,
        )
    elif not set(_SETTINGS) <= set(table.metadata().configuration):
        has = {field.name for field in table.schema().fields}
        lacking = [field for field in Schema.from_arrow(_SCHEMA).fields if field.name not in has]
        if lacking:
            table.alter.add_columns(lacking)
        # Last, and with our note: from this version on there are changes to take in.
        table.alter.set_table_properties(_SETTINGS, commit_properties=writes.noted(log.note_text(run_id, {})))


def replace(
    lake: Lake,
    judged: DataFrame,
    entity: str,
    days: Sequence[date] | None,
    run_id: str,
    now: datetime,
    *,
    files: Collection[str] = (),
) -> None:
    """The entity's quarantine for these days (None: all), and for these files of others, becomes the rows of `judged`
    that have reasons.
    """
    rows = judged.where(F.size("_reasons") > 0).select(
        F.lit(entity).alias("entity"),
        F.substring_index("_source_file", "/", 1).alias("dataset"),
        F.col("_batch_date").alias("batch_date"),
        F.col("_source_file").alias("source_file"),
        F.col("_row_number").alias("row_number"),
        F.col("_reasons").alias("reasons"),
        F.col("_raw").alias("raw"),
        F.lit(run_id).alias("run_id"),
        F.lit(now).alias("quarantined_at"),
        *[_whose(judged, name) for name in WHOSE],
    )
    where = f"entity = '{entity}' AND {_landed_in(days, files)}"
    with _one_writer:
        note = log.note_text(run_id, {}, **({log.FULL_REBUILD: True} if days is None else {}))
        few_rows = few.collected(rows)
        if few_rows is None:
            delta.overwrite(rows.coalesce(1), lake.table(TABLE), note, where, f"{TABLE}.{entity}")
        else:
            writes.replace(lake.table(TABLE), few_rows, where, note, f"{TABLE}.{entity}")


def _whose(judged: DataFrame, name: str) -> Column:
    """A column of the row as far as it can be trusted: a torn row's values stand in the wrong columns."""
    value = F.when(F.col("_corrupt_record").isNull(), F.col(name)) if name in judged.columns else F.lit(None)
    return value.cast(WHOSE[name]).alias(name)


def rows_of(lake: Lake, version: int, entities: Collection[str]) -> int:
    """Rows that a version holds of these entities, from the log alone."""
    table = log.open_table(lake.table(TABLE), version)
    if table is None:
        return 0
    files = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    return sum(int(file["num_records"]) for file in files if file["partition.entity"] in entities)


def holds(lake: Lake, entity: str, days: Sequence[date] | None, *, files: Collection[str] = ()) -> bool:
    """Whether anything of the entity is quarantined for these days (None: any), or these files of others."""
    sql = f"SELECT 1 FROM quarantined WHERE entity = ? AND {_landed_in(days, files)} LIMIT 1"
    return bool(select(lake, sql, [entity]))


def can_be_named(files: Collection[str]) -> bool:
    """Whether the names may stand in a condition: three readers of SQL know quotes within quotes in three ways."""
    return not any(set(name) & {"'", "\\"} for name in files)


def _landed_in(days: Sequence[date] | None, files: Collection[str]) -> str:
    if days is None:
        return "true"
    named = [f"'{name}'" for name in sorted(files)]
    parts = [delta.date_in("batch_date", days)] if days else []
    parts += [f"source_file IN ({', '.join(named)})"] if named else []
    return f"({' OR '.join(parts) or 'false'})"


def select(lake: Lake, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
    """Rows of a query over the quarantine, named `quarantined` in the SQL."""
    table = log.open_table(lake.table(TABLE))
    if table is None:
        return []
    with duck.in_memory() as connection:
        duck.offer(connection, "quarantined", contents.dataset(lake.table(TABLE), table.version()))
        result = connection.execute(sql, list(parameters))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
