"""What a load will do, and the one transaction that does it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import duckdb

from spark_app.contracts.table import Contract
from spark_app.lake import log
from spark_app.lake.fence import check
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.runtime.errors import LakehouseError, WarehouseError
from spark_app.runtime.failpoints import commit_point
from spark_app.warehouse import redshift_ledger as ledger
from spark_app.warehouse import redshift_sql as sql
from spark_app.warehouse.base import Loaded, refuse_late
from spark_app.warehouse.redshift_schema import Plan
from spark_app.warehouse.redshift_session import ConnectionLost, Session, connected
from spark_app.warehouse.staging import Slice, read_all_rows, read_changed_rows


class Overtaken(WarehouseError):
    """Another load committed while this one was staging."""


@dataclass(frozen=True)
class LoadWork:
    """A release to load, what the warehouse held when that was decided, and what its tables lack."""

    release: Release
    lake: Lake
    tables: Mapping[str, Contract]
    known: ledger.LoadedRelease | None
    plan: Plan


def plan_slices(work: LoadWork, load: str, prefix: str, scratch: duckdb.DuckDBPyConnection) -> list[Slice]:
    """What is to be moved of each table that is not yet at the release's version, or has a new column."""
    parts = []
    for number, (name, contract) in enumerate(work.tables.items()):
        version = work.release.tables[contract.qualified]
        had = work.known.tables.get(contract.qualified) if work.known else None
        anew = work.plan.tables[name].whole
        if had == version and not anew:
            continue
        # A version before one that derived the table anew may not be what was loaded then.
        anew = anew or (
            had is not None and log.derived_anew(work.lake.table(contract.qualified), had, version) is not None
        )
        table = f"stage_{load}_{number}_{name[:20]}"
        part = Slice(contract, work.lake, "", had, version, table, f"{prefix}/{load}/{name}", lambda: iter(()))
        parts.append((None if anew else read_changed_rows(part, scratch)) or read_all_rows(part))
    return parts


def apply_load(session: Session, work: LoadWork, parts: Sequence[Slice]) -> list[Loaded]:
    """Lock, look again, change tables, exchange rows, count, enter, commit; what was done to each table.

    Raises Overtaken where another release was loaded meanwhile, WarehouseError otherwise; nothing is visible then.
    """
    rows: dict[str, int] = {}
    seconds: dict[str, float] = {}
    session.run("BEGIN")
    try:
        # First of all, so that the snapshot is of after the lock: what another load did in between is seen.
        with session.waiting():
            session.run(ledger.LOCK)
        if ledger.read_loaded_release(session) != work.known:
            raise Overtaken(
                f"warehouse {session.place}: other loads kept coming in between", hint="run again when they are done"
            )
        refuse_late(session.place, ledger.greatest_epoch(session), work.lake)
        for statement in work.plan.within:
            session.run(statement)
        for part in parts:
            begun = time.monotonic()
            for statement in sql.exchange(part):
                rows[part.contract.name] = session.run(statement)  # of the last one, the INSERT
            _count(session, part, work.lake)
            seconds[part.contract.name] = time.monotonic() - begun
        ledger.note_loaded(session, work.release, work.lake)
        check(work.lake.fence, ask=True)
    except LakehouseError:
        with suppress(WarehouseError):
            session.run("ROLLBACK")
        raise
    _commit(session, work.release)
    done = {part.contract.name: part.how for part in parts}
    return [Loaded(name, done.get(name, "nothing"), rows.get(name, 0), seconds.get(name, 0.0)) for name in work.tables]


def _commit(session: Session, release: Release) -> None:
    try:
        with commit_point("warehouse"):
            session.run("COMMIT")
    except ConnectionLost:
        # It may have been committed all the same. The lock waits until the server is done with it either way.
        with connected(session.settings) as again:
            again.run("BEGIN")
            with again.waiting():
                again.run(ledger.LOCK)
            found = ledger.read_loaded_release(again)
            again.run("ROLLBACK")
        wanted = ledger.LoadedRelease(release.release_id, release.run_id, dict(release.tables))
        if found != wanted:
            raise


def _count(session: Session, part: Slice, lake: Lake) -> None:
    found = int(session.rows(sql.count("analytics", part.contract.name))[0][0])
    expected = log.row_count(lake.table(part.contract.qualified), part.version)
    if found != expected:
        raise WarehouseError(
            f'warehouse {session.place}: table "analytics"."{part.contract.name}": {found} rows after loading, '
            f"expected {expected} as in version {part.version} of {part.contract.qualified}; nothing was committed",
            hint="somebody else may have written there. To load all tables whole: DELETE FROM etl.releases; "
            "then lakehouse run --layers publish",
        )
