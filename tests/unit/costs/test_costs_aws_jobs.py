"""What an application of EMR Serverless keeps ready, asked of moto's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import boto3
import pytest
from moto import mock_aws

from spark_app.costs.advice import Waiting
from spark_app.costs.aws_jobs import waiting_workers
from spark_app.runtime.cost_settings import CostSettings
from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.settings import S3Settings, Settings

DRIVER = {"workerCount": 1, "workerConfiguration": {"cpu": "2 vCPU", "memory": "4 GB", "disk": "21 GB"}}
EXECUTORS = {"workerCount": 2, "workerConfiguration": {"cpu": "4 vCPU", "memory": "16 GB"}}
KEPT = {"Driver": DRIVER, "Executor": EXECUTORS}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


def settings_of(application: str) -> Settings:
    cost = CostSettings.model_validate({"billed_by": "emr_serverless", "emr_application": application})
    return Settings(environment="aws", cost=cost, s3=S3Settings(region="us-east-1"))


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({}, Waiting(Decimal(0), Decimal(0), 15)),
        ({"initialCapacity": KEPT}, Waiting(Decimal(10), Decimal(36), 15)),
        (
            {"initialCapacity": KEPT, "autoStopConfiguration": {"enabled": True, "idleTimeoutMinutes": 60}},
            Waiting(Decimal(10), Decimal(36), 60),
        ),
        (
            {"initialCapacity": KEPT, "autoStopConfiguration": {"enabled": False}},
            Waiting(Decimal(10), Decimal(36), None),
        ),
    ],
)
def test_workers_of_all_kinds_and_how_long_they_wait(more: dict[str, Any], kept: Waiting) -> None:
    emr = boto3.client("emr-serverless", region_name="us-east-1")
    made = emr.create_application(name="shop", releaseLabel="emr-7.9.0", type="SPARK", clientToken="t", **more)
    assert waiting_workers(settings_of(made["applicationId"])) == kept


def test_an_application_that_is_not_there_is_named() -> None:
    with pytest.raises(LakehouseError, match="application 00f1") as caught:
        waiting_workers(settings_of("00f1"))
    assert "emr-serverless:GetApplication" in str(caught.value)
