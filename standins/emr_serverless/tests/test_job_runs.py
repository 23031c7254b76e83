"""The stand-in, spoken to by boto3. A program of the tests' own takes spark-submit's place."""

from __future__ import annotations

import gzip
import json
import shlex
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from emr_standin import Platform, Standin, start
from moto.server import ThreadedMotoServer

ROLE = "arn:aws:iam::000000000000:role/lakehouse-emr-serverless"
PACKAGE = Path(__file__).resolve().parents[1]
ENDED = ("SUCCESS", "FAILED", "CANCELLED")
# Prints its words, then does what the first of the job's arguments says.
SCRIPT = """
import json, os, signal, subprocess, sys, time
print(json.dumps(sys.argv[1:]), os.environ.get("GREETING"), flush=True)
what = sys.argv[-1]
if what == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if what in ("wait", "deaf"):
    child = subprocess.Popen(["sleep", "600"])
    open("child.part", "w").write(str(child.pid))
    os.rename("child.part", "child")
    time.sleep(600)
if what.isdigit() and what != "0":
    print("pyspark.errors.AnalysisException: no such table", file=sys.stderr)
    sys.exit(int(what))
"""


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    """A program of this Python's, wherever that lies: a shebang would end at the first space."""
    # sh runs the second line; to Python it is a text.
    starter = f"#!/bin/sh\n'''exec' {shlex.quote(sys.executable)} \"$0\" \"$@\"\n' '''\n"
    path = tmp_path / "spark-submit"
    path.write_text(starter + SCRIPT, encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def standin(tmp_path: Path, fake: Path) -> Iterator[Standin]:
    platform = Platform(fake, tmp_path, tmp_path / "logs", conf={"spark.a": "platform", "spark.b": "platform"})
    with start(platform) as running:
        yield running


@pytest.fixture
def emr(standin: Standin) -> Any:
    return client(standin)


def client(standin: Standin) -> Any:
    return boto3.client("emr-serverless", endpoint_url=standin.endpoint, region_name="us-east-1")


def submit(emr: Any, application: str, *arguments: str, **more: Any) -> str:
    driver = {
        "entryPoint": "local:///opt/lakehouse/spark_app/jobs/bronze.py",
        "entryPointArguments": list(arguments),
        "sparkSubmitParameters": "--conf spark.b=job --conf 'spark.emr-serverless.driverEnv.GREETING=good day'",
    }
    asked = {"executionRoleArn": ROLE, "jobDriver": {"sparkSubmit": driver}} | more
    return str(emr.start_job_run(applicationId=application, **asked)["jobRunId"])


def until(found: Callable[[], Any], seconds: float = 60) -> Any:
    """What a condition gives as soon as it gives something."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, "nothing came of it in time"
        time.sleep(0.05)
    return value


def ended(emr: Any, application: str, job: str, seconds: float = 60) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        run = emr.get_job_run(applicationId=application, jobRunId=job)["jobRun"]
        return run if run["state"] in ENDED else None

    return until(look, seconds)


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.is_file() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_job_gets_what_it_was_sent(standin: Standin, emr: Any, tmp_path: Path) -> None:
    job = submit(emr, standin.application_id, "--env", "aws", "0", name="nightly", tags={"team": "sales"})
    run = ended(emr, standin.application_id, job)
    assert (run["state"], run["name"], run["tags"]) == ("SUCCESS", "nightly", {"team": "sales"})
    assert run["endedAt"] >= run["startedAt"] >= run["createdAt"]
    printed = (standin.job(job).logs / "stdout").read_text()
    words = json.loads(printed[: printed.rindex("]") + 1])
    assert words[:2] == ["--master", "local[2]"]
    entry = words.index(str(tmp_path / "spark_app" / "jobs" / "bronze.py"))
    assert words[entry + 1 :] == ["--env", "aws", "0"]
    settings = words[2:entry]
    assert settings.index("spark.b=platform") < settings.index("spark.b=job"), "the last one holds for spark-submit"
    assert printed.rstrip().endswith("good day")


def test_settings_of_application_and_job(standin: Standin, emr: Any) -> None:
    defaults = {"classification": "spark-defaults", "properties": {"spark.a": "application"}}
    made = emr.create_application(
        name="x", type="SPARK", releaseLabel="emr-7.13.0", clientToken="t", runtimeConfiguration=[defaults]
    )
    overrides = {"applicationConfiguration": [{**defaults, "properties": {"spark.c": "override"}}]}
    job = submit(emr, made["applicationId"], "0", configurationOverrides=overrides)
    assert ended(emr, made["applicationId"], job)["state"] == "SUCCESS"
    logs = standin.logs / "applications" / made["applicationId"] / "jobs" / job / "SPARK_DRIVER" / "stdout"
    assert '"spark.a=application"' in logs.read_text()
    assert '"spark.c=override"' in logs.read_text()


def test_a_run_that_has_ended_says_what_is_billed(standin: Standin, emr: Any) -> None:
    """A minute at least of 2 vCPU and 4.4 GB; of a run that goes on nothing is said, as the service does."""
    driver = {"entryPoint": "local:///opt/lakehouse/spark_app/jobs/bronze.py", "entryPointArguments": ["0"]}
    driver["sparkSubmitParameters"] = "--conf spark.driver.cores=2 --conf spark.driver.memory=4g"
    job = submit(emr, standin.application_id, "0", jobDriver={"sparkSubmit": driver})
    run = ended(emr, standin.application_id, job)
    assert run["billedResourceUtilization"] == {"vCPUHour": 0.033, "memoryGBHour": 0.073, "storageGBHour": 0.0}
    assert run["totalResourceUtilization"]["vCPUHour"] <= 0.033
    waiting = submit(emr, standin.application_id, "wait")
    assert (
        "billedResourceUtilization"
        not in emr.get_job_run(applicationId=standin.application_id, jobRunId=waiting)["jobRun"]
    )


def test_runs_are_listed_by_when_they_were_made(standin: Standin, emr: Any) -> None:
    job = submit(emr, standin.application_id, "0")
    made = ended(emr, standin.application_id, job)["createdAt"]

    def listed(**asked: Any) -> list[str]:
        return [run["id"] for run in emr.list_job_runs(applicationId=standin.application_id, **asked)["jobRuns"]]

    hour = timedelta(hours=1)
    assert listed(createdAtAfter=made - hour, createdAtBefore=made + hour) == [job]
    assert listed(createdAtAfter=made + hour) == listed(createdAtBefore=made - hour) == []


def test_a_failure_tells_code_and_exception(standin: Standin, emr: Any) -> None:
    run = ended(emr, standin.application_id, submit(emr, standin.application_id, "4"))
    assert run["state"] == "FAILED"
    assert "ExitCode: 4." in run["stateDetails"]
    assert "AnalysisException: no such table" in run["stateDetails"]


def test_logs_go_to_the_bucket_that_was_asked_for(standin: Standin, emr: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    said = {"AWS_ENDPOINT_URL_S3": "http://{}:{}".format(*server.get_host_and_port()), "AWS_REGION": "us-east-1"}
    for name, value in {**said, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}.items():
        monkeypatch.setenv(name, value)
    monitoring = {"s3MonitoringConfiguration": {"logUri": "s3://logs/emr/"}}
    try:
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="logs")
        job = submit(emr, standin.application_id, "4", configurationOverrides={"monitoringConfiguration": monitoring})
        assert ended(emr, standin.application_id, job)["state"] == "FAILED"
        folder = f"emr/applications/{standin.application_id}/jobs/{job}/SPARK_DRIVER"
        body = s3.get_object(Bucket="logs", Key=f"{folder}/stderr.gz")["Body"].read()
    finally:
        server.stop()
    assert gzip.decompress(body).decode().strip() == "pyspark.errors.AnalysisException: no such table"


@pytest.mark.parametrize("how", ["wait", "deaf"])
def test_cancel_ends_the_whole_group(standin: Standin, emr: Any, how: str) -> None:
    job = submit(emr, standin.application_id, how)
    logs = standin.job(job).logs
    child = int(until(lambda: (logs / "child").is_file() and (logs / "child").read_text()))
    assert emr.get_job_run(applicationId=standin.application_id, jobRunId=job)["jobRun"]["state"] == "RUNNING"
    emr.cancel_job_run(applicationId=standin.application_id, jobRunId=job, shutdownGracePeriodInSeconds=1)
    state = emr.get_job_run(applicationId=standin.application_id, jobRunId=job)["jobRun"]["state"]
    assert state in ("CANCELLING", "CANCELLED")
    assert ended(emr, standin.application_id, job)["state"] == "CANCELLED"
    until(lambda: not alive(child))
    with pytest.raises(ClientError, match="CANCELLED and cannot be cancelled"):
        emr.cancel_job_run(applicationId=standin.application_id, jobRunId=job)


def test_what_runs_at_the_end_is_ended(tmp_path: Path, fake: Path) -> None:
    with start(Platform(fake, tmp_path, tmp_path / "logs")) as running:
        job = submit(client(running), running.application_id, "wait")
        logs = running.job(job).logs
        child = int(until(lambda: (logs / "child").is_file() and (logs / "child").read_text()))
    until(lambda: not alive(child))


def test_the_same_token_starts_one_job(standin: Standin, emr: Any) -> None:
    token = str(uuid.uuid4())
    first = submit(emr, standin.application_id, "0", clientToken=token)
    assert submit(emr, standin.application_id, "0", clientToken=token) == first
    with pytest.raises(ClientError, match="ConflictException"):
        submit(emr, standin.application_id, "1", clientToken=token)
    assert [run["id"] for run in emr.list_job_runs(applicationId=standin.application_id)["jobRuns"]] == [first]


def test_an_application_from_making_to_deleting(standin: Standin, emr: Any) -> None:
    asked = {"type": "SPARK", "releaseLabel": "emr-7.13.0", "autoStartConfiguration": {"enabled": False}}
    made = emr.create_application(name="own", clientToken="own", **asked)["applicationId"]

    def state() -> str:
        return str(emr.get_application(applicationId=made)["application"]["state"])

    assert state() == "CREATED"
    with pytest.raises(ClientError, match="auto-start is off"):
        submit(emr, made, "0")
    emr.start_application(applicationId=made)
    assert [one["id"] for one in emr.list_applications(states=["STARTED"])["applications"]] == [made]
    job = submit(emr, made, "wait")
    with pytest.raises(ClientError, match="have not ended"):
        emr.stop_application(applicationId=made)
    emr.cancel_job_run(applicationId=made, jobRunId=job)
    assert ended(emr, made, job)["state"] == "CANCELLED"
    emr.stop_application(applicationId=made)
    assert state() == "STOPPED"
    emr.delete_application(applicationId=made)
    assert state() == "TERMINATED"


def test_a_job_submitted_starts_its_application(standin: Standin, emr: Any) -> None:
    application = standin.application_id
    assert emr.get_application(applicationId=application)["application"]["state"] == "CREATED"
    ended(emr, application, submit(emr, application, "0"))
    assert emr.get_application(applicationId=application)["application"]["state"] == "STARTED"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"jobDriver": {"hive": {"query": "SELECT 1"}}}, "jobDriver.sparkSubmit"),
        ({"retryPolicy": {"maxAttempts": 3}}, "retryPolicy"),
        (
            {"jobDriver": {"sparkSubmit": {"entryPoint": "x", "sparkSubmitParameters": "--master yarn"}}},
            "--master, which the service sets itself",
        ),
    ],
)
def test_what_it_does_not_do_is_refused(standin: Standin, emr: Any, more: dict[str, Any], said: str) -> None:
    with pytest.raises(ClientError, match=f"ValidationException.*{said}"):
        submit(emr, standin.application_id, **more)


def test_what_is_not_there_is_not_found(standin: Standin, emr: Any) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        emr.get_job_run(applicationId=standin.application_id, jobRunId="0none")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        submit(emr, "0none", "0")
    with pytest.raises(ClientError, match="UnknownOperationException"):
        emr.list_sessions(applicationId=standin.application_id)


def test_a_spark_submit_that_is_not_there(tmp_path: Path) -> None:
    with start(Platform(tmp_path / "none", tmp_path, tmp_path / "logs")) as running:
        emr = client(running)
        run = ended(emr, running.application_id, submit(emr, running.application_id))
    assert (run["state"], run["stateDetails"]) == (
        "FAILED",
        f"{tmp_path}/none was not started: No such file or directory",
    )


def test_serve_says_where_it_is_and_stops(fake: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "emr_standin", "--spark-submit", str(fake), "--logs", str(tmp_path / "logs")]
    process = subprocess.Popen(words, cwd=PACKAGE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.readline()
    try:
        endpoint = said.split(" at ")[1].split(",")[0]
        application = said.split("application ")[1].split(",")[0]
        emr = boto3.client("emr-serverless", endpoint_url=endpoint, region_name="us-east-1")
        assert ended(emr, application, submit(emr, application, "0"))["state"] == "SUCCESS"
    finally:
        process.terminate()
        assert process.wait(30) == 0


def test_serve_without_spark_submit_is_one_line() -> None:
    words = [sys.executable, "-m", "emr_standin", "--spark-submit", "/none"]
    done = subprocess.run(words, cwd=PACKAGE, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: no spark-submit at /none")
