"""What Delta's transaction logs say, read and written without a Spark job.

Each commit of ours carries a JSON text in its `userMetadata`: the run, and what the table has taken in from each of
its inputs (`sources`: table -> version). So progress and data are one commit and cannot part.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from spark_app.lake import checksums
from spark_app.lake.paths import Table
from spark_app.lake.s3 import is_s3
from spark_app.runtime.errors import LakeError, SettingsError

# In the note of a table that holds hashes: the fingerprint of the salt they were made with.
SALT = "salt"
# In the note of a table whose days or amounts depend on it: what gold counts in (runtime.reporting).
REPORTING = "reporting"
# In the notes of gold.landed_days: the last day of drops that a night was about.
COMPLETE_TO = "complete_to"
# In the note of a commit that derived the whole table from its inputs, whatever it was before.
FULL_REBUILD = "whole"
# Of an empty one: what was wrong with the commits before it was looked at, and made good.
MENDED = "mended"
LOOKED_AT = 20  # of a table's newest commits, where it is looked whether they are as they were left
_ORPHAN = "CRC file version"  # what delta-rs says where Spark's checksum of a commit is there, and the commit is not


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


def unchanged_note(run_id: str, commit: Commit | None, **more: object) -> str:
    """The note of a commit that changes no row: what the table has taken in stays, and what it was made with."""
    made_with = {name: commit.note[name] for name in (SALT, REPORTING, COMPLETE_TO) if commit and name in commit.note}
    return note_text(run_id, commit.sources if commit else {}, packed=True, **made_with, **more)


def open_table(table: Table, version: int | None = None) -> DeltaTable | None:
    """The table's log to read from, or None where there is no table; opened once a thread as long as it is the same."""
    logs = table.lake.opened.logs
    known: DeltaTable | None = logs.get((table.name, version))
    if known is not None and (known.version() == version or (version is None and _is_newest(table, known.version()))):
        return known
    found = open_anew(table, version)
    if found is not None:
        logs[table.name, version] = found
    return found


def open_anew(table: Table, version: int | None = None) -> DeltaTable | None:
    """The table's log for who writes or moves it, or None where there is no table."""
    try:
        return _opened(table, version)
    except TableNotFoundError:
        return None


def _is_newest(table: Table, version: int) -> bool:
    """Whether nobody has committed since. In an object store asking costs as much as opening the log anew."""
    if is_s3(table.path):
        return False
    commits = Path(table.path) / "_delta_log"
    return (commits / f"{version:020}.json").exists() and not (commits / f"{version + 1:020}.json").exists()


def _opened(table: Table, version: int | None) -> DeltaTable:
    try:
        return DeltaTable(table.path, version=version, storage_options=table.storage_options)
    except DeltaError as error:
        if _ORPHAN not in str(error):
            raise
    if table.fence is None:
        raise LakeError(
            f"{table.name}: the last commit of its log at {table.path} is gone",
            hint="the next run mends it: lakehouse run",
        )
    checksums.forget(table)
    return DeltaTable(table.path, version=version, storage_options=table.storage_options)


def version_of(table: Table) -> int | None:
    """The table's newest version, None where there is no table."""
    opened = open_table(table)
    return None if opened is None else opened.version()


def last_commit(table: Table) -> Commit | None:
    """The newest commit that carries our note; a table we have only created has none."""
    opened = open_table(table)
    return None if opened is None else next(_noted(opened), None)


def data_version(table: Table) -> int | None:
    """The newest version that is not mere packing of files: what was released or taken in stays so after it."""
    opened = open_table(table)
    if opened is None:
        return None
    return next((commit.version for commit in _noted(opened) if not commit.note.get("packed")), opened.version())


def _noted(opened: DeltaTable) -> Iterator[Commit]:
    """Commits with our note, newest first, some perhaps twice: all of the log is read only where need be."""
    for limit in (1, 20, None):
        for entry in opened.history(limit):
            if note := note_of(entry):
                yield Commit(entry["version"], note)


def commit_at(table: Table, version: int) -> Commit:
    """The newest commit with our note at or before `version`; one without sources where there is none."""
    place = ("commit", table.name, version)
    if place in table.lake.seen:
        return cast(Commit, table.lake.seen[place])
    opened = open_table(table)
    found = None if opened is None else _commit_at(opened, version)
    if found is not None and opened is not None and opened.version() >= version:
        table.lake.seen[place] = found
    return found or Commit(version)


def _commit_at(opened: DeltaTable, version: int) -> Commit | None:
    # Nearly always among the newest few: the whole log is read only where it is not.
    for limit in (opened.version() - version + 20, None):
        for entry in opened.history(limit):
            if entry["version"] <= version and note_of(entry):
                return Commit(entry["version"], note_of(entry))
    return None


def written_at(table: Table, version: int) -> datetime:
    """When a version was committed; now, where its commit is not in the log any more."""
    opened = open_table(table)
    for entry in opened.history() if opened else ():
        if entry["version"] == version:
            return datetime.fromtimestamp(entry["timestamp"] / 1000, UTC)
    return datetime.now(UTC)


def commits_after(table: Table, version: int) -> list[Commit]:
    """Our commits newer than `version`, oldest first."""
    opened = open_table(table)
    if opened is None or opened.version() <= version:
        return []
    entries = opened.history(opened.version() - version)
    found = [Commit(entry["version"], note_of(entry)) for entry in entries if entry["version"] > version]
    return sorted((commit for commit in found if commit.note), key=lambda commit: commit.version)


def rows_written(table: Table, after: int | None) -> int:
    """Rows that the commits newer than `after` (None: all of them) added or changed, as they count them themselves.

    What a merge copies, because it lies in a file with what it changes, and what is deleted is not written.
    """
    opened = open_table(table)
    newer = 0 if opened is None else opened.version() - (-1 if after is None else after)
    return (
        sum(_written(entry.get("operationMetrics") or {}) for entry in opened.history(newer)) if opened and newer else 0
    )


def _written(metrics: Mapping[str, Any]) -> int:
    if "numTargetRowsInserted" in metrics:
        return int(metrics["numTargetRowsInserted"]) + int(metrics["numTargetRowsUpdated"])
    if "num_target_rows_inserted" in metrics:  # as delta-rs calls them
        return int(metrics["num_target_rows_inserted"]) + int(metrics["num_target_rows_updated"])
    return (
        int(metrics.get("numOutputRows", 0))
        - int(metrics.get("numCopiedRows", 0))
        + int(metrics.get("num_added_rows", 0))
    )


def derived_anew(table: Table, after: int, upto: int | None = None) -> int | None:
    """The last version newer than `after` (and up to `upto`) that derived the whole table; None where none did."""
    found = [commit.version for commit in commits_after(table, after) if commit.note.get(FULL_REBUILD)]
    return max((version for version in found if upto is None or version <= upto), default=None)


def own_commit(table: Table) -> Commit | None:
    """As `last_commit`, before what the table holds is replaced.

    Raises SettingsError where there are rows and no commit of ours: the table is somebody else's.
    """
    commit = last_commit(table)
    if commit is None and (found := row_count(table)):
        raise SettingsError(
            f"{table.name}: found a table of {found} rows at {table.path} that no run has written, expected none or "
            "one of this lake's: it would be replaced",
            hint="set lake to a folder of its own",
        )
    return commit


# Operations of others' commits that change no row.
_HOUSEKEEPING = ("OPTIMIZE", "VACUUM", "CREATE", "SET", "UNSET", "UPGRADE", "ADD", "COMPUTE", "FSCK", "CHANGE")


def foreign_writes(table: Table, after: int) -> list[int]:
    """Versions newer than `after` in which somebody else wrote, deleted or restored rows."""
    opened = open_table(table)
    if opened is None or opened.version() <= after:
        return []
    return [
        entry["version"]
        for entry in opened.history(opened.version() - after)
        if entry["version"] > after
        and not note_of(entry)
        and not str(entry.get("operation", "")).upper().startswith(_HOUSEKEEPING)
    ]


def row_count(table: Table, version: int | None = None) -> int:
    """Rows of a version, from the log's statistics (no data is read)."""
    opened = open_table(table, version)
    if opened is None:
        return 0
    counts = pa.table(opened.get_add_actions(flatten=True)).column("num_records").to_pylist()
    return sum(int(count) for count in counts)


def note_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What our commit said of itself, of an entry of the log's history; empty for others' commits."""
    try:
        note = json.loads(entry.get("userMetadata") or "{}")
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}
