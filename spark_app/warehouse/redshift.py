"""Redshift as the warehouse: schemas `analytics` (tables and views for analysts) and `etl` (ledger and staging).

A load stages what changed, table by table, where nobody looks. Then one transaction locks the ledger, looks again
what is held, and deletes and inserts just the changed rows of all tables with the ledger's row. Analysts see the
release before until it commits. Nothing here relies on a key being enforced, as Redshift enforces none.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

import duckdb

from spark_app.contracts.table import Contract
from spark_app.contracts.view import View
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.runtime import duck
from spark_app.runtime.errors import WarehouseError
from spark_app.runtime.settings import AWS_ITSELF, RedshiftSettings, S3Settings
from spark_app.warehouse import redshift_ledger as ledger
from spark_app.warehouse import redshift_sql as sql
from spark_app.warehouse.base import Loaded, NotOurs, refuse_late, without
from spark_app.warehouse.redshift_copy import Stager
from spark_app.warehouse.redshift_schema import State, plan_changes, prepare
from spark_app.warehouse.redshift_session import Conflict, ConnectionLost, Session, connected
from spark_app.warehouse.redshift_temp import load_name, normal_prefix, remove_prefix, sweep_leftovers
from spark_app.warehouse.redshift_transaction import LoadWork, Overtaken, apply_load, plan_slices
from spark_app.warehouse.staging import Slice

_ATTEMPTS = 4


@dataclass(frozen=True)
class RedshiftWarehouse:
    """A Redshift database; `stager` brings rows into staging tables, by COPY or by Spark's connector.

    `report` is told once what a changed contract did to a table.
    """

    settings: RedshiftSettings
    stager: Stager = field(repr=False)
    s3: S3Settings = AWS_ITSELF
    views: Sequence[View] = field(repr=False, default=())
    report: Callable[[str], object] = field(repr=False, default=lambda _: None)

    def loaded_release(self) -> int | None:
        """The release it holds; raises WarehouseError where it does not answer."""
        with connected(self.settings) as session:
            if not session.rows("SELECT 1 FROM svv_tables WHERE table_schema = 'etl' AND table_name = 'releases'"):
                return None
            with session.waiting():
                known = ledger.read_loaded_release(session)
            return known.release_id if known else None

    def load(self, release: Release, lake: Lake, contracts: Mapping[str, Contract]) -> Sequence[Loaded]:
        """Bring all tables to the release in one transaction; nothing where it, or a newer one, is there already.

        Raises WarehouseError (nothing of the release is then visible), or ContractError for a table that Redshift
        cannot bring to its contract.
        """
        release = without(release, self.settings.leave_out)
        temp = normal_prefix(self.settings.temp or "")
        with suppress(WarehouseError):  # what is wrong with S3 shows where it is needed
            sweep_leftovers(temp, self.s3)
        tables = {contracts[name].name: contracts[name] for name in release.tables if name in contracts}
        for name in sorted(set(release.tables) - set(contracts)):
            self.report(f"{name}: of release {release.release_id}, but without a contract now: left as it is there")
        cut = 0
        for attempt in range(_ATTEMPTS):
            try:
                return self._attempt(release, lake, tables, self._left_out(contracts), f"{temp}/{release.run_id}")
            except (Overtaken, Conflict):
                if attempt + 1 == _ATTEMPTS:
                    raise
            except ConnectionLost as error:
                # Nothing was committed, or the next attempt finds it in the ledger: either way it begins anew.
                cut += 1
                if cut > 1:
                    raise
                self.report(f"{error.message}; loaded again by a new one")
        raise AssertionError("the last attempt returns or raises")

    def _left_out(self, contracts: Mapping[str, Contract]) -> list[Contract]:
        return [one for one in contracts.values() if one.layer == "gold" and one.name in self.settings.leave_out]

    def _attempt(
        self,
        release: Release,
        lake: Lake,
        tables: Mapping[str, Contract],
        left_out: Sequence[Contract],
        prefix: str,
    ) -> Sequence[Loaded]:
        with connected(self.settings) as session:
            state = prepare(session)
            sql.drop_leftovers(session, state.etl)
            with session.waiting():
                known = ledger.read_loaded_release(session)
            refuse_late(session.place, ledger.greatest_epoch(session), lake)
            if not ledger.needs_loading(session, known, release, lake):
                return []
            self._refuse_others(session, tables, known, state)
            plan = plan_changes(tables, self.views, state, left_out)
            for statement in plan.before:
                session.run(statement)
            with self._room(prefix) as (load, scratch):
                work = LoadWork(release, lake, tables, known, plan)
                parts = plan_slices(work, load, prefix, scratch)
                try:
                    seconds = {part.contract.name: self._stage(session, part) for part in parts}
                    done = apply_load(session, work, parts)
                finally:
                    self._tidy(session, parts)
            for note in plan.news:
                self.report(note)
            return [replace(one, seconds=round(one.seconds + seconds.get(one.table, 0.0), 3)) for one in done]

    def _refuse_others(
        self, session: Session, tables: Mapping[str, Contract], known: ledger.LoadedRelease | None, state: State
    ) -> None:
        """Tables that no load has defined and that hold rows are somebody's own: a load would replace these."""
        ours = {*state.definitions, *(name.partition(".")[2] for name in (known.tables if known else ()))}
        for name in sorted(set(tables) & set(state.columns) - ours):
            if session.rows(f'SELECT 1 FROM "analytics"."{name}" LIMIT 1'):
                raise NotOurs(
                    f'warehouse {session.place}: found table "analytics"."{name}" with rows that no release brought; '
                    "expected none, for a load replaces them; nothing was loaded",
                    hint="set redshift.database to a database of its own, or move that table away",
                )

    def _stage(self, session: Session, part: Slice) -> float:
        """Bring the slice's rows into its staging table; the seconds it took."""
        begun = time.monotonic()
        session.run(sql.create_staging(part))
        sent = self.stager(session, part)
        found = int(session.rows(sql.count("etl", part.table))[0][0])
        if found != sent:
            raise WarehouseError(
                f'warehouse {session.place}: staging table "etl"."{part.table}" of {part.contract.name}: found {found} '
                f"rows, expected the {sent} that were sent; nothing of the release is visible",
                hint="run again: lakehouse run --layers publish",
            )
        return time.monotonic() - begun

    @contextmanager
    def _room(self, prefix: str) -> Iterator[tuple[str, duckdb.DuckDBPyConnection]]:
        """A name for the load, and a database on disk for changes that are too many for memory."""
        load = load_name()
        with tempfile.TemporaryDirectory(prefix="lakehouse-") as folder:
            try:
                with duck.connect(f"{folder}/changes.duckdb") as scratch:
                    yield load, scratch
            finally:
                with suppress(WarehouseError):  # the load has succeeded or failed by now; a later one sweeps
                    remove_prefix(f"{prefix}/{load}", self.s3)

    def _tidy(self, session: Session, parts: Sequence[Slice]) -> None:
        """Drop the staging tables; a lost connection is made anew for it. What stays is dropped a day later."""
        drops = [f'DROP TABLE IF EXISTS "etl"."{part.table}"' for part in parts]
        try:
            for statement in drops:
                session.run(statement)
        except WarehouseError:
            with suppress(WarehouseError), connected(self.settings) as again:
                for statement in drops:
                    again.run(statement)
