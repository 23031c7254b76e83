"""Commits that delta-rs makes, without a Spark job: empty tables, notes of progress, small merges."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError

from spark_app.contracts.table import Column
from spark_app.lake.contents import arrow_type
from spark_app.lake.fence import Fence, committing, stamped
from spark_app.lake.log import note_of, open_anew, open_table
from spark_app.lake.paths import NOT_THERE, Table
from spark_app.runtime.errors import LakeError

# A summary of the log each ten commits, as Spark makes it: delta-rs makes one each hundred by itself, and whoever opens
# the table reads all that came after the last.
_OFTEN = {"delta.checkpointInterval": "10"}
OP, WRITE, REMOVE = "_op", "write", "remove"  # what is to become of a changed row


class Overtaken(LakeError):
    """Somebody else committed to a table while this run was about to."""

    retry = True

    def __init__(self, table: str, said: str, kept: str = "nothing was committed") -> None:
        super().__init__(
            f"{table}: another has committed to it since this run looked at it ({said}); {kept}",
            hint="run again when nothing else writes this lake: lakehouse status says who does",
        )


def create(
    table: Table,
    columns: Sequence[Column],
    *,
    partition: str | None = None,
    change_feed: bool = False,
) -> None:
    """Make an empty table where there is none."""
    if open_table(table) is not None:
        return
    DeltaTable.create(
        table.path,
        schema=pa.schema([pa.field(column.name, arrow_type(column.type)) for column in columns]),
        mode="ignore",
        partition_by=[partition] if partition else None,
        configuration={
            **_OFTEN,
            "delta.enableChangeDataFeed": str(change_feed).lower(),
            # Releases name versions; their commits must not be cleaned up under them.
            "delta.logRetentionDuration": "interval 3650 days",
        },
        storage_options=table.storage_options,
    )


def create_empty(table: Table, schema: pa.Schema) -> None:
    """Make an empty table of these columns where there is none."""
    if open_table(table) is None:
        DeltaTable.create(table.path, schema=schema, mode="ignore", storage_options=table.storage_options)


def append_next(opened: DeltaTable, table: Table, rows: pa.Table) -> None:
    """Append rows in the version after the one that was opened; Overtaken where there is such a one by now."""
    properties = CommitProperties(custom_metadata={"userMetadata": stamped(table.fence, "{}")}, max_commit_retries=0)
    with _next_version(table.name):
        write_deltalake(opened, rows, mode="append", schema_mode="merge", commit_properties=properties)


def advance(table: Table, note: str) -> None:
    """A commit that changes no row: the table has looked at newer inputs and they changed nothing."""
    opened = open_anew(table)
    if opened is None:
        raise LakeError(f"{table.name}: no table at {table.path}; expected one to note progress in")
    check_version(table, opened.version())
    empty = pa.Table.from_batches([], schema=pa.schema(opened.schema().to_arrow()))
    with committing(table.fence, table.name), _next_version(table.name):
        write_deltalake(opened, empty, mode="append", commit_properties=noted(note, table.fence))
    confirm(table, note)


def confirm(table: Table, note: str) -> None:
    """That a commit is there as we made it, and remember it; Overtaken where another stands in its place."""
    if table.fence is None:
        return None
    ours, opened = json.loads(stamped(table.fence, note)), open_anew(table)
    for entry in opened.history(5) if opened else ():
        if note_of(entry) == ours:
            version = int(entry["version"])
            if table.expected is not None and version != table.expected + 1:
                said = f"found this run's commit as version {version}, expected {table.expected + 1}"
                raise Overtaken(table.name, said, "nothing was released")
            return table.fence.committed(table.name, version)
    raise Overtaken(table.name, "this run's own commit is not there")


def check_version(table: Table, version: int | None) -> None:
    """Overtaken where the table is at another version than it is expected to be written at."""
    found = NOT_THERE if version is None else version
    if table.expected is not None and found != table.expected:
        raise Overtaken(table.name, f"found version {found}, expected {table.expected}")


def append(table: Table, rows: pa.Table, note: str, partition: str | None = None) -> None:
    """Add rows in one commit, and make the table where there is none; columns it lacks come to it."""
    options = table.storage_options
    opened = open_anew(table)
    check_version(table, None if opened is None else opened.version())
    with committing(table.fence, table.name), _next_version(table.name):
        write_deltalake(
            table.path if opened is None else opened,
            rows,
            mode="append" if opened is not None else "error",
            schema_mode="merge" if opened is not None else None,
            partition_by=[partition] if partition else None,
            configuration=_OFTEN if opened is None else None,
            storage_options=options,
            commit_properties=noted(note, table.fence),
        )
    confirm(table, note)


def replace(table: Table, rows: pa.Table, where: str, note: str, point: str | None = None) -> None:
    """Replace the rows that `where` names in one commit; `point`: what a test that stops commits calls it."""
    opened = _to_write(table)
    with committing(table.fence, point or table.name), _next_version(table.name):
        write_deltalake(
            opened,
            rows,
            mode="overwrite",
            predicate=where,
            schema_mode="merge",
            commit_properties=noted(note, table.fence),
        )
    confirm(table, note)


def reshape(table: Table, rows: pa.Table, note: str) -> None:
    """Replace all rows by these, with the columns that have come to the table."""
    opened = _to_write(table)
    with committing(table.fence, table.name), _next_version(table.name):
        properties = noted(note, table.fence)
        write_deltalake(opened, rows, mode="overwrite", schema_mode="overwrite", commit_properties=properties)
    confirm(table, note)


def merge(
    table: Table,
    changes: pa.Table,
    key: Sequence[str],
    note: str,
    *,
    within: str | None = None,
    unless_equal: str | None = None,
) -> None:
    """Insert, update or delete rows by their key in one commit, without a Spark job.

    `changes`: the table's columns and `_op` (write, remove). `within`: a condition with literals on the table (alias
    t) that is true of every row concerned, so that files of others are not opened. `unless_equal`: a column; rows that
    do not differ in it are left as they are.
    """
    opened = _to_write(table)
    before = opened.version()
    if not changes.num_rows:
        return advance(table, note)
    columns = {f'"{name}"': f's."{name}"' for name in changes.column_names if name != OP}
    on = " AND ".join(f't."{name}" = s."{name}"' for name in key)
    on = f"{on} AND {within}" if within else on
    differs = f't."{unless_equal}" <> s."{unless_equal}"' if unless_equal else None
    with committing(table.fence, table.name), _next_version(table.name):
        merging = opened.merge(
            changes, on, source_alias="s", target_alias="t", commit_properties=noted(note, table.fence)
        )
        merging = merging.when_matched_delete(f"s.{OP} = '{REMOVE}'").when_matched_update(columns, differs)
        merging.when_not_matched_insert(columns, f"s.{OP} = '{WRITE}'").execute()
    # Where all of it is as it was, delta-rs commits nothing, and the note would be lost.
    return advance(table, note) if opened.version() == before else confirm(table, note)


def _to_write(table: Table) -> DeltaTable:
    opened = open_anew(table)
    if opened is None:
        raise LakeError(f"{table.name}: no table at {table.path}; expected one to write into")
    check_version(table, opened.version())
    return opened


def noted(note: str, fence: Fence | None = None) -> CommitProperties:
    """What makes a commit one of ours. With a fence it becomes the next version or none: others do not come between."""
    retries = None if fence is None else 0
    return CommitProperties(custom_metadata={"userMetadata": stamped(fence, note)}, max_commit_retries=retries)


@contextmanager
def _next_version(table: str) -> Iterator[None]:
    try:
        yield
    except CommitFailedError as error:
        raise Overtaken(table, str(error)) from None
