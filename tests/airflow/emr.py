"""EMR Serverless's stand-in (standins/emr_serverless) as a process of the project's own environment."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from tests.airflow.parts import until
from tests.airflow.shop import PROJECT, PYTHON, Shop

LOGS = "logs"
ROLE = "arn:aws:iam::000000000000:role/lakehouse-emr-serverless"


@dataclass
class JobRuns:
    """The endpoint, how Airflow is told of it, and what was run there."""

    url: str
    application: str
    folder: Path
    s3: str | None = None
    scripts: str | None = None
    _seen: Counter[str] = field(default_factory=Counter)

    @property
    def connection(self) -> dict[str, Any]:
        """Airflow's AWS connection, with other endpoints."""
        services = {"emr-serverless": {"endpoint_url": self.url}}
        if self.s3:
            services["s3"] = {"endpoint_url": self.s3}
        extra = {"region_name": "us-east-1", "service_config": services}
        return {"conn_type": "aws", "login": "testing", "password": "testing", "extra": extra}

    @property
    def settings(self) -> dict[str, Any]:
        """The section airflow.emr_serverless."""
        own = {"scripts": self.scripts} if self.scripts else {}
        if self.s3:
            own["log_uri"] = f"s3://{LOGS}/emr/"
        return {
            "application_id": self.application,
            "role": ROLE,
            "connection": "shop_emr",
            "poll_seconds": 1,
            "parameters": {"run": "--conf spark.sql.shuffle.partitions=4"},
            **own,
        }

    def all(self) -> list[dict[str, Any]]:
        """Every job run, newest first."""
        client = boto3.client("emr-serverless", endpoint_url=self.url, region_name="us-east-1")
        listed = client.list_job_runs(applicationId=self.application)["jobRuns"]
        return [client.get_job_run(applicationId=self.application, jobRunId=one["id"])["jobRun"] for one in listed]

    def states(self) -> Counter[str]:
        return Counter(one["state"] for one in self.all())

    def script(self, text: str) -> None:
        """Let the jobs to come run this Python instead of the nightly; spark-submit starts it all the same."""
        jobs = self.folder / "jobs"
        jobs.mkdir(exist_ok=True)
        (jobs / "nightly.py").write_text(text)
        self.scripts = str(jobs)


@contextmanager
def job_runs(folder: Path, shop: Shop, s3: str | None = None) -> Iterator[JobRuns]:
    """The stand-in for as long as the block lasts. Its jobs find Delta's jars as in an image, and this lakehouse.

    With an address of `s3` what jobs say is kept there.
    """
    folder.mkdir()
    listed = [str(PYTHON), "-m", "spark_app.runtime.jars", "--list"]
    jars = subprocess.run(listed, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.strip()
    command = [str(PYTHON), "-m", "emr_standin", "--logs", str(folder / "logs"), "--conf"]
    command += [f"spark.jars={jars}", "--env", f"LAKEHOUSE_CONF={shop.conf}"]
    command += ["--env", f"LAKEHOUSE_EMAIL_SALT={os.environ['LAKEHOUSE_EMAIL_SALT']}"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    kept["PYTHONPATH"] = str(PROJECT / "standins" / "emr_serverless")
    if s3:
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
        boto3.client("s3", endpoint_url=s3, **keys).create_bucket(Bucket=LOGS)
        kept |= {"AWS_ENDPOINT_URL_S3": s3, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=kept, stdout=log, stderr=log)
    try:
        found = until(
            "the stand-in is ready",
            lambda: re.search(r"at (http\S+), application (\w+)", (folder / "log").read_text()),
            60,
            lambda: _alive(process, folder / "log"),
        )
        yield JobRuns(found[1], found[2], folder, s3)
    finally:
        process.terminate()
        process.wait(60)


def _alive(process: subprocess.Popen[bytes], log: Path) -> None:
    assert process.poll() is None, log.read_text()
