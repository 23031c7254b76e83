"""The runner `emr_serverless`: each task is a job run of an application whose custom image is the project's own.

The task waits in the triggerer and holds no worker. A job run that its task no longer waits for is canceled; one whose
task was lost is waited for by the next try, never joined by a second one.
"""

from __future__ import annotations

import gzip
import json
import math
import re
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any, NoReturn

from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.operators.emr import EmrServerlessStartJobOperator
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException
from botocore.exceptions import BotoCoreError, ClientError

from dags.lakehouse import environment
from dags.lakehouse.connections import check_connection
from dags.lakehouse.outcome import JobFailed, JobFailedForGood, failure, last_words
from spark_app.runtime.airflow_settings import EmrServerlessRunner
from spark_app.runtime.layers import Program

STARTING_MINUTES = 15  # for a job that waits for capacity, beyond the time it may run
ENDED = ("SUCCESS", "FAILED", "CANCELLED")
KEY = "job_run_id"
_EXIT_CODE = re.compile(r"\bExitCode: (\d+)")


def task(word: Program, arguments: Sequence[str], **options: Any) -> BaseOperator:
    """A task that runs `word` as a job run."""
    airflow = environment.airflow_settings()
    settings = airflow.emr_serverless
    assert settings is not None  # load_settings has checked it
    minutes = airflow.timeout_minutes
    # The application does one job run at a time: this one may have to wait for another to end.
    waited = timedelta(minutes=2 * minutes + STARTING_MINUTES)
    return LayerJob(
        application_id=settings.application_id,
        execution_role_arn=settings.role,
        job_driver={"sparkSubmit": _driver(settings, word, arguments)},
        configuration_overrides=_overrides(settings),
        name=f"lakehouse-{environment.name()}-{word}",
        config={
            "executionTimeoutMinutes": minutes,
            "tags": {**settings.tags, "environment": environment.name(), "layer": word},
        },
        aws_conn_id=settings.connection,
        region_name=settings.region,
        deferrable=True,
        cancel_on_kill=True,
        waiter_delay=settings.poll_seconds,
        waiter_max_attempts=math.ceil(waited.total_seconds() / settings.poll_seconds),
        execution_timeout=waited,
        do_xcom_push=False,
        **options,
    )


def _driver(settings: EmrServerlessRunner, word: Program, arguments: Sequence[str]) -> dict[str, Any]:
    alone = "--conf spark.emr-serverless.driverEnv.LAKEHOUSE_SCHEDULER=airflow"
    return {
        "entryPoint": f"{settings.scripts}/{environment.script(word)}.py",
        "entryPointArguments": list(arguments),
        "sparkSubmitParameters": f"{settings.parameters.get(word, settings.default_parameters)} {alone}".strip(),
    }


def _overrides(settings: EmrServerlessRunner) -> dict[str, Any] | None:
    if settings.log_uri is None:
        return None
    return {"monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": settings.log_uri}}}


class _EndedBefore(Exception):
    """The service knows the request: its job run is over."""


class LayerJob(EmrServerlessStartJobOperator):
    """A job run whose exit code decides whether Airflow tries again."""

    _may_have_ended = False

    def execute(self, context: Any, event: dict[str, Any] | None = None) -> str | None:
        """Start the job run and wait for it in the triggerer."""
        check_connection(self.aws_conn_id, "airflow.emr_serverless.connection")
        if event and event.get("status") != "success":  # of the trigger that waited for the application to start
            raise AirflowException(f"the trigger says {event}")
        try:
            return self._started_once(context, event)
        except ClientError as error:
            where = f"application {self.application_id} (airflow.emr_serverless in conf/{environment.name()}.yaml)"
            told = error.response["Error"]
            final = told["Code"] in ("ResourceNotFoundException", "ValidationException", "AccessDeniedException")
            raise failure(where, 2 if final else None, f"{told['Code']}: {told['Message']}") from error

    def _started_once(self, context: Any, event: dict[str, Any] | None) -> str | None:
        """Ask for each earlier try's job run again: one still at work is waited for, not joined by a second one.

        A try may be lost when its job run has started and nobody has heard of it. Each has started one at most.
        """
        for number in range(1, context["ti"].try_number):
            self._may_have_ended = True
            self.client_request_token = self._token(context, number)
            try:
                return super().execute(context, event)
            except _EndedBefore as ended:
                self.log.info("%s: an earlier try's, over", ended)
        self._may_have_ended = False
        self.client_request_token = self._token(context, context["ti"].try_number)
        return super().execute(context, event)

    def _token(self, context: Any, number: int) -> str:
        """By which the service knows the `number`-th request of this run's task again, sent by whichever try."""
        ti = context["ti"]
        asked = [self.application_id, self.execution_role_arn, self.job_driver, self.configuration_overrides]
        of = [ti.dag_id, ti.run_id, ti.task_id, ti.map_index, number, *asked, self.name, self.config]
        return sha256(json.dumps(of, sort_keys=True, default=str).encode()).hexdigest()

    def persist_links(self, context: Any) -> None:
        """Called when the job run has just been started: its id must be known when the trigger has failed."""
        if self._may_have_ended:
            told = self.hook.conn.get_job_run(applicationId=self.application_id, jobRunId=self.job_id)["jobRun"]
            if told["state"] in (*ENDED, "CANCELLING"):
                raise _EndedBefore(f"job run {self.job_id} is {told['state']}")
        context["ti"].xcom_push(key=KEY, value=self.job_id)
        super().persist_links(context)

    def execute_complete(self, context: Any, event: dict[str, Any] | None = None) -> None:
        """After the wait. The provider's own looks for the job run's id in a failed trigger's event, which has none."""
        if event and event.get("status") == "success":
            return
        raise AirflowException(f"the trigger says {event}")

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Any) -> Any:
        """After the wait: a trigger says only that it failed, so the job run itself is asked how it ended."""
        try:
            return super().resume_execution(next_method, next_kwargs, context)
        except (JobFailed, JobFailedForGood):
            raise
        except AirflowException as error:
            self._explain(context, error)

    def _explain(self, context: Any, error: Exception) -> NoReturn:
        job = context["ti"].xcom_pull(task_ids=self.task_id, key=KEY)
        if job is None:
            raise failure(f"application {self.application_id}", None, f"it did not start: {error}") from error
        where = f"job run {job} of application {self.application_id}"
        told = self.hook.conn.get_job_run(applicationId=self.application_id, jobRunId=job)["jobRun"]
        if told["state"] not in ENDED:
            self.hook.conn.cancel_job_run(applicationId=self.application_id, jobRunId=job)
            raise failure(where, None, f"still {told['state']} after the longest wait, now canceled") from error
        found = _EXIT_CODE.search(told.get("stateDetails", ""))
        code = int(found[1]) if found else None
        words = self._words(job) or told.get("stateDetails") or told["state"]
        raise failure(where, code, words) from error

    def _words(self, job: str) -> str:
        """What the driver said last, where the settings keep logs in S3 and they can be read.

        Spark's Python runner puts all that a script says on stdout; Spark's own words are on stderr.
        """
        kept = (self.configuration_overrides or {}).get("monitoringConfiguration", {}).get("s3MonitoringConfiguration")
        if not kept:
            return ""
        folder = f"{kept['logUri'].rstrip('/')}/applications/{self.application_id}/jobs/{job}/SPARK_DRIVER"
        return last_words([line for name in ("stderr", "stdout") for line in self._log(f"{folder}/{name}.gz")])

    def _log(self, uri: str) -> list[str]:
        bucket, key = S3Hook.parse_s3_url(uri)
        try:
            hook = S3Hook(aws_conn_id=self.aws_conn_id, region_name=self.region_name)
            text = gzip.decompress(hook.get_key(key, bucket).get()["Body"].read()).decode(errors="replace")
        except (ClientError, BotoCoreError, OSError) as error:
            self.log.warning("The job's log at %s could not be read: %s", uri, error)
            return []
        return text.splitlines()
