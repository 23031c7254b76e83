"""One job run: its process, and the states the service would tell of it."""

from __future__ import annotations

import gzip
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from emr_standin.applications import ACCOUNT, Application
from emr_standin.billing import utilization
from emr_standin.errors import Invalid
from emr_standin.spark_submit import Command

ENDED = ("SUCCESS", "FAILED", "CANCELLED")
GRACE_SECONDS = 15  # between asking a canceled job to end and ending it
DEFAULT_TIMEOUT_MINUTES = 720
_LONGEST = 256  # characters of stateDetails
_EXCEPTION = re.compile(rb"^(?:\S+(?:Error|Exception|Interrupt)\b|error: ).*", re.MULTILINE)
# Kept and told again as they came.
_KEPT = ("name", "jobDriver", "configurationOverrides", "tags", "executionTimeoutMinutes")


class JobRun:
    """A job run from SUBMITTED to one of ENDED; a thread of its own follows the process."""

    def __init__(self, id_: str, application: Application, asked: Mapping[str, Any], command: Command, logs: Path):
        self.id, self.application, self.asked = id_, application, dict(asked)
        self.state, self.details = "SUBMITTED", ""
        self.created = self.updated = time.time()
        self.started: float | None = None
        self.exit_code: int | None = None
        self.logs = logs / "applications" / application.id / "jobs" / id_ / "SPARK_DRIVER"
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._canceled = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"job {id_}", daemon=True)
        self._thread.start()

    @property
    def arn(self) -> str:
        return f"{self.application.arn}/jobruns/{self.id}"

    def cancel(self, grace: float = GRACE_SECONDS) -> None:
        """Ask the whole process group to end; after `grace` seconds end it."""
        with self._lock:
            if self.state in ENDED:
                raise Invalid(f"Job run {self.id} is in state {self.state} and cannot be cancelled")
            self._to("CANCELLING")
            self._canceled.set()
        threading.Thread(target=self._end, args=(grace,), daemon=True).start()

    def join(self, seconds: float) -> None:
        """Wait for the end of a job run that was asked to end."""
        self._thread.join(seconds)

    def described(self) -> dict[str, Any]:
        """As GetJobRun tells it."""
        with self._lock:
            told = self._common() | {"jobRunId": self.id, "attempt": 1}
            told |= {key: self.asked[key] for key in _KEPT if key in self.asked}
            if self.started is not None:
                told["startedAt"] = self.started
            if self.state in ENDED:
                told["endedAt"] = self.updated
                seconds = self.updated - (self.started or self.updated)
                told["totalExecutionDurationSeconds"] = int(seconds)
                # Told of runs that have ended, as the service does.
                told["totalResourceUtilization"] = utilization(self._command.words, seconds, billed=False)
                told["billedResourceUtilization"] = utilization(self._command.words, seconds, billed=True)
            return told

    def listed(self) -> dict[str, Any]:
        """As ListJobRuns tells it."""
        with self._lock:
            name = {"name": self.asked["name"]} if "name" in self.asked else {}
            return self._common() | {"id": self.id, "type": "SPARK"} | name

    def _common(self) -> dict[str, Any]:
        return {
            "applicationId": self.application.id,
            "arn": self.arn,
            "createdBy": f"arn:aws:iam::{ACCOUNT}:user/standin",
            "createdAt": self.created,
            "updatedAt": self.updated,
            "executionRole": self.asked["executionRoleArn"],
            "state": self.state,
            "stateDetails": self.details,
            "releaseLabel": self.application.release,
            "mode": "BATCH",
        }

    def _to(self, state: str, details: str = "") -> None:
        self.state, self.details, self.updated = state, details[:_LONGEST], time.time()

    def _run(self) -> None:
        process = self._begin()
        if process is not None:
            minutes = self.asked.get("executionTimeoutMinutes", DEFAULT_TIMEOUT_MINUTES)
            try:
                process.wait(minutes * 60)
            except subprocess.TimeoutExpired:
                self.cancel()
            self.exit_code = process.wait()
            _signal(process, signal.SIGKILL)  # whoever it left behind
            self._keep_logs()
        with self._lock:
            if self._canceled.is_set():
                self._to("CANCELLED", "Job run was cancelled.")
            elif self.exit_code == 0:
                self._to("SUCCESS")
            else:
                self._to("FAILED", self.details or self._why())

    def _keep_logs(self) -> None:
        """In the bucket that the job asked for, as the service names them."""
        monitoring = self.asked.get("configurationOverrides", {}).get("monitoringConfiguration", {})
        uri = urlsplit(monitoring.get("s3MonitoringConfiguration", {}).get("logUri", ""))
        if not uri.netloc:
            return
        folder = f"{uri.path.strip('/')}/applications/{self.application.id}/jobs/{self.id}/SPARK_DRIVER"
        for name in ("stderr", "stdout"):
            body = gzip.compress((self.logs / name).read_bytes())
            with suppress(BotoCoreError, ClientError):  # of a bucket that is not there the service says nothing either
                boto3.client("s3").put_object(Bucket=uri.netloc, Key=f"{folder}/{name}.gz".lstrip("/"), Body=body)

    def _begin(self) -> subprocess.Popen[bytes] | None:
        self.logs.mkdir(parents=True)
        with self._lock, (self.logs / "stdout").open("wb") as out, (self.logs / "stderr").open("wb") as err:
            if self._canceled.is_set():
                return None
            self._to("SCHEDULED")
            try:
                # A group of its own: spark-submit becomes Java, which starts Python.
                self._process = subprocess.Popen(
                    self._command.words,
                    env=self._command.environment,
                    cwd=self.logs,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    start_new_session=True,
                )
            except OSError as error:
                self.details = f"{self._command.words[0]} was not started: {error.strerror}"
                return None
            self._to("RUNNING")
            self.started = self.updated
            return self._process

    def _end(self, grace: float) -> None:
        process = self._process
        if process is None:
            return
        _signal(process, signal.SIGTERM)
        self._thread.join(grace)
        if self._thread.is_alive():
            _signal(process, signal.SIGKILL)

    def _why(self) -> str:
        found = [line.decode(errors="replace") for line in _EXCEPTION.findall((self.logs / "stderr").read_bytes())]
        text = f"Job failed, please check complete logs in configured logging destination. ExitCode: {self.exit_code}."
        return f"{text} Last few exceptions: {' '.join(found[-3:])}" if found else text


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # all have ended
        os.killpg(process.pid, number)
