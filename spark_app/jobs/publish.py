"""Publish: what passed the audit becomes a release; warehouse, plain files and dashboards are brought to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from spark_app.audits.gold_moved import refuse_unaudited
from spark_app.costs.loads import load_step
from spark_app.jobs.audit import candidate, passed
from spark_app.lake import exports, releases
from spark_app.lake.epochs import check_release
from spark_app.lake.readable import find_unreadable_releases
from spark_app.lake.releases import Release
from spark_app.runs.context import Context
from spark_app.runs.dashboards import write_dashboards
from spark_app.runs.entry import main
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import UsageError
from spark_app.warehouse.base import Loaded


def run(context: Context, *, kind: str = "run") -> Release | None:
    """Release what was audited; the new release, or None where there is nothing new.

    Raises AuditFailed where the gold tables are not at versions that passed an audit, GoldMoved where another run has
    moved them since.
    """
    tables, last = candidate(context), releases.latest(context.lake)
    new = None
    with context.record.step("publish", "release") as step:
        if last is None or dict(last.tables) != tables:
            if _withdrawn(context, tables):
                context.record.warn(
                    "gold still is what was rolled back: nothing is released until something changes "
                    "(lakehouse releases list)"
                )
            else:
                new = _release(context, tables, last, kind)
                step.action, step.version = "released", new.release_id
    load(context)
    export(context)
    write_dashboards(context, publishing=True)
    return new


def rollback(context: Context, release_id: int) -> Release:
    """Release the tables of an earlier release again, as a release of its own.

    Raises UsageError, before anything is recorded, where files of it are gone.
    """
    earlier, last = releases.find(context.lake, release_id), releases.latest(context.lake)
    assert last is not None  # `find` has found one
    if lacks := find_unreadable_releases(context.lake, [earlier]).get(release_id):
        raise UsageError(
            f"release {release_id} cannot be shown any more: {lacks}; nothing was recorded",
            hint="maintenance keeps the newest releases (--keep-releases); which can be shown: lakehouse releases list",
        )
    restored = Release(
        last.release_id + 1,
        context.run_id,
        "rollback",
        earlier.tables,
        earlier.first_day,
        earlier.last_day,
        datetime.now(UTC),
        earlier.release_id,
        context.record.epoch,
    )
    releases.record(context.lake, restored)
    load(context)
    export(context)
    write_dashboards(context)
    return restored


def load(context: Context) -> Sequence[Loaded]:
    """Bring the warehouse to the latest release; one that it has is left alone."""
    house, last = context.warehouse(), releases.latest(context.lake)
    if house is None or last is None:
        return []
    with context.record.step("publish", "warehouse") as step:
        loaded = house.load(last, context.lake, context.contracts)
        if loaded:
            step.action, step.version = "loaded", last.release_id
            step.rows = sum(table.rows for table in loaded)
        for table in loaded:
            if table.seconds:
                context.record.part(step, load_step(table.table), table.seconds, table.how)
        return loaded


def export(context: Context) -> None:
    """Bring the plain Parquet files of tables whose contracts ask for them to the latest release."""
    last = releases.latest(context.lake)
    for contract in context.contracts.values():
        if last is not None and contract.serving.plain_parquet and contract.qualified in last.tables:
            with context.record.step("publish", f"{contract.name} as parquet") as step:
                if files := exports.export(context.lake, contract, last):
                    step.action, step.version = f"{files} files", last.release_id


def _release(context: Context, tables: dict[str, int], last: Release | None, kind: str) -> Release:
    if not passed(context, tables):
        refuse_unaudited(context, tables, last)
    check_release(context.lake, tables, last.tables if last else {})
    number = last.release_id + 1 if last else 1
    record = context.record
    new = Release(
        number,
        context.run_id,
        kind,
        tables,
        record.first_day,
        record.last_day,
        datetime.now(UTC),
        epoch=record.epoch,
    )
    releases.record(context.lake, new)
    return new


def _withdrawn(context: Context, tables: dict[str, int]) -> bool:
    """The latest release took these very tables back."""
    known = releases.releases(context.lake)
    return bool(known) and known[-1].kind == "rollback" and any(dict(one.tables) == tables for one in known)


def work(context: Context, request: RunRequest) -> Release | None:
    """The layer as it is asked for; the new release, if there is one."""
    kind = "intraday" if request.intraday else "rebuild" if request.rebuild_from else "run"
    return run(context, kind=kind)


if __name__ == "__main__":
    main("publish", work)
