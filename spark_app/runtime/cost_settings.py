"""The settings' section `cost`: who bills a run, for what, and how much a month may cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from spark_app.runtime.closed import Closed

Architecture = Literal["x86_64", "arm64"]


class Pod(Closed):
    """What a pod asks for."""

    vcpu: Decimal = Field(gt=0, description="processors")
    memory_gb: Decimal = Field(gt=0, description="GB of memory: heap and overhead")


class CostSettings(Closed):
    """How runs of an environment are billed; prices are in conf/prices.yaml."""

    billed_by: Literal["nothing", "machine", "kubernetes", "emr_serverless", "glue"] = Field(
        "nothing",
        description="nothing (a laptop), machine (a rented one, by the hour), kubernetes, emr_serverless, glue",
    )
    architecture: Architecture = Field("x86_64", description="processors of the nodes or workers: prices differ")
    machine_hour: Decimal | None = Field(None, gt=0, description="dollars an hour of the machine")
    driver: Pod | None = Field(None, description="what the driver's pod asks for")
    executor: Pod | None = Field(None, description="what each executor's pod asks for")
    emr_application: str | None = Field(
        None, pattern=r"^[0-9a-z]+$", description="application that is asked; else that of airflow.emr_serverless"
    )
    glue_jobs: tuple[str, ...] = Field((), description="Glue jobs that are asked")
    redshift_nodes: int | None = Field(
        None, gt=0, description="nodes of redshift.cluster, billed by the day; prices.yaml names their type"
    )
    s3_metrics_filter: str | None = Field(
        None,
        min_length=1,
        description="id of the buckets' request metrics in CloudWatch; without, requests are not billed",
    )
    monthly_budget: Decimal | None = Field(None, gt=0, description="dollars that a calendar month (UTC) may cost")
    over_budget: Literal["warn", "stop"] = Field(
        "warn", description="what becomes of a run that would cross it: told of, or ended before it starts (exit 2)"
    )

    def lacking(self) -> str | None:
        """What whoever bills needs to know and is not told, with what was expected; None where all is there."""
        if self.billed_by == "machine" and self.machine_hour is None:
            return "machine_hour: found none, expected dollars an hour, for billed_by is machine"
        if self.billed_by == "kubernetes" and self.driver is None:
            return "driver: found none, expected {vcpu, memory_gb} of the driver's pod, for billed_by is kubernetes"
        if self.billed_by == "glue" and not self.glue_jobs:
            return "glue_jobs: found none, expected names of jobs, for billed_by is glue"
        if self.billed_by == "nothing" and self.monthly_budget is not None:
            return "billed_by: found nothing, expected who bills runs, for there is a monthly_budget"
        return None
