"""Small files are packed while a watch adds one with each batch; no reader is disturbed, and no row changes.

By delta-rs, in seconds and without a Spark job. Only the partitions that hold many small files are touched, so that
what packing costs does not grow with the history. What left the table stays readable until maintenance.
"""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable

from spark_app.lake import log, ops
from spark_app.lake.fence import committing, stamped
from spark_app.lake.paths import Lake, Table
from spark_app.lake.writes import confirm, noted

MANY = 40  # small files of a partition, from which on they are packed
SMALL = 8 * 1024**2  # bytes
_PARTITION = "partition."


def pack_table(table: Table, run_id: str) -> bool:
    """Pack a table of the lake where it has many small files; its note stays what it was, but for being packing."""
    opened = log.open_anew(table)
    crowded = [] if opened is None else crowded_partitions(opened)
    if opened is None or not crowded:
        return False
    note = log.unchanged_note(run_id, log.last_commit(table))
    _compact(table, opened, crowded, noted(note, table.fence))
    confirm(table, note)
    return True


def pack_ops(lake: Lake) -> list[str]:
    """Pack those of the ops tables that have many small files; their names."""
    packed = []
    for name in ops.SCHEMAS:
        table = lake.table(name)
        opened = log.open_anew(table)
        if opened is not None and (crowded := crowded_partitions(opened)):
            properties = CommitProperties(custom_metadata={"userMetadata": stamped(lake.fence, "{}")})
            _compact(table, opened, crowded, properties)
            packed.append(name)
    return packed


def crowded_partitions(opened: DeltaTable) -> list[dict[str, str]]:
    """The partitions, by their columns' values, with many small files; {} is all of a table without partitions."""
    files = pa.table(opened.get_add_actions(flatten=True)).to_pylist()
    names = opened.metadata().partition_columns
    small = Counter(
        tuple(str(file[f"{_PARTITION}{name}"]) for name in names) for file in files if file["size_bytes"] < SMALL
    )
    return [dict(zip(names, values, strict=True)) for values, count in small.items() if count >= MANY]


def _compact(table: Table, opened: DeltaTable, crowded: list[dict[str, str]], properties: CommitProperties) -> None:
    for partition in crowded:
        only = [(name, "=", value) for name, value in partition.items()] or None
        with committing(table.fence, f"{table.name} packed"):
            opened.optimize.compact(partition_filters=only, commit_properties=properties)
