"""A night of the image against MinIO and the stand-in for Redshift, all in containers; and AWS's credentials."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import compose
import psycopg
import pytest

from spark_app.lake.objects import writable
from tests.cluster.shop import Days, days
from tests.image.conftest import IMAGE, Run, docker

pytestmark = pytest.mark.image
PROJECT = "lakehouse-tests"


def composed(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(compose.compose(*words, project=PROJECT), capture_output=True, text=True, timeout=1800)


@pytest.fixture(scope="module")
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Days:
    """Olist's orders of a week where its dump is at hand, else the made-up shop."""
    try:
        dump: Path | None = request.getfixturevalue("olist_dir")
    except pytest.skip.Exception:
        dump = None
    return days(dump, tmp_path_factory.mktemp("shop"), more=False)


@pytest.fixture(scope="module")
def warehouse(image: object, shop: Days) -> Iterator[str]:
    """Both services up and the days landed; gives how psycopg reaches the warehouse."""
    for needed in ("lakehouse-minio:dev", "lakehouse-redshift:dev"):
        if docker("image", "inspect", needed).returncode != 0:
            pytest.skip(f"no image {needed}; make images builds it")
    ports = {"MINIO_PORT": "0", "REDSHIFT_PORT": "0", "IMAGE": IMAGE}
    # What compose.store sets is set here first, so that it is gone after this block.
    credentials = compose.object_store.ObjectStore("minio (image)", "http://127.0.0.1").environment
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**ports, **credentials}.items():
            patch.setenv(name, value)
        up = composed("up", "--detach", "minio", "redshift")
        try:
            assert up.returncode == 0, up.stderr
            s3 = compose.s3_of(compose.store(PROJECT))
            with writable(f"s3a://{compose.BUCKET}/landing", s3) as folder:
                shutil.copytree(shop.landing, folder, dirs_exist_ok=True)
            yield compose.warehouse(PROJECT)
        finally:
            composed("down", "--volumes", "--timeout", "5")


def night(shop: Days) -> subprocess.CompletedProcess[str]:
    return composed("run", "--rm", "job", "run", "--env", "compose", *shop.range)


def test_a_night_from_the_bucket_to_the_warehouse(warehouse: str, shop: Days) -> None:
    done = night(shop)
    assert done.returncode == 0, done.stdout + done.stderr
    expected = shop.expected()
    with psycopg.connect(warehouse) as connection:
        for sql, rows in expected.items():
            assert connection.execute(sql).fetchall() == rows, (shop.told, sql)
    again = night(shop)
    assert (again.returncode, "nothing new" in again.stdout + again.stderr) == (0, True)


def test_nothing_is_left_of_it(warehouse: str) -> None:
    """Last in this file to use the stack: it takes it down."""
    assert composed("down", "--volumes", "--timeout", "5").returncode == 0
    label = f"label=com.docker.compose.project={PROJECT}"
    for kind in (["ps", "--all"], ["volume", "ls"], ["network", "ls"]):
        assert docker(*kind, "--quiet", "--filter", label).stdout == ""


def submitted(run: Run, folder: Path, job: str, **environment: str) -> str:
    """What a job says in the image without a network, with a token in /token."""
    (folder / "token").write_text("a.b.c")
    (folder / "job.py").write_text(dedent(job))
    said = [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]
    mounts = ("--volume", f"{folder}/token:/token:ro", "--volume", f"{folder}/job.py:/job.py:ro")
    submit = ("--entrypoint", "/opt/spark/bin/spark-submit", "--network", "none", "--hostname", "localhost")
    done = run("/job.py", options=(*said, *mounts, *submit))
    assert done.returncode == 0, done.stderr
    assert "NoClassDefFound" not in done.stdout + done.stderr
    return done.stdout


def test_credentials_by_web_identity_get_as_far_as_sts(run: Run, tmp_path: Path) -> None:
    """EKS's way: AWS's default chain finds its provider and STS's client in the jars; only the network is missing."""
    job = """
        from pyspark import SparkContext
        amazon = SparkContext(master="local[1]")._jvm.com.amazonaws
        provider = amazon.auth.WebIdentityTokenCredentialsProvider.create()
        client = amazon.services.dynamodbv2.AmazonDynamoDBClientBuilder.defaultClient()  # asks the same chain
        for asked in (provider.getCredentials, client.listTables):
            try:
                print(asked())
            except Exception as error:
                print(str(error.java_exception).replace("\\n", " "))
    """
    lines = submitted(
        run,
        tmp_path,
        job,
        AWS_WEB_IDENTITY_TOKEN_FILE="/token",
        AWS_ROLE_ARN="arn:aws:iam::123456789012:role/lakehouse",
        AWS_REGION="eu-central-1",
        AWS_MAX_ATTEMPTS="1",
        AWS_EC2_METADATA_DISABLED="true",
    ).splitlines()
    assert len(lines) == 2
    for line in lines:
        assert "sts.eu-central-1.amazonaws.com" in line or "Unable to execute HTTP request" in line, lines


def test_credentials_by_pod_identity_get_as_far_as_the_agent(run: Run, tmp_path: Path) -> None:
    """EKS's other way: the agent has an address that AWS's older clients refuse to ask."""
    job = """
        from pyspark import SparkContext
        amazon = SparkContext(master="local[1]")._jvm.com.amazonaws
        try:
            amazon.auth.DefaultAWSCredentialsProviderChain().getCredentials()
        except Exception as error:
            print(str(error.java_exception).replace("\\n", " "))
    """
    said = submitted(
        run,
        tmp_path,
        job,
        AWS_CONTAINER_CREDENTIALS_FULL_URI="http://169.254.170.23/v1/credentials",
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="/token",
        AWS_EC2_METADATA_DISABLED="true",
    )
    assert "invalid host" not in said
    assert "Failed to connect to service endpoint" in said
