"""DuckDB as the warehouse: one file, schemas `analytics` (the tables) and `etl` (the releases loaded)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from spark_app.contracts.ddl import definition_hash, duckdb_ddl, view_ddl
from spark_app.contracts.table import Contract
from spark_app.contracts.view import View, with_all_tables
from spark_app.lake import contents, log
from spark_app.lake.feed import last_changes
from spark_app.lake.fence import check
from spark_app.lake.paths import Lake, Table
from spark_app.lake.releases import Release
from spark_app.runtime import duck
from spark_app.runtime.errors import LakehouseError, WarehouseError
from spark_app.runtime.failpoints import commit_point
from spark_app.warehouse.base import Loaded, NotOurs, is_release_of_lake, refuse_late

_LEDGER = (
    "CREATE TABLE IF NOT EXISTS etl.releases (release_id BIGINT NOT NULL, run_id VARCHAR, kind VARCHAR, "
    "tables VARCHAR NOT NULL, released_at TIMESTAMP, loaded_at TIMESTAMP NOT NULL, epoch BIGINT)"
)
_EPOCHS = "ALTER TABLE etl.releases ADD COLUMN IF NOT EXISTS epoch BIGINT"  # one of before there were any
_DEFINITIONS = "CREATE TABLE IF NOT EXISTS etl.definitions (name VARCHAR NOT NULL, word VARCHAR NOT NULL)"


@dataclass(frozen=True)
class _LoadedRelease:
    """The release the file has: its number, the run that made it, and the tables' versions."""

    release_id: int
    run_id: str | None
    tables: Mapping[str, int]


@dataclass(frozen=True)
class DuckDBWarehouse:
    """A DuckDB file. Readers in other processes open it read-only, and see a release or the one before."""

    path: Path
    views: Sequence[View] = field(repr=False, default=())

    def loaded_release(self) -> int | None:
        if not self.path.is_file():
            return None
        with self._connection() as connection:
            known = _loaded_release(connection)
            return known.release_id if known else None

    def load(self, release: Release, lake: Lake, contracts: Mapping[str, Contract]) -> Sequence[Loaded]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as connection:
            connection.execute("BEGIN")
            known = _loaded_release(connection)
            _refuse_another_lake(self.path, known, release, lake)
            for schema in ("etl", "analytics"):
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            connection.execute(_LEDGER)
            connection.execute(_EPOCHS)
            latest = connection.execute("SELECT max(epoch) FROM etl.releases").fetchone()
            refuse_late(str(self.path), latest[0] if latest else None, lake)
            connection.execute(_DEFINITIONS)
            _refuse_others(connection, self.path, known, release, self.views)
            if known is not None and known.release_id >= release.release_id:
                connection.execute("ROLLBACK")
                return []
            had = known.tables if known else {}
            loaded = [
                _load_table(connection, lake.table(name), contracts[name], had.get(name), version)
                for name, version in release.tables.items()
            ]
            _make_views(connection, with_all_tables(self.views, [contracts[name].name for name in release.tables]))
            _enter(connection, release, lake)
            check(lake.fence, ask=True)
            with commit_point("warehouse"):
                connection.execute("COMMIT")
            return loaded

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            connection = duck.connect(str(self.path))
        except duckdb.Error as error:
            raise WarehouseError(
                f"warehouse {self.path}: cannot be opened: {error}",
                hint="another process may have it open for writing; close it, then: lakehouse run --layers publish",
            ) from None
        try:
            yield connection
        except duckdb.Error as error:
            raise WarehouseError(
                f"warehouse {self.path}: {error}",
                hint="nothing of the release is visible there; run again: lakehouse run --layers publish",
            ) from error
        finally:
            connection.close()


def _loaded_release(connection: duckdb.DuckDBPyConnection) -> _LoadedRelease | None:
    known = connection.execute(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = 'etl' AND table_name = 'releases'"
    ).fetchone()
    if not known:
        return None
    row = connection.execute(
        "SELECT release_id, run_id, tables FROM etl.releases ORDER BY release_id DESC LIMIT 1"
    ).fetchone()
    return None if row is None else _LoadedRelease(int(row[0]), row[1], json.loads(row[2]))


def _refuse_another_lake(path: Path, known: _LoadedRelease | None, release: Release, lake: Lake) -> None:
    """Its versions would mean other rows."""
    if known is not None and not is_release_of_lake(lake, release, known.release_id, known.run_id):
        raise NotOurs(
            f"warehouse {path}: found release {known.release_id} of run {known.run_id}, expected a release of the lake "
            f"{lake.root}, which has none such; nothing was loaded",
            hint="two lakes cannot share a warehouse: set warehouse_path to another file. If the lake was made anew: "
            "delete the file, then: lakehouse run --layers publish",
        )


def _refuse_others(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    known: _LoadedRelease | None,
    release: Release,
    views: Sequence[View],
) -> None:
    """Tables and views of anybody's own are never replaced."""
    names = {name.partition(".")[2] for name in release.tables} | {view.name for view in views}
    found = connection.execute(
        "SELECT table_schema || '.' || table_name, table_name FROM information_schema.tables "
        "WHERE table_schema IN ('analytics', 'main') AND list_contains(?, table_name) ORDER BY 1",
        [sorted(names)],
    ).fetchall()
    ours = _ours(connection) if known else set()
    filled = [full for full, name in found if name not in ours and _has_rows(connection, full)]
    if filled:
        raise NotOurs(
            f"warehouse {path}: found {filled[0]} with rows that no release brought, expected a file of its own, for "
            "its tables are replaced; nothing was loaded",
            hint="set warehouse_path to another file, or move that table away",
        )


def _ours(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Names of the tables and views that releases have brought."""
    rows = connection.execute("SELECT tables FROM etl.releases").fetchall()
    tables = {name.partition(".")[2] for (text,) in rows for name in json.loads(text)}
    return tables | {name for (name,) in connection.execute("SELECT name FROM etl.definitions").fetchall()}


def _has_rows(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    schema, _, table = name.partition(".")
    return connection.execute(f'SELECT 1 FROM {schema}."{table}" LIMIT 1').fetchone() is not None


def _load_table(
    connection: duckdb.DuckDBPyConnection, table: Table, contract: Contract, from_version: int | None, version: int
) -> Loaded:
    name = f'analytics."{contract.name}"'
    fits = _fits(connection, contract)
    if fits and from_version == version:
        return Loaded(contract.name, "nothing", 0)
    with tempfile.TemporaryDirectory(prefix="lakehouse-") as folder:
        changed = None
        # A version before one that derived the table anew may not be what was loaded then.
        if (
            fits
            and from_version is not None
            and from_version < version
            and log.derived_anew(table, from_version, version) is None
        ):
            changed = _changed(table, contract, from_version, version, Path(folder))
        if changed is not None:
            done = Loaded(contract.name, "changes", _apply_changes(connection, contract, changed))
        else:
            done = Loaded(contract.name, "full", _replace(connection, table, contract, version))
    expected = log.row_count(table, version)
    found = _count(connection, name)
    if found != expected:
        raise LakehouseError(
            f"warehouse {name}: {found} rows after loading, expected {expected} as in version "
            f"{version} of {contract.qualified}; nothing was committed",
            hint="load it whole: lakehouse releases rollback to this release, or delete the DuckDB file and publish",
        )
    return done


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {name}").fetchone()
    return int(row[0]) if row else 0


def _fits(connection: duckdb.DuckDBPyConnection, contract: Contract) -> bool:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'analytics' AND table_name = ? "
        "ORDER BY ordinal_position",
        [contract.name],
    ).fetchall()
    return tuple(row[0] for row in rows) == contract.column_names


def _replace(connection: duckdb.DuckDBPyConnection, table: Table, contract: Contract, version: int) -> int:
    # A view of the plain name, so that a newcomer's `FROM daily_sales` finds it.
    connection.execute(f'DROP VIEW IF EXISTS main."{contract.name}"')
    connection.execute(f'DROP TABLE IF EXISTS analytics."{contract.name}"')
    for statement in duckdb_ddl(contract, "analytics"):
        connection.execute(statement)
    connection.execute(f'CREATE VIEW main."{contract.name}" AS SELECT * FROM analytics."{contract.name}"')
    duck.offer(connection, "incoming", contents.rows_as(contents.dataset(table, version), contract.columns))
    return _insert(connection, contract, "incoming")


def _changed(table: Table, contract: Contract, from_version: int, version: int, folder: Path) -> Path | None:
    """The rows of keys that changed since, as a file in the folder; None where the change feed does not reach back.

    Gathered apart from the warehouse: an error in reading would end its transaction.
    """
    opened = log.open_table(table, version)
    assert opened is not None  # the release names this version
    path = folder / "changed.parquet"
    try:
        feed = opened.load_cdf(starting_version=from_version + 1, ending_version=version)
        with duck.in_memory() as scratch:
            scratch.register("feed", pa.RecordBatchReader.from_stream(feed))
            scratch.execute(f"COPY ({last_changes('feed', contract.key)}) TO '{path}' (FORMAT PARQUET)")
    # Whatever the log reader finds missing: the table is then read as it is, and what is really broken shows there.
    except Exception:
        return None
    return path


def _apply_changes(connection: duckdb.DuckDBPyConnection, contract: Contract, changed: Path) -> int:
    """Delete and insert just the keys that changed."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE changed AS SELECT * FROM '{changed}'")
    same = " AND ".join(f'old."{name}" = changed."{name}"' for name in contract.key)
    connection.execute(f'DELETE FROM analytics."{contract.name}" AS old USING changed WHERE {same}')
    return _insert(connection, contract, "(SELECT * FROM changed WHERE came)")


def _insert(connection: duckdb.DuckDBPyConnection, contract: Contract, rows: str) -> int:
    names = ", ".join(f'"{name}"' for name in contract.column_names)
    order = ", ".join(f'"{name}"' for name in contract.serving.sort_key or contract.key)
    done = connection.execute(
        f'INSERT INTO analytics."{contract.name}" ({names}) SELECT {names} FROM {rows} ORDER BY {order}'
    ).fetchone()
    return int(done[0]) if done else 0


def _make_views(connection: duckdb.DuckDBPyConnection, views: Sequence[View]) -> None:
    """The views named for people, where they are not yet as defined; a plain name for each as for tables."""
    known = dict(connection.execute("SELECT name, word FROM etl.definitions").fetchall())
    there = {
        row[0]
        for row in connection.execute("SELECT view_name FROM duckdb_views() WHERE schema_name = 'analytics'").fetchall()
    }
    remade: set[str] = set()
    for view in views:
        statements = view_ddl(view)
        hashed = definition_hash(statements)
        below = view.over and view.over[0] in remade
        if view.name in there and known.get(view.name) == hashed and not below:
            continue
        remade.add(view.name)
        for statement in statements:
            connection.execute(statement)
        connection.execute(f'CREATE OR REPLACE VIEW main."{view.name}" AS SELECT * FROM analytics."{view.name}"')
        connection.execute("DELETE FROM etl.definitions WHERE name = ?", [view.name])
        connection.execute("INSERT INTO etl.definitions VALUES (?, ?)", [view.name, hashed])


def _enter(connection: duckdb.DuckDBPyConnection, release: Release, lake: Lake) -> None:
    connection.execute(
        "INSERT INTO etl.releases (release_id, run_id, kind, tables, released_at, loaded_at, epoch) "
        "VALUES (?, ?, ?, ?, ?, now()::TIMESTAMP, ?)",
        [
            release.release_id,
            release.run_id,
            release.kind,
            json.dumps(dict(release.tables)),
            release.released_at,
            lake.fence.epoch if lake.fence else None,
        ],
    )
