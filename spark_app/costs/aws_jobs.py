"""Jobs that have ended on EMR Serverless and Glue, with what AWS bills for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from spark_app.costs.advice import Waiting
from spark_app.costs.aws import aws_errors_named, client
from spark_app.costs.bill import Bill, EmrUsage, bill_emr, bill_glue
from spark_app.costs.prices import Prices
from spark_app.runtime.settings import Settings

_ENDED = ("SUCCESS", "FAILED", "CANCELLED")
_LEAST_SECONDS = 60  # of a Glue job
_STOPS_AFTER = 15  # minutes without work, unless an application says otherwise


@dataclass(frozen=True)
class Job:
    """A job run and its bill. It was there from `began` (asked for) to `ended`."""

    id: str
    began: datetime
    ended: datetime
    bill: Bill


@dataclass(frozen=True)
class Asked:
    """Jobs are asked for that began from `since` to `until`, and were there all the time of one of `spans`."""

    since: datetime
    until: datetime
    spans: Sequence[tuple[datetime, datetime]]

    def around(self, began: datetime, ended: datetime) -> bool:
        """Whether a job of that time was there all the time of a span."""
        return any(began <= first and last <= ended for first, last in self.spans)


def emr_jobs(settings: Settings, prices: Prices, wanted: Asked) -> list[Job]:
    """The application's job runs that are asked for, have ended, and are billed: one call for each of them."""
    emr, application = client("emr-serverless", settings), settings.emr_application
    with aws_errors_named("emr-serverless:ListJobRuns, GetJobRun", f"application {application}"):
        asked = {"applicationId": application, "createdAtAfter": wanted.since, "createdAtBefore": wanted.until}
        pages = emr.get_paginator("list_job_runs").paginate(**asked, states=list(_ENDED))
        found = [run for page in pages for run in page["jobRuns"]]
        ids = [run["id"] for run in found if wanted.around(run["createdAt"], run["updatedAt"])]
        runs = [emr.get_job_run(applicationId=application, jobRunId=one)["jobRun"] for one in ids]
    return [
        Job(run["jobRunId"], run["createdAt"], run.get("endedAt") or run["updatedAt"], _emr_bill(run, settings, prices))
        for run in runs
        if "billedResourceUtilization" in run
    ]


def _emr_bill(run: Mapping[str, Any], settings: Settings, prices: Prices) -> Bill:
    billed = run["billedResourceUtilization"]
    hours = [Decimal(str(billed.get(name, 0))) for name in ("vCPUHour", "memoryGBHour", "storageGBHour")]
    return bill_emr(EmrUsage(*hours), prices, settings.cost.architecture)


def waiting_workers(settings: Settings) -> Waiting:
    """What the application keeps ready beside what runs ask for."""
    emr, application = client("emr-serverless", settings), settings.emr_application
    with aws_errors_named("emr-serverless:GetApplication", f"application {application}"):
        found = emr.get_application(applicationId=application)["application"]
    kinds = found.get("initialCapacity", {}).values()
    sizes = [(kind["workerCount"], kind["workerConfiguration"]) for kind in kinds]
    stop = found.get("autoStopConfiguration", {})
    return Waiting(
        sum((count * _number(size["cpu"]) for count, size in sizes), Decimal(0)),
        sum((count * _number(size["memory"]) for count, size in sizes), Decimal(0)),
        int(stop.get("idleTimeoutMinutes", _STOPS_AFTER)) if stop.get("enabled", True) else None,
    )


def _number(text: str) -> Decimal:
    """Of `2 vCPU` or `4 GB`."""
    return Decimal(text.split()[0])


def glue_jobs(settings: Settings, prices: Prices, wanted: Asked) -> list[Job]:
    """The runs of the Glue jobs named in the settings that are asked for and have ended."""
    glue, found = client("glue", settings), list[Job]()
    for name in settings.cost.glue_jobs:
        with aws_errors_named("glue:GetJobRuns", f"job {name}"):
            pages = glue.get_paginator("get_job_runs").paginate(JobName=name)
            runs = [run for page in pages for run in page["JobRuns"]]
        found += [
            Job(run["Id"], run["StartedOn"], run["CompletedOn"], bill_glue(dpu_seconds(run), prices))
            for run in runs
            if "CompletedOn" in run and wanted.around(run["StartedOn"], run["CompletedOn"])
        ]
    return found


def dpu_seconds(run: Mapping[str, Any]) -> Decimal:
    """As Glue tells them of jobs that scale by themselves; of others the whole capacity, for a minute at least."""
    if "DPUSeconds" in run:
        return Decimal(str(run["DPUSeconds"]))
    return Decimal(str(run["MaxCapacity"])) * max(int(run["ExecutionTime"]), _LEAST_SECONDS)
