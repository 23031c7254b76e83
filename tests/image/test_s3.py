"""A night of the image against MinIO and the stand-in for Redshift, all in containers; and AWS's credentials."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import compose
import psycopg
import pytest

from spark_app.lake.objects import writable
from spark_app.runtime.settings import S3Settings
from spark_app.shops.demo import generate
from tests.image.conftest import IMAGE, Run, docker

pytestmark = pytest.mark.image
PROJECT = "lakehouse-tests"
FIRST, DAYS = date(2024, 1, 1), 4


def composed(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {"MINIO_PORT": "0", "REDSHIFT_PORT": "0", "IMAGE": IMAGE}
    command = compose.compose(*words, project=PROJECT)
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def warehouse(image: object) -> Iterator[str]:
    """Both services up and a few days landed; gives how psycopg reaches the warehouse."""
    for needed in ("lakehouse-minio:dev", "lakehouse-redshift:dev"):
        if docker("image", "inspect", needed).returncode != 0:
            pytest.skip(f"no image {needed}; make images builds it")
    up = composed("up", "--detach", "minio", "redshift")
    try:
        assert up.returncode == 0, up.stderr
        store = "http://" + composed("port", "minio", "9000").stdout.strip()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in compose.object_store.ObjectStore("minio (image)", store).environment.items():
                patch.setenv(name, value)
            s3 = S3Settings(endpoint=store, region="us-east-1", path_style=True, log_table=None)
            compose.make_bucket(s3)
            with writable(f"s3a://{compose.BUCKET}/landing", s3) as folder:
                generate(str(folder), FIRST, DAYS, orders_per_day=10)
        host, _, port = composed("port", "redshift", "5439").stdout.strip().partition(":")
        address = f"host={host} port={port} user=awsuser dbname=dev password={compose.PASSWORD}"
        compose.wait_for(lambda: psycopg.connect(address).close())
        yield address
    finally:
        composed("down", "--volumes", "--timeout", "5")


def night() -> subprocess.CompletedProcess[str]:
    last = FIRST + timedelta(days=DAYS - 1)
    return composed("run", "--rm", "job", "run", "--env", "compose", "--from", str(FIRST), "--to", str(last))


def test_a_night_from_the_bucket_to_the_warehouse(warehouse: str) -> None:
    done = night()
    assert done.returncode == 0, done.stdout + done.stderr
    with psycopg.connect(warehouse) as connection:
        days = connection.execute("SELECT order_date, orders FROM analytics.daily_sales ORDER BY 1").fetchall()
        (orders,) = connection.execute("SELECT count(*) FROM analytics.fact_orders").fetchone() or (0,)
    assert [day for day, _ in days] == [FIRST + timedelta(days=n) for n in range(DAYS)]
    assert sum(count for _, count in days) == orders > 20
    again = night()
    assert (again.returncode, "nothing new" in again.stdout + again.stderr) == (0, True)


def test_credentials_by_web_identity_get_as_far_as_sts(run: Run, tmp_path: Path) -> None:
    """EKS's way: AWS's default chain finds its provider and STS's client in the jars; only the network is missing."""
    (tmp_path / "token").write_text("a.b.c")
    (tmp_path / "job.py").write_text(
        "from pyspark import SparkContext\n"
        "jvm = SparkContext(master='local[1]')._jvm\n"
        "for provider in ('auth.WebIdentityTokenCredentialsProvider.create', 'services.dynamodbv2."
        "AmazonDynamoDBClientBuilder.defaultClient'):\n"
        "    made = eval('jvm.com.amazonaws.' + provider)()\n"
        "    try:\n"
        "        print((made.getCredentials if 'auth' in provider else made.listTables)())\n"
        "    except Exception as error:\n"
        "        print(str(error.java_exception).replace('\\n', ' '))\n"
    )
    said = {
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/token",
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/lakehouse",
        "AWS_REGION": "eu-central-1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    environment = [word for name, value in said.items() for word in ("--env", f"{name}={value}")]
    mounts = ("--volume", f"{tmp_path}/token:/token:ro", "--volume", f"{tmp_path}/job.py:/job.py:ro")
    submit = ("--entrypoint", "/opt/spark/bin/spark-submit", "--network", "none", "--hostname", "localhost")
    done = run("/job.py", options=(*environment, *mounts, *submit))
    assert done.returncode == 0, done.stderr
    assert "NoClassDefFound" not in done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    for line in lines:  # the DynamoDB client asks the same chain
        assert "sts.eu-central-1.amazonaws.com" in line or "Unable to execute HTTP request" in line, done.stdout
