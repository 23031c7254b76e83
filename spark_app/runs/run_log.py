"""The record of a run, kept in `ops.runs` and `ops.steps`, and its cost beside them."""

from __future__ import annotations

from datetime import UTC, datetime

from spark_app.lake import ops
from spark_app.lake.failures import as_storage_error
from spark_app.lake.releases import Release, latest
from spark_app.runs.context import Context
from spark_app.runs.run_cost import keep_cost
from spark_app.runtime.peak import peak_memory


def keep_run(context: Context, seconds: float, code: int, message: str, release: Release | None) -> Release | None:
    """Keep the record of the run and look up what readers see: both need the storage that may just have failed."""
    try:
        _note(context, seconds, code, message, release)
        return latest(context.lake)
    except Exception as error:
        if code == 0 or as_storage_error(error, context.lake.root) is None:
            raise
        context.record.warn("this run could not be noted in ops.runs: storage does not answer")
        return None


def _note(context: Context, seconds: float, code: int, message: str, release: Release | None) -> None:
    record = context.record
    keep_cost(context, seconds, released=release is not None)
    ops.add(
        context.table("ops.steps"),
        [
            {
                "run_id": record.run_id,
                "layer": step.layer,
                "table_name": step.table,
                "started_at": step.started_at,
                "seconds": step.seconds,
                "action": step.action,
                "rows_written": step.rows,
                "version": step.version,
            }
            for step in record.steps
        ],
    )
    ops.add(
        context.table("ops.runs"),
        [
            {
                "run_id": record.run_id,
                "command": record.command,
                "environment": context.settings.environment,
                "source": context.source.source,
                "first_day": record.first_day,
                "last_day": record.last_day,
                "started_at": record.started_at,
                "ended_at": datetime.now(UTC),
                "seconds": round(seconds, 3),
                "exit_code": code,
                "message": message,
                "warnings": record.warnings,
                "release_id": release.release_id if release else None,
                "epoch": record.epoch,
                "commits": list(record.commits.items()),
                "peak_memory": peak_memory(),
            }
        ],
    )
