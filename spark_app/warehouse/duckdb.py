"""DuckDB as the warehouse: one file, schemas `analytics` (the tables) and `etl` (the releases loaded)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from spark_app.contracts.ddl import duckdb_ddl, fingerprint, view_ddl
from spark_app.contracts.table import Contract
from spark_app.contracts.views import View, complete
from spark_app.lake import log
from spark_app.lake.feed import last_changes
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.runtime import duck
from spark_app.runtime.errors import LakehouseError, WarehouseError
from spark_app.runtime.failpoints import commit_point
from spark_app.warehouse.base import Loaded

_LEDGER = (
    "CREATE TABLE IF NOT EXISTS etl.releases (release_id BIGINT NOT NULL, run_id VARCHAR, kind VARCHAR, "
    "tables VARCHAR NOT NULL, released_at TIMESTAMP, loaded_at TIMESTAMP NOT NULL)"
)


@dataclass(frozen=True)
class DuckDBWarehouse:
    """A DuckDB file. Readers in other processes open it read-only, and see a release or the one before."""

    path: Path
    views: Sequence[View] = field(repr=False, default=())

    def held(self) -> int | None:
        if not self.path.is_file():
            return None
        with self._connection() as connection:
            return _held(connection)[0]

    def load(self, release: Release, lake: Lake, contracts: Mapping[str, Contract]) -> Sequence[Loaded]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as connection:
            connection.execute("BEGIN")
            for schema in ("etl", "analytics"):
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            connection.execute(_LEDGER)
            held, versions = _held(connection)
            if held == release.release_id:
                connection.execute("ROLLBACK")
                return []
            loaded = [
                _load_table(connection, lake, contracts[name], versions.get(name), version)
                for name, version in release.tables.items()
            ]
            _make_views(connection, complete(self.views, [contracts[name].name for name in release.tables]))
            _enter(connection, release)
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


def _held(connection: duckdb.DuckDBPyConnection) -> tuple[int | None, dict[str, int]]:
    known = connection.execute(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = 'etl' AND table_name = 'releases'"
    ).fetchone()
    if not known:
        return None, {}
    row = connection.execute("SELECT release_id, tables FROM etl.releases ORDER BY release_id DESC LIMIT 1").fetchone()
    return (None, {}) if row is None else (int(row[0]), json.loads(row[1]))


def _load_table(
    connection: duckdb.DuckDBPyConnection, lake: Lake, contract: Contract, held: int | None, version: int
) -> Loaded:
    name = f'analytics."{contract.name}"'
    fits = _fits(connection, contract)
    if fits and held == version:
        return Loaded(contract.name, "nothing", 0)
    if fits and held is not None and held < version:
        done = Loaded(contract.name, "changes", _apply_changes(connection, lake, contract, held, version))
    else:
        done = Loaded(contract.name, "full", _replace(connection, lake, contract, version))
    found = connection.execute(f"SELECT count(*) FROM {name}").fetchone()
    expected = log.row_count(lake, contract.qualified, version)
    if not found or found[0] != expected:
        raise LakehouseError(
            f"warehouse {name}: {found[0] if found else 0} rows after loading, expected {expected} as in version "
            f"{version} of {contract.qualified}; nothing was committed",
            hint="load it whole: lakehouse releases rollback to this release, or delete the DuckDB file and publish",
        )
    return done


def _fits(connection: duckdb.DuckDBPyConnection, contract: Contract) -> bool:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'analytics' AND table_name = ? "
        "ORDER BY ordinal_position",
        [contract.name],
    ).fetchall()
    return tuple(row[0] for row in rows) == contract.column_names


def _replace(connection: duckdb.DuckDBPyConnection, lake: Lake, contract: Contract, version: int) -> int:
    # A view of the plain name, so that a newcomer's `FROM daily_sales` finds it.
    connection.execute(f'DROP VIEW IF EXISTS main."{contract.name}"')
    connection.execute(f'DROP TABLE IF EXISTS analytics."{contract.name}"')
    for statement in duckdb_ddl(contract, "analytics"):
        connection.execute(statement)
    connection.execute(f'CREATE VIEW main."{contract.name}" AS SELECT * FROM analytics."{contract.name}"')
    table = log.open_table(lake, contract.qualified, version)
    assert table is not None  # the release names this version
    connection.register("incoming", log.rows_as(table, contract.columns))
    return _insert(connection, contract, "incoming")


def _apply_changes(
    connection: duckdb.DuckDBPyConnection, lake: Lake, contract: Contract, held: int, version: int
) -> int:
    """Delete and insert just the keys that changed."""
    table = log.open_table(lake, contract.qualified, version)
    assert table is not None  # the release names this version
    feed = table.load_cdf(starting_version=held + 1, ending_version=version)
    connection.register("feed", pa.RecordBatchReader.from_stream(feed))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE changed AS {last_changes('feed', contract.key)}")
    connection.unregister("feed")
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
    connection.execute("CREATE TABLE IF NOT EXISTS etl.definitions (name VARCHAR NOT NULL, word VARCHAR NOT NULL)")
    known = dict(connection.execute("SELECT name, word FROM etl.definitions").fetchall())
    there = {
        row[0]
        for row in connection.execute("SELECT view_name FROM duckdb_views() WHERE schema_name = 'analytics'").fetchall()
    }
    remade: set[str] = set()
    for view in views:
        statements = view_ddl(view)
        word = fingerprint(statements)
        below = view.over and view.over[0] in remade
        if view.name in there and known.get(view.name) == word and not below:
            continue
        remade.add(view.name)
        for statement in statements:
            connection.execute(statement)
        connection.execute(f'CREATE OR REPLACE VIEW main."{view.name}" AS SELECT * FROM analytics."{view.name}"')
        connection.execute("DELETE FROM etl.definitions WHERE name = ?", [view.name])
        connection.execute("INSERT INTO etl.definitions VALUES (?, ?)", [view.name, word])


def _enter(connection: duckdb.DuckDBPyConnection, release: Release) -> None:
    connection.execute(
        "INSERT INTO etl.releases VALUES (?, ?, ?, ?, ?, now()::TIMESTAMP)",
        [
            release.release_id,
            release.run_id,
            release.kind,
            json.dumps(dict(release.tables)),
            release.released_at,
        ],
    )
