"""Bills that are known after a job has ended: EMR's by its stand-in, Glue's by answers of botocore's stubber."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from emr_standin import Platform, Standin, start

from spark_app.costs import aws_jobs
from spark_app.costs.aws_jobs import Job, dpu_seconds
from spark_app.costs.bill import Bill
from spark_app.costs.history import run_costs
from spark_app.costs.keep import BilledRun
from spark_app.costs.prices import load_prices
from spark_app.costs.settle import Unbilled, job_of, settle
from spark_app.lake import ops
from spark_app.lake.paths import Lake
from spark_app.runtime.cost_settings import CostSettings
from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.settings import S3Settings, Settings
from tests.support.ops_rows import put

NOW = datetime.now(UTC)
D = Decimal


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def settings(home: Path, **cost: Any) -> Settings:
    given = CostSettings.model_validate(cost)
    return Settings(environment="aws", home=str(home), cost=given, s3=S3Settings(region="us-east-1"))


def ran(lake: Lake, run_id: str, began: datetime, ended: datetime, **more: Any) -> None:
    """A run of two days and three steps of 60, 30 and 10 seconds."""
    run = {"run_id": run_id, "command": "run", "environment": "aws", "release_id": 1, **more}
    put(lake.table("ops.runs"), [{**run, "started_at": began, "ended_at": ended}])
    steps = [("bronze", "orders", 60.0), ("silver", "orders", 30.0), ("gold", "daily_sales", 10.0)]
    put(lake.table("ops.steps"), [{"run_id": run_id, "layer": a, "table_name": b, "seconds": c} for a, b, c in steps])
    days = [{"run_id": run_id, "dataset": "orders", "batch_date": date(2024, 3, d)} for d in (1, 2, 2)]
    put(lake.table("ops.ingested_files"), days)


@pytest.fixture
def emr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Standin]:
    """A stand-in whose jobs end at once."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    program = tmp_path / "spark-submit"
    program.write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -c 'pass'\n")
    program.chmod(0o755)
    with start(Platform(program, tmp_path, tmp_path / "logs")) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_EMR_SERVERLESS", running.endpoint)
        yield running


def ended_job(standin: Standin) -> tuple[datetime, datetime]:
    """The time that a job of 2 vCPU and 4.4 GB was there."""
    client = boto3.client("emr-serverless", endpoint_url=standin.endpoint, region_name="us-east-1")
    driver = {
        "entryPoint": "nightly.py",
        "sparkSubmitParameters": "--conf spark.driver.cores=2 --conf spark.driver.memory=4g",
    }
    asked: dict[str, Any] = {"executionRoleArn": "arn:aws:iam::000000000000:role/lakehouse-emr-serverless"}
    job = client.start_job_run(applicationId=standin.application_id, jobDriver={"sparkSubmit": driver}, **asked)
    for _ in range(400):
        run = client.get_job_run(applicationId=standin.application_id, jobRunId=job["jobRunId"])["jobRun"]
        if run["state"] == "SUCCESS":
            return run["createdAt"], run["endedAt"]
        time.sleep(0.05)  # the job is a process of the stand-in: AWS too is asked again until it has ended
    raise AssertionError(f"{run['state']}: {run['stateDetails']}")


def test_a_job_run_of_emr_serverless_is_billed_to_the_cent(tmp_path: Path, emr: Standin) -> None:
    """A minute of 2 vCPU and 4.4 GB: 0.033 × 0.052624 = 0.001737, 0.073 × 0.0057785 = 0.000422; by steps 60:30:10."""
    lake, began = Lake(str(tmp_path / "lake")), ended_job(emr)
    ran(lake, "r1", *began)
    ran(lake, "of-another", *began, environment="test")
    of_emr = settings(tmp_path, billed_by="emr_serverless", emr_application=emr.application_id)
    assert [one.run_id for one in settle(lake, of_emr, load_prices())] == ["r1"]
    (cost,) = run_costs(lake, NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=1))
    assert (cost.run_id, cost.landed_days, cost.released, cost.dollars) == ("r1", 2, True, D("0.002159"))
    shares = ops.select(lake.table("ops.costs"), "SELECT layer, table_name, dollars FROM ops_rows ORDER BY dollars")
    assert [row["dollars"] for row in shares] == [D("0.000216"), D("0.000648"), D("0.001295")]
    assert settle(lake, of_emr, load_prices()) == [], "once"


def test_a_run_whose_job_has_not_ended_waits_for_its_bill(tmp_path: Path, emr: Standin) -> None:
    lake, (began, ended) = Lake(str(tmp_path / "lake")), ended_job(emr)
    ran(lake, "later", began, ended + timedelta(seconds=5))
    of_emr = settings(tmp_path, billed_by="emr_serverless", emr_application=emr.application_id)
    assert settle(lake, of_emr, load_prices()) == []
    assert run_costs(lake, date.min, date.max) == []


def test_an_application_that_is_not_there_is_told(tmp_path: Path, emr: Standin) -> None:
    lake = Lake(str(tmp_path / "lake"))
    ran(lake, "r1", NOW, NOW)
    with pytest.raises(LakehouseError, match=r"application 00none: .*does not exist") as caught:
        settle(lake, settings(tmp_path, billed_by="emr_serverless", emr_application="00none"), load_prices())
    assert caught.value.hint
    assert "emr-serverless:ListJobRuns" in caught.value.hint


def test_only_jobs_that_may_be_a_run_s_are_looked_at(
    tmp_path: Path, emr: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command from elsewhere, which is no job's, does not have every job of two weeks asked for."""
    lake, (began, _) = Lake(str(tmp_path / "lake")), ended_job(emr)
    ran(lake, "from a laptop", began - timedelta(hours=1), began - timedelta(minutes=59))
    asked: list[str] = []
    client = aws_jobs.client

    def counted(*given: Any) -> Any:
        found = client(*given)
        get = found.get_job_run
        found.get_job_run = lambda **one: asked.append(one["jobRunId"]) or get(**one)
        return found

    monkeypatch.setattr(aws_jobs, "client", counted)
    of_emr = settings(tmp_path, billed_by="emr_serverless", emr_application=emr.application_id)
    assert settle(lake, of_emr, load_prices()) == []
    ran(lake, "of the job", began, began)
    assert [one.run_id for one in settle(lake, of_emr, load_prices())] == ["of the job"]
    assert len(asked) == 1


def test_without_runs_nobody_is_asked(tmp_path: Path) -> None:
    of_emr = settings(tmp_path, billed_by="emr_serverless", emr_application="00none")
    assert settle(Lake(str(tmp_path / "lake")), of_emr, load_prices()) == []


def test_a_run_is_the_shortest_jobs_that_was_there_all_the_time() -> None:
    """A second job that waited for the lake was there before the run's own and after it."""
    run = Unbilled(BilledRun("r1", NOW.date(), "run", 1, True), at(10), at(20))
    jobs = [Job(name, at(first), at(last), Bill("glue", ())) for name, first, last in JOBS]
    found = job_of(run, jobs)
    assert found is not None
    assert found.id == "own"
    assert job_of(run, [job for job in jobs if job.id in ("before", "too short")]) is None


JOBS = [("waiting", 5, 40), ("own", 9, 21), ("before", 0, 9), ("too short", 9, 19)]


def test_glue_s_runs_by_what_glue_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """1,500 DPU-seconds: 0.416667 DPU-hours at 0.44."""
    glue = boto3.client("glue", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    monkeypatch.setattr(aws_jobs, "client", lambda *_: glue)
    lake = Lake(str(tmp_path / "lake"))
    ran(lake, "r1", at(-30), at(-20))
    run = {"Id": "jr_1", "StartedOn": at(-31), "CompletedOn": at(-19), "DPUSeconds": 1500.0, "JobName": "nightly"}
    going_on = {"Id": "jr_2", "StartedOn": at(-1), "JobName": "nightly"}
    with Stubber(glue) as stub:
        stub.add_response("get_job_runs", {"JobRuns": [going_on, run]}, {"JobName": "nightly"})
        assert settle(lake, settings(tmp_path, billed_by="glue", glue_jobs=["nightly"]), load_prices())
    (cost,) = run_costs(lake, date(2000, 1, 1), date(2100, 1, 1))
    assert (cost.billed_by, cost.dollars) == ("glue", D("0.183333"))


def test_a_glue_job_of_fixed_size_is_its_whole_capacity_for_a_minute_at_least() -> None:
    assert dpu_seconds({"MaxCapacity": 3.0, "ExecutionTime": 600}) == 1800
    assert dpu_seconds({"MaxCapacity": 3.0, "ExecutionTime": 20}) == 180


def test_of_two_bills_of_a_run_the_newer_holds(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    bill = {"run_id": "r1", "day": NOW.date(), "command": "run", "landed_days": 1, "released": True}
    for when, dollars in ((at(0), "1"), (at(1), "2")):
        put(lake.table("ops.bills"), [{**bill, "billed_by": "glue", "billed_at": when, "dollars": D(dollars)}])
    assert [one.dollars for one in run_costs(lake, NOW.date(), NOW.date())] == [D(2)]
