"""The settings' section `airflow`: what runs the DAGs' tasks, where, and whom their alerts reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from spark_app.runtime.closed import Closed
from spark_app.runtime.layers import Program

Runner = Literal["local", "kubernetes", "emr_serverless"]

_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"


class Resources(Closed):
    """What a pod asks for; memory is its limit too, as Kubernetes' own advice is."""

    cpu: str = Field("1", pattern=r"^\d+(\.\d+)?m?$", description="processors, as 2 or 500m")
    memory: str = Field("4Gi", pattern=r"^\d+(\.\d+)?(Mi|Gi)$", description="memory, as 4Gi: heap and all the rest")


class LocalRunner(Closed):
    """A laptop: each task is a process of the project's own environment, never of Airflow's."""

    python: str = Field(".venv/bin/python", description="the project's Python; relative paths are from the project")


class KubernetesRunner(Closed):
    """Each task is a pod of the image, with what the chart has installed."""

    image: str = Field(min_length=1, description="the image, with its tag or digest")
    namespace: str = Field("lakehouse", description="where the chart was installed")
    release: str = Field("lakehouse", description="that release: pods carry its labels and use what it made")
    settings: Literal["chart", "image"] = Field(
        "chart", description="whose conf/<environment>.yaml pods read: the chart's value `settings`, or the image's own"
    )
    connection: str | None = Field(None, description="Airflow connection of the cluster; none where Airflow is in it")
    secrets: tuple[str, ...] = Field((), description="Secrets whose keys become the pods' environment")
    env: Mapping[str, str] = Field({}, description="more environment variables; no secrets")
    resources: Mapping[Program, Resources] = Field({}, description="what a layer's pod asks for")
    default_resources: Resources = Field(Resources(), description="the same for layers not named in `resources`")
    node_selector: Mapping[str, str] = Field({}, description="labels of nodes for drivers; keep them off spot nodes")
    tolerations: tuple[Mapping[str, str], ...] = Field((), description="taints that drivers bear, as Kubernetes has it")
    pending_minutes: int = Field(
        480, gt=0, le=1440, description="how long a pod may wait for a node with room, or for another driver to end"
    )


class EmrServerlessRunner(Closed):
    """Each task is a job run of an application that was made beforehand (docs/run-on-emr-serverless.md)."""

    application_id: str = Field(min_length=1, description="the application")
    role: str = Field(pattern=r"^arn:", repr=False, description="ARN of the role that jobs run as")
    log_uri: str | None = Field(None, pattern=r"^s3://.", description="where jobs' logs go; alerts quote from them")
    connection: str | None = Field(None, description="Airflow's AWS connection; else the worker's own AWS identity")
    region: str | None = Field(None, description="region; else the connection's or the worker's")
    scripts: str = Field(
        "local:///opt/lakehouse/spark_app/jobs", description="where the layers' scripts are; as the image has them"
    )
    parameters: Mapping[Program, str] = Field({}, description="spark-submit parameters of a layer")
    default_parameters: str = Field("", description="the same for layers not named in `parameters`")
    tags: Mapping[str, str] = Field({"project": "lakehouse"}, description="cost tags; layer and environment are added")
    poll_seconds: int = Field(30, ge=1, le=600, description="how often a job's state is asked for")


class AirflowAlerts(Closed):
    """Whom the DAGs' alerts reach, by Airflow's connections; nobody where nothing is given."""

    slack: str | None = Field(None, description="Airflow connection of a Slack incoming webhook")
    email: tuple[str, ...] = Field((), description="addresses")
    smtp: str = Field("smtp_default", description="Airflow connection that sends e-mail and knows its sender")
    sns: str | None = Field(None, pattern=r"^arn:", description="ARN of an SNS topic")
    aws: str | None = Field(None, description="Airflow's AWS connection for SNS; else the worker's own AWS identity")


class AirflowSettings(Closed):
    """How dags/ runs this environment."""

    runners: tuple[Runner, ...] = Field(("local",), min_length=1, description="who runs tasks; the first by default")
    one_task: bool = Field(False, description="the whole run as one task: one Spark start instead of five")
    starts_at: str = Field("02:00", pattern=_TIME, description="when the nightly run starts, UTC")
    release_by: str = Field("03:30", pattern=_TIME, description="a run not released by then, UTC, is alerted")
    maintenance: str = Field("0 12 * * 0", description="when the weekly maintenance starts: cron, UTC")
    timeout_minutes: int = Field(180, gt=0, le=1440, description="a task that takes longer is ended and tried again")
    retries: int = Field(3, ge=0, le=10, description="tries after the first; exit codes 2, 3 and 4 are never retried")
    retry_seconds: int = Field(120, ge=0, description="pause before the first retry; it doubles, to half an hour")
    pool: str = Field(
        "lakehouse",
        description="Airflow pool of all tasks, which must be there; of one slot it keeps runs apart",
    )
    alerts: AirflowAlerts = AirflowAlerts()
    local: LocalRunner = LocalRunner()
    kubernetes: KubernetesRunner | None = Field(None, description="needed where a runner is kubernetes")
    emr_serverless: EmrServerlessRunner | None = Field(None, description="needed where a runner is emr_serverless")

    def lacking(self) -> str | None:
        """What a runner needs and nobody gave, in words; asked of the whole, for base.yaml may give a part."""
        for runner in self.runners:
            if getattr(self, runner) is None:
                needs = {"kubernetes": "image", "emr_serverless": "application_id and role"}[runner]
                return f"runners: found {runner} without airflow.{runner}, expected its {needs}"
        return None
