"""What Delta's transaction logs say, read and written without a Spark job.

Each commit of ours carries a JSON text in its `userMetadata`: the run, and what the table has taken in from each of
its inputs (`sources`: table -> version). So progress and data are one commit and cannot part.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, Schema, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from pyarrow.dataset import Dataset

from spark_app.contracts.table import Column, Type
from spark_app.lake import checksums
from spark_app.lake.fence import Fence, committing, stamped
from spark_app.lake.paths import Lake
from spark_app.runtime.errors import LakeError, SettingsError

_ARROW: dict[str, pa.DataType] = {
    "string": pa.string(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


_GONE = "_gone"
_ORPHAN = "CRC file version"  # what delta-rs says where Spark's checksum of a commit is there, and the commit is not


class Overtaken(LakeError):
    """Somebody else committed to a table while this run was about to."""

    retry = True

    def __init__(self, table: str, said: str) -> None:
        super().__init__(
            f"{table}: another has committed to it since this run looked at it ({said}); nothing was committed",
            hint="run again when nothing else writes this lake: lakehouse status says who does",
        )


@dataclass(frozen=True)
class Commit:
    """One version of a table; `note` is what our commit said of itself, empty for others' commits."""

    version: int
    note: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sources(self) -> dict[str, int]:
        return dict(self.note.get("sources", {}))


def note_text(run_id: str, sources: Mapping[str, int], **more: object) -> str:
    """The `userMetadata` of a commit that has taken in its inputs up to these versions."""
    return json.dumps({"run_id": run_id, "sources": dict(sources), **more}, sort_keys=True)


def open_table(lake: Lake, table: str, version: int | None = None) -> DeltaTable | None:
    """The table's log, or None where there is no table."""
    try:
        return _opened(lake, table, version)
    except TableNotFoundError:
        return None


def _opened(lake: Lake, table: str, version: int | None) -> DeltaTable:
    try:
        return DeltaTable(lake.path(table), version=version, storage_options=lake.storage_options)
    except DeltaError as error:
        if _ORPHAN not in str(error):
            raise
    if lake.fence is None:
        raise LakeError(
            f"{table}: the last commit of its log at {lake.path(table)} is gone",
            hint="the next run mends it: lakehouse run",
        )
    checksums.forget(lake, table)
    return DeltaTable(lake.path(table), version=version, storage_options=lake.storage_options)


def version_of(lake: Lake, table: str) -> int | None:
    """The table's newest version, None where there is no table."""
    opened = open_table(lake, table)
    return None if opened is None else opened.version()


def last_commit(lake: Lake, table: str) -> Commit | None:
    """The newest commit that carries our note; a table we have only created has none."""
    opened = open_table(lake, table)
    return None if opened is None else next(_noted(opened), None)


def data_version(lake: Lake, table: str) -> int | None:
    """The newest version that is not mere packing of files: what was released or taken in stays so after it."""
    opened = open_table(lake, table)
    if opened is None:
        return None
    return next((commit.version for commit in _noted(opened) if not commit.note.get("packed")), opened.version())


def _noted(opened: DeltaTable) -> Iterator[Commit]:
    """Commits with our note, newest first, some perhaps twice: all of the log is read only where need be."""
    for limit in (1, 20, None):
        for entry in opened.history(limit):
            if note := _note(entry):
                yield Commit(entry["version"], note)


def commit_at(lake: Lake, table: str, version: int) -> Commit:
    """The newest commit with our note at or before `version`; one without sources where there is none."""
    opened = open_table(lake, table)
    # Nearly always among the newest few: the whole log is read only where it is not.
    for limit in (opened.version() - version + 20, None) if opened else ():
        for entry in opened.history(limit) if opened else ():
            if entry["version"] <= version and _note(entry):
                return Commit(entry["version"], _note(entry))
    return Commit(version)


def written_at(lake: Lake, table: str, version: int) -> datetime:
    """When a version was committed; now, where its commit is not in the log any more."""
    opened = open_table(lake, table)
    for entry in opened.history() if opened else ():
        if entry["version"] == version:
            return datetime.fromtimestamp(entry["timestamp"] / 1000, UTC)
    return datetime.now(UTC)


def commits_after(lake: Lake, table: str, version: int) -> list[Commit]:
    """Our commits newer than `version`, oldest first."""
    opened = open_table(lake, table)
    if opened is None or opened.version() <= version:
        return []
    entries = opened.history(opened.version() - version)
    found = [Commit(entry["version"], _note(entry)) for entry in entries if entry["version"] > version]
    return sorted((commit for commit in found if commit.note), key=lambda commit: commit.version)


def rows_written(lake: Lake, table: str, after: int | None) -> int:
    """Rows that the commits newer than `after` (None: all of them) added or changed, as they count them themselves.

    What a merge copies, because it lies in a file with what it changes, and what is deleted is not written.
    """
    opened = open_table(lake, table)
    newer = 0 if opened is None else opened.version() - (-1 if after is None else after)
    return (
        sum(_written(entry.get("operationMetrics") or {}) for entry in opened.history(newer)) if opened and newer else 0
    )


def _written(metrics: Mapping[str, Any]) -> int:
    if "numTargetRowsInserted" in metrics:
        return int(metrics["numTargetRowsInserted"]) + int(metrics["numTargetRowsUpdated"])
    return (
        int(metrics.get("numOutputRows", 0))
        - int(metrics.get("numCopiedRows", 0))
        + int(metrics.get("num_added_rows", 0))
    )


def own_commit(lake: Lake, table: str) -> Commit | None:
    """As `last_commit`, before what the table holds is replaced.

    Raises SettingsError where there are rows and no commit of ours: the table is somebody else's.
    """
    commit = last_commit(lake, table)
    if commit is None and (found := row_count(lake, table)):
        raise SettingsError(
            f"{table}: found a table of {found} rows at {lake.path(table)} that no run has written, expected none or "
            "one of this lake's: it would be replaced",
            hint="set lake to a folder of its own",
        )
    return commit


# In the note of a table that holds hashes: the fingerprint of the salt they were made with.
SALT = "salt"
# In the note of a commit that derived the whole table from its inputs, whatever it was before.
WHOLE = "whole"
# Of an empty one: what was wrong with the commits before it was looked at, and made good.
MENDED = "mended"

# Operations of others' commits that change no row.
_HOUSEKEEPING = ("OPTIMIZE", "VACUUM", "CREATE", "SET", "UNSET", "UPGRADE", "ADD", "COMPUTE", "FSCK", "CHANGE")


def foreign_writes(lake: Lake, table: str, after: int) -> list[int]:
    """Versions newer than `after` in which somebody else wrote, deleted or restored rows."""
    opened = open_table(lake, table)
    if opened is None or opened.version() <= after:
        return []
    return [
        entry["version"]
        for entry in opened.history(opened.version() - after)
        if entry["version"] > after
        and not _note(entry)
        and not str(entry.get("operation", "")).upper().startswith(_HOUSEKEEPING)
    ]


def create(
    lake: Lake,
    table: str,
    columns: Sequence[Column],
    *,
    partition: str | None = None,
    change_feed: bool = False,
) -> None:
    """Make an empty table where there is none."""
    if open_table(lake, table) is not None:
        return
    DeltaTable.create(
        lake.path(table),
        schema=pa.schema([pa.field(column.name, arrow_type(column.type)) for column in columns]),
        mode="ignore",
        partition_by=[partition] if partition else None,
        configuration={
            "delta.enableChangeDataFeed": str(change_feed).lower(),
            # Releases name versions; their commits must not be cleaned up under them.
            "delta.logRetentionDuration": "interval 3650 days",
        },
        storage_options=lake.storage_options,
    )


def create_empty(lake: Lake, table: str, schema: pa.Schema) -> None:
    """Make an empty table of these columns where there is none."""
    if open_table(lake, table) is None:
        DeltaTable.create(lake.path(table), schema=schema, mode="ignore", storage_options=lake.storage_options)


def append_next(opened: DeltaTable, table: str, rows: pa.Table, fence: Fence | None) -> None:
    """Append rows in the version after the one that was opened; Overtaken where there is such a one by now."""
    properties = CommitProperties(custom_metadata={"userMetadata": stamped(fence, "{}")}, max_commit_retries=0)
    with _next_version(table):
        write_deltalake(opened, rows, mode="append", schema_mode="merge", commit_properties=properties)


def advance(lake: Lake, table: str, note: str) -> None:
    """A commit that changes no row: the table has looked at newer inputs and they changed nothing."""
    opened = open_table(lake, table)
    if opened is None:
        raise LakeError(f"{table}: no table at {lake.path(table)}; expected one to note progress in")
    empty = pa.Table.from_batches([], schema=pa.schema(opened.schema().to_arrow()))
    with committing(lake.fence, table), _next_version(table):
        write_deltalake(opened, empty, mode="append", commit_properties=noted(note, lake.fence))
    confirm(lake, table, note)


def confirm(lake: Lake, table: str, note: str) -> None:
    """That a commit is there as we made it, and remember it; Overtaken where another stands in its place."""
    if lake.fence is None:
        return None
    ours, opened = json.loads(stamped(lake.fence, note)), open_table(lake, table)
    for entry in opened.history(5) if opened else ():
        if _note(entry) == ours:
            return lake.fence.committed(table, int(entry["version"]))
    raise Overtaken(table, "this run's own commit is not there")


def unlike(opened: DeltaTable, columns: Sequence[Column]) -> tuple[list[str], list[str]]:
    """Of `columns`, the names of those that the table lacks, and of those that it has in another type."""
    has = {field.name: field.type for field in opened.schema().fields}
    wanted = Schema.from_arrow(pa.schema([pa.field(column.name, arrow_type(column.type)) for column in columns]))
    lacking = [field.name for field in wanted.fields if field.name not in has]
    return lacking, [field.name for field in wanted.fields if field.name in has and has[field.name] != field.type]


def rows_as(opened: DeltaTable, columns: Sequence[Column]) -> Dataset:
    """A version's rows for DuckDB, with every one of `columns`: one that came to the contract later is empty."""
    rows = opened.to_pyarrow_dataset()
    later = [pa.field(c.name, arrow_type(c.type)) for c in columns if c.name not in rows.schema.names]
    return rows.replace_schema(pa.schema([*rows.schema, *later])) if later else rows


def merge(lake: Lake, table: str, rows: pa.Table, gone: Sequence[object], key: str, note: str) -> None:
    """Insert or update rows by their key and delete those of the keys `gone`, in one commit, without a Spark job."""
    opened = open_table(lake, table)
    if opened is None:
        raise LakeError(f"{table}: no table at {lake.path(table)}; expected one to merge into")
    if not rows.num_rows and not gone:
        return advance(lake, table, note)
    marked = pa.table({name: rows.column(name) for name in rows.column_names} | {_GONE: [False] * rows.num_rows})
    keys = pa.Table.from_pylist([{key: value, _GONE: True} for value in gone], schema=marked.schema)
    source = pa.concat_tables([marked, keys])
    columns = {f'"{name}"': f's."{name}"' for name in rows.column_names}
    properties = noted(note, lake.fence)
    with committing(lake.fence, table), _next_version(table):
        merging = opened.merge(
            source, f't."{key}" = s."{key}"', source_alias="s", target_alias="t", commit_properties=properties
        )
        merging = merging.when_matched_delete(f's."{_GONE}"').when_matched_update(columns)
        merging.when_not_matched_insert(columns, f'NOT s."{_GONE}"').execute()
    return confirm(lake, table, note)


def row_count(lake: Lake, table: str, version: int | None = None) -> int:
    """Rows of a version, from the log's statistics (no data is read)."""
    opened = open_table(lake, table, version)
    if opened is None:
        return 0
    counts = pa.table(opened.get_add_actions(flatten=True)).column("num_records").to_pylist()
    return sum(int(count) for count in counts)


def greatest(lake: Lake, table: str, version: int, column: str) -> Any:
    """The greatest value of a column in a version, by the log's statistics of its files; None where no row has one.

    Files without such statistics (by a writer that keeps none, or a column far behind) are read.
    """
    opened = open_table(lake, table, version)
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


def arrow_type(kind: Type) -> pa.DataType:
    """A contract's type as Arrow's."""
    return pa.decimal128(kind.precision, kind.scale) if kind.name == "decimal" else _ARROW[kind.name]


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


def _note(entry: Mapping[str, Any]) -> dict[str, Any]:
    try:
        note = json.loads(entry.get("userMetadata") or "{}")
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}
