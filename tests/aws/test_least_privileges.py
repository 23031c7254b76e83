"""A night by the rights that the template gives, and no others: MinIO checks policies, where it can be had."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
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


ROLES = ("EmrRole", "GlueRole", "RedshiftRole")
ROOT = {"aws_access_key_id": object_store.USER, "aws_secret_access_key": object_store.PASSWORD}


@dataclass(frozen=True)
class Made:
    """What the template makes, as moto did: names of buckets, statements of roles."""

    landing: str
    lake: str
    logs: str
    rights: dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Store:
    """MinIO with these buckets, and sessions of its own with the roles' rights."""

    endpoint: str
    made: Made

    @property
    def admin(self) -> Any:
        return self._client("s3", ROOT)

    def role(self, name: str) -> Any:
        """A client with the rights of a role."""
        return self._client("s3", {key.lower(): value for key, value in self.session(name).items()})

    def session(self, name: str) -> dict[str, str]:
        """Credentials for what the role's policies say of S3, the only service that MinIO knows."""
        statements = [one for one in self.made.rights[name] if "s3:" in json.dumps(one["Action"])]
        given = self._client("sts", ROOT).assume_role(
            RoleArn=f"arn:minio:iam:::role/{name}",
            RoleSessionName="test",
            Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}),
        )["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }

    def _client(self, service: str, credentials: dict[str, str]) -> Any:
        return boto3.client(service, endpoint_url=self.endpoint, region_name="us-east-1", **credentials)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with mock_aws():
        stack = Stack.make()
        names = (stack.id(bucket) for bucket in ("Landing", "Lake", "Logs"))
        made = Made(*names, {role: stack.rights(role) for role in ROLES})
    with object_store.running(tmp_path_factory.mktemp("store") / "data") as running:
        if running.kind == "moto":
            pytest.skip("no MinIO here (docker/stack/object_store.py), and moto checks no rights as S3 does")
        found = Store(running.endpoint, made)
        for bucket in (made.landing, made.lake, made.logs):
            found.admin.create_bucket(Bucket=bucket)
        yield found


@pytest.fixture(scope="module")
def night(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a job whose role is EMR's, with three days in landing and a stand-in for Redshift."""
    folder, made = tmp_path_factory.mktemp("night"), store.made
    generate(str(folder / "landing"), date(2024, 1, 1), 3, orders_per_day=12)
    for path in (folder / "landing").rglob("*.csv*"):
        store.admin.upload_file(str(path), made.landing, path.relative_to(folder).as_posix())
    with pytest.MonkeyPatch.context() as patch:
        # Redshift reads a load's files by its own role, too.
        for name, value in store.session("RedshiftRole").items():
            patch.setenv(name, value)
        with start(s3_endpoint=store.endpoint) as house:
            conf = _settings(folder, store.endpoint, made.landing, made.lake, house)
            environment = os.environ | {"AWS_ENDPOINT_URL_S3": store.endpoint, "AWS_REGION": "us-east-1"}
            environment |= store.session("EmrRole") | {"LAKEHOUSE_CONF": str(conf)}
            yield environment | {"LAKEHOUSE_REDSHIFT_PASSWORD": house.password}


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


def put(client: Any, bucket: str, key: str) -> None:
    client.put_object(Bucket=bucket, Key=key, Body=b"x")


def get(client: Any, bucket: str, key: str) -> None:
    client.get_object(Bucket=bucket, Key=key)


# (role, what it does, bucket, key, may it): rights are really looked at.
CASES = [
    ("EmrRole", put, "landing", "landing/orders/dt=2024-01-01/x.csv", False),
    ("EmrRole", get, "landing", "landing/x", True),
    ("EmrRole", get, "landing", "elsewhere/x", False),
    ("EmrRole", put, "lake", "lake/x", True),
    ("EmrRole", put, "lake", "elsewhere/x", False),
    ("EmrRole", get, "lake", "code/x", False),
    ("EmrRole", put, "logs", "emr/x", True),
    ("EmrRole", put, "logs", "glue/x", False),
    ("GlueRole", get, "lake", "code/x", True),
    ("GlueRole", put, "lake", "code/x", False),
    ("GlueRole", put, "logs", "glue/x", True),
    ("RedshiftRole", get, "lake", "tmp/redshift/x", True),
    ("RedshiftRole", get, "lake", "lake/x", False),
    ("RedshiftRole", get, "landing", "landing/x", False),
    ("RedshiftRole", put, "lake", "tmp/redshift/x", False),
]


@pytest.mark.parametrize(("role", "does", "bucket", "key", "may"), CASES)
def test_a_role_may_do_its_own(store: Store, role: str, does: Any, bucket: str, key: str, may: bool) -> None:
    name = getattr(store.made, bucket)
    if does is get:
        put(store.admin, name, key)
    with nullcontext() if may else pytest.raises(ClientError, match="AccessDenied"):
        does(store.role(role), name, key)
    store.admin.delete_object(Bucket=name, Key=key)


def test_a_role_makes_and_removes_no_buckets(store: Store) -> None:
    for attempt in (
        lambda client: client.delete_bucket(Bucket=store.made.lake),
        lambda client: client.create_bucket(Bucket="another"),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            attempt(store.role("EmrRole"))


@pytest.mark.parametrize("script", ["nightly", "maintenance"])
def test_a_run_needs_no_more(store: Store, night: dict[str, str], script: str) -> None:
    words = ["--from", "2024-01-01", "--to", "2024-01-03"] if script == "nightly" else []
    command = [sys.executable, "-m", f"spark_app.jobs.{script}", "--env", "night", *words]
    done = subprocess.run(command, env=night, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    kept = {item["Key"].split("/")[0] for item in store.admin.list_objects_v2(Bucket=store.made.lake)["Contents"]}
    assert kept <= {"lake", "reports"}, "and of tmp nothing stays"
