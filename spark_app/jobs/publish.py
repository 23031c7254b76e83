"""Publish: what passed the audit becomes a release; warehouse, plain files and dashboards are brought to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from spark_app.contracts.views import load_views
from spark_app.jobs.audit import candidate, passed
from spark_app.jobs.context import Context
from spark_app.jobs.moved import refuse_unaudited
from spark_app.lake import exports, releases
from spark_app.lake.epochs import check_release
from spark_app.lake.readable import gaps
from spark_app.lake.releases import Release
from spark_app.runtime.errors import UsageError
from spark_app.runtime.record import Verdict
from spark_app.runtime.settings import RedshiftSettings
from spark_app.warehouse.base import Loaded, Warehouse
from spark_app.warehouse.duckdb import DuckDBWarehouse
from spark_app.warehouse.redshift import RedshiftWarehouse
from spark_app.warehouse.redshift_copy import Stager, copy_stager
from spark_app.warehouse.redshift_spark import connector_stager


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
    report(context, publishing=True)
    return new


def rollback(context: Context, release_id: int) -> Release:
    """Release the tables of an earlier release again, as a release of its own.

    Raises UsageError, before anything is recorded, where files of it are gone.
    """
    earlier, last = releases.find(context.lake, release_id), releases.latest(context.lake)
    assert last is not None  # `find` has found one
    if lacks := gaps(context.lake, [earlier]).get(release_id):
        raise UsageError(
            f"release {release_id} cannot be shown any more: {lacks}; nothing was recorded",
            hint="maintenance keeps the newest releases (--keep-releases); which can be shown: lakehouse releases list",
        )
    again = Release(
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
    releases.record(context.lake, again)
    load(context)
    export(context)
    report(context)
    return again


def load(context: Context) -> Sequence[Loaded]:
    """Bring the warehouse to the latest release; one that it has is left alone."""
    house, last = warehouse(context), releases.latest(context.lake)
    if house is None or last is None:
        return []
    with context.record.step("publish", "warehouse") as step:
        loaded = house.load(last, context.lake, context.contracts)
        if loaded:
            step.action, step.version = "loaded", last.release_id
            step.rows = sum(table.rows for table in loaded)
        return loaded


def export(context: Context) -> None:
    """Bring the plain Parquet files of tables whose contracts ask for them to the latest release."""
    last = releases.latest(context.lake)
    for contract in context.contracts.values():
        if last is not None and contract.serving.plain_parquet and contract.qualified in last.tables:
            with context.record.step("publish", f"{contract.name} as parquet") as step:
                if files := exports.export(context.lake, contract, last):
                    step.action, step.version = f"{files} files", last.release_id


def report(context: Context, *, publishing: bool = False) -> None:
    """Write the dashboards of the latest release. What stands against it is a warning: the release holds anyway.

    `publishing`: the run has come all the way, so what failed before it is over.
    """
    with context.record.step("publish", "dashboards") as step:
        try:
            from spark_app.report.site import write_site  # altair takes a second, which commands should not wait for

            by = context.record if publishing else None
            if written := write_site(context.settings, context.lake, context.contracts, publishing=by):
                step.action, step.version = "written", written.release.release_id
                found = written.trust
                context.record.verdict = Verdict(found.state, found.title, found.told)
        except Exception as error:
            step.action = "failed"
            context.record.warn(f"the dashboards were not written ({error}); write them again: lakehouse report")


def warehouse(context: Context) -> Warehouse | None:
    """The environment's warehouse, None where it has none."""
    settings = context.settings
    if settings.warehouse == "none":
        return None
    views = load_views(context.contracts)
    if settings.warehouse == "duckdb":
        return DuckDBWarehouse(Path(settings.resolve(settings.warehouse_path)), views)
    assert settings.redshift is not None  # load_settings has checked it
    return RedshiftWarehouse(
        settings.redshift, _stager(context, settings.redshift), settings.s3, views, context.record.warn
    )


def _stager(context: Context, redshift: RedshiftSettings) -> Stager:
    if redshift.loader == "connector":
        return connector_stager(lambda: context.spark, redshift, context.settings.s3)
    return copy_stager(context.settings.s3, redshift.iam_role)


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


if __name__ == "__main__":
    from spark_app.jobs.entry import main

    main("publish")
