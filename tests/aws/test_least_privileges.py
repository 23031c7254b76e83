"""A night by the rights that the template gives, and no others: MinIO checks policies, where it can be had."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import object_store
import pytest
import yaml
from botocore.exceptions import ClientError
from moto import mock_aws
from redshift_standin import start

from spark_app.runtime.settings import conf_dir
from spark_app.shops.demo import generate
from tests.aws.templates import Stack

pytestmark = pytest.mark.stack


@dataclass(frozen=True)
class Night:
    """A store with the template's buckets, and what a run of its role finds in its environment."""

    admin: Any
    run: Any
    landing: str
    lake: str
    environment: dict[str, str]


@pytest.fixture(scope="module")
def made() -> tuple[dict[str, Any], str, str]:
    """The run's policy and the names of landing and lake, as the template makes them."""
    with mock_aws():
        stack = Stack.make()
        return stack.policy("RunPolicy"), stack.id("Landing"), stack.id("Lake")


@pytest.fixture(scope="module")
def night(made: tuple[dict[str, Any], str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    policy, landing, lake = made
    folder = tmp_path_factory.mktemp("night")
    with object_store.running(folder / "data") as store:
        if store.kind == "moto":
            pytest.skip("no MinIO here (docker/stack/object_store.py), and moto checks no rights as S3 does")
        root = {"aws_access_key_id": object_store.USER, "aws_secret_access_key": object_store.PASSWORD}
        admin = boto3.client("s3", endpoint_url=store.endpoint, region_name="us-east-1", **root)
        for bucket in (landing, lake):
            admin.create_bucket(Bucket=bucket)
        # MinIO knows S3's actions only; a session of its own user with this policy can do what the policy says.
        statements = [one for one in policy["Statement"] if "s3:" in json.dumps(one["Action"])]
        sts = boto3.client("sts", endpoint_url=store.endpoint, region_name="us-east-1", **root)
        given = sts.assume_role(
            RoleArn="arn:minio:iam:::role/run",
            RoleSessionName="night",
            Policy=json.dumps({**policy, "Statement": statements}),
        )["Credentials"]
        keys = {"AccessKeyId": "ACCESS_KEY_ID", "SecretAccessKey": "SECRET_ACCESS_KEY", "SessionToken": "SESSION_TOKEN"}
        session = {f"AWS_{name}": given[key] for key, name in keys.items()}
        run = boto3.client(
            "s3",
            endpoint_url=store.endpoint,
            region_name="us-east-1",
            **{name.lower(): value for name, value in session.items()},
        )
        generate(str(folder / "landing"), date(2024, 1, 1), 3, orders_per_day=12)
        for path in (folder / "landing").rglob("*.csv*"):
            admin.upload_file(str(path), landing, path.relative_to(folder).as_posix())
        with start(s3_endpoint=store.endpoint) as house:
            conf = _settings(folder, store.endpoint, landing, lake, house)
            environment = {**os.environ, **store.environment, **session, "LAKEHOUSE_CONF": str(conf)}
            environment["LAKEHOUSE_REDSHIFT_PASSWORD"] = house.password
            yield Night(admin, run, landing, lake, environment)


def _settings(folder: Path, endpoint: str, landing: str, lake: str, house: Any) -> Path:
    conf = folder / "conf"
    shutil.copytree(conf_dir(), conf)
    found: dict[str, Any] = yaml.safe_load((conf / "minio.yaml").read_text())
    found |= {"landing": f"s3a://{landing}/landing", "lake": f"s3a://{lake}/lake", "home": str(folder)}
    found |= {"reports": f"s3a://{lake}/reports"}
    found["s3"]["endpoint"] = endpoint
    found["redshift"] |= {"host": house.host, "port": house.port, "user": house.user, "database": house.database}
    found["redshift"]["temp"] = f"s3a://{lake}/tmp/redshift"
    (conf / "night.yaml").write_text(yaml.safe_dump(found))
    return conf


def test_what_a_run_may_not_do(night: Night) -> None:
    """The policy is really looked at."""
    refused = [
        lambda: night.run.put_object(Bucket=night.landing, Key="landing/orders/dt=2024-01-01/x.csv", Body=b""),
        lambda: night.run.get_object(Bucket=night.lake, Key="code/lakehouse.zip"),
        lambda: night.run.put_object(Bucket=night.lake, Key="elsewhere/x", Body=b""),
        lambda: night.run.delete_bucket(Bucket=night.lake),
        lambda: night.run.create_bucket(Bucket="another"),
    ]
    for attempt in refused:
        with pytest.raises(ClientError, match="AccessDenied"):
            attempt()


@pytest.mark.parametrize("script", ["nightly", "maintenance"])
def test_a_run_needs_no_more(night: Night, script: str) -> None:
    words = ["--from", "2024-01-01", "--to", "2024-01-03"] if script == "nightly" else []
    command = [sys.executable, "-m", f"spark_app.jobs.{script}", "--env", "night", *words]
    done = subprocess.run(command, env=night.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    kept = {item["Key"].split("/")[0] for item in night.admin.list_objects_v2(Bucket=night.lake)["Contents"]}
    assert kept <= {"lake", "reports"}, "and of tmp nothing stays"
