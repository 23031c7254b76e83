"""Another run on the same lake, between this one's layers: gold that it has moved is said to be, and whose it is.

Layers may be tasks of their own, so a backfill's gold can come between a night's audit and its release. That is no
failed audit: once the other run has done its part, the same command goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NoReturn

from spark_app.lake import log, ops, releases
from spark_app.lake.releases import Release, candidate_id
from spark_app.runs.context import Context
from spark_app.runtime.errors import AuditFailed, LakeError
from spark_app.runtime.messages import some
from spark_app.tables.declare import gold_tables

MOST = 4  # tables that a message names


class GoldMoved(LakeError):
    """Another run is moving gold, or has moved it since the audit; running again once it is done helps."""

    retry = True


def refuse_half_moved(context: Context, tables: Mapping[str, int]) -> None:
    """Before an audit: raises GoldMoved where some gold tables have taken in what others have not yet.

    A run of all layers never sees that of itself: it is another run's, at work now or killed.
    """
    declared = [f"gold.{name}" for name in gold_tables(context.contracts)]
    taken = {name: log.commit_at(context.table(name), tables[name]).sources for name in declared}
    newest = dict(tables)
    for sources in taken.values():
        for full, version in sources.items():
            if full not in tables:
                newest[full] = max(version, newest.get(full, version))
    behind = [name for name, of in taken.items() if any(newest[full] != version for full, version in of.items())]
    if not behind:
        return
    wanted = {full for name in behind for full, version in taken[name].items() if newest[full] != version}
    ahead = [
        name
        for name in declared
        if name in wanted or (name not in behind and any(full in wanted for full in taken[name]))
    ]
    raise GoldMoved(
        f"another run is moving gold: {_movers(context, {name: tables[name] for name in ahead})}, and not yet "
        f"{_names(behind)}; nothing was audited, {_still(releases.latest(context.lake))}",
        hint="it is at work now (lakehouse status), or was ended midway: run again, all layers from gold on "
        "(lakehouse run); a retry does once that run is done",
    )


def refuse_unaudited(context: Context, tables: Mapping[str, int], released: Release | None) -> NoReturn:
    """Before a release: says why gold may not be released as it is.

    Raises AuditFailed where it failed its audit, or nobody has ever made one; GoldMoved where it was moved since.
    """
    sql = "SELECT run_id, candidate, checked_at FROM ops_rows WHERE rule = 'audit' ORDER BY checked_at DESC"
    audits = ops.select(context.table("ops.quality_results"), sql)
    at = {name: log.written_at(context.table(name), version) for name, version in tables.items()}
    known = any(one["candidate"] == candidate_id(tables) for one in audits)
    before = released.tables if released else {}
    moved = {name: version for name, version in tables.items() if before.get(name) != version}
    if known or not audits or _runs(context, moved) <= {context.run_id}:
        raise AuditFailed(
            "the gold tables have not passed an audit at the versions they have now; nothing is released",
            hint="run the audit first: lakehouse run --layers audit,publish",
        )
    last = audits[0]
    since = {name: version for name, version in moved.items() if at[name] > last["checked_at"]} or moved
    raise GoldMoved(
        f"{_movers(context, since)}, after the last audit (run {last['run_id']}, {_time(last['checked_at'])}); "
        f"nothing is released, {_still(released)}",
        hint="that run audits and releases what it moved: run again when it is done, and a retry does; "
        "if it never will be: lakehouse run --layers audit,publish",
    )


def _movers(context: Context, tables: Mapping[str, int]) -> str:
    """run 2024… has moved a, b (01:02:03 UTC) and run …"""
    said = []
    for run in sorted(_runs(context, tables)):
        own = [name for name, version in tables.items() if _run_of(context, name, version) == run]
        at = max(log.written_at(context.table(name), tables[name]) for name in own)
        said.append(f"run {run} has moved {_names(own)} ({_time(at)})")
    return " and ".join(said)


def _runs(context: Context, tables: Mapping[str, int]) -> set[str]:
    return {_run_of(context, name, version) for name, version in tables.items()}


def _run_of(context: Context, table: str, version: int) -> str:
    return str(log.commit_at(context.table(table), version).note.get("run_id", "unknown"))


def _names(tables: Iterable[str]) -> str:
    return some([name.removeprefix("gold.") for name in tables], MOST)


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _still(released: Release | None) -> str:
    return f"readers keep release {released.release_id}" if released else "nothing has been released yet"
