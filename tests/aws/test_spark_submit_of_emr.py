"""The stand-in for EMR Serverless with the environment's own spark-submit: arguments and exit codes as they are."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from emr_standin import Platform, Standin, start

from spark_app.runtime.java import find_java

ROLE = "arn:aws:iam::000000000000:role/lakehouse-emr-serverless"
ENDED = ("SUCCESS", "FAILED", "CANCELLED")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    """With the environment's own spark-submit."""
    submit_ = Path(sys.executable).parent / "spark-submit"
    java = {"JAVA_HOME": str(find_java().home), "SPARK_LOCAL_IP": "127.0.0.1"}
    logs = tmp_path_factory.mktemp("emr")
    with start(Platform(submit_, logs, logs / "logs", "local[1]", environment=java)) as running:
        yield running


@pytest.mark.parametrize(("code", "state", "details"), [(0, "SUCCESS", ""), (4, "FAILED", "ExitCode: 4.")])
def test_a_real_spark_submit(real: Standin, code: int, state: str, details: str) -> None:
    """A script of Python started by spark-submit: its arguments, and its exit code unchanged."""
    (real.logs.parent / "job.py").write_text("import sys\nprint(sys.argv[1:])\nsys.exit(int(sys.argv[-1]))\n")
    emr = boto3.client("emr-serverless", endpoint_url=real.endpoint, region_name="us-east-1")
    driver = {"entryPoint": "local:///opt/lakehouse/job.py", "entryPointArguments": ["--date", "2024-01-01", str(code)]}
    started = emr.start_job_run(
        applicationId=real.application_id, executionRoleArn=ROLE, jobDriver={"sparkSubmit": driver}
    )
    run = emr.get_job_run(applicationId=real.application_id, jobRunId=started["jobRunId"])["jobRun"]
    deadline = time.monotonic() + 120
    while run["state"] not in ENDED and time.monotonic() < deadline:
        time.sleep(0.1)
        run = emr.get_job_run(applicationId=real.application_id, jobRunId=started["jobRunId"])["jobRun"]
    assert (run["state"], details in run["stateDetails"]) == (state, True)
    assert (real.job(started["jobRunId"]).logs / "stdout").read_text() == f"['--date', '2024-01-01', '{code}']\n"
