"""Bills of runs that are known only after their job has ended: EMR Serverless and Glue are asked, later.

Neither tells a job, while it runs, what it is billed. So each run asks for those before it, and `lakehouse cost` for
all. A run is its job's by time: the shortest job that was there from the run's beginning to its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from spark_app.costs.aws_jobs import Asked, Job, emr_jobs, glue_jobs
from spark_app.costs.keep import Account, BilledRun, Weights, keep_accounts
from spark_app.costs.orders import days_by_run
from spark_app.costs.prices import Prices
from spark_app.lake import ops
from spark_app.lake.paths import Lake
from spark_app.runtime.settings import Settings

AFTERWARDS = ("emr_serverless", "glue")
ASKED_DAYS = 14  # how far back runs without a bill are asked for
BEFORE = timedelta(hours=12)  # that a job may wait or run before its run begins: the longest that EMR lets one run
WHOLE_SECONDS = timedelta(seconds=1)  # requests name no fractions of them


@dataclass(frozen=True)
class Unbilled:
    """A run without a bill, and the time it was there."""

    run: BilledRun
    started_at: datetime
    ended_at: datetime


def settle(lake: Lake, settings: Settings, prices: Prices) -> list[BilledRun]:
    """Bill the environment's runs that have ended and have no bill yet; those that were billed.

    Raises LakehouseError where AWS does not answer, or may not be asked.
    """
    runs = unbilled(lake, settings.environment)
    if not runs:
        return []
    since, until = min(one.started_at for one in runs) - BEFORE, max(one.started_at for one in runs) + WHOLE_SECONDS
    ask = emr_jobs if settings.cost.billed_by == "emr_serverless" else glue_jobs
    spans = [(one.started_at, one.ended_at) for one in runs]
    jobs = ask(settings, prices, Asked(since, until, spans))
    found = [(one, job) for one in runs if (job := job_of(one, jobs))]
    accounts = [Account(one.run, job.bill, _seconds(lake, one.run.run_id)) for one, job in found]
    keep_accounts(lake, accounts, prices)
    return [one.run for one in accounts]


def job_of(run: Unbilled, jobs: Iterable[Job]) -> Job | None:
    """The shortest job that was there all the time the run was: one that waited for it was there longer."""
    around = [job for job in jobs if job.began <= run.started_at and run.ended_at <= job.ended]
    return min(around, key=lambda job: job.ended - job.began, default=None)


def unbilled(lake: Lake, environment: str) -> list[Unbilled]:
    """The environment's runs of the last days that have no bill, the oldest first."""
    since = datetime.now(UTC) - timedelta(days=ASKED_DAYS)
    rows = ops.select(
        lake.table("ops.runs"),
        "SELECT run_id, command, started_at, ended_at, release_id FROM ops_rows "
        "WHERE environment = ? AND started_at >= ? ORDER BY started_at",
        (environment, since),
    )
    sql = "SELECT DISTINCT run_id FROM ops_rows WHERE day >= ?"
    billed = {row["run_id"] for row in ops.select(lake.table("ops.bills"), sql, (since.date(),))}
    rows = [row for row in rows if row["run_id"] not in billed]
    days = days_by_run(lake, [row["run_id"] for row in rows])
    return [
        Unbilled(
            BilledRun(
                row["run_id"],
                row["started_at"].astimezone(UTC).date(),
                row["command"],
                len(days.get(row["run_id"], ())),
                row["release_id"] is not None,
            ),
            row["started_at"],
            row["ended_at"],
        )
        for row in rows
    ]


def _seconds(lake: Lake, run_id: str) -> Weights:
    sql = "SELECT layer, table_name, sum(seconds) AS seconds FROM ops_rows WHERE run_id = ? GROUP BY ALL ORDER BY ALL"
    rows = ops.select(lake.table("ops.steps"), sql, (run_id,))
    return {(row["layer"], row["table_name"]): row["seconds"] for row in rows}
