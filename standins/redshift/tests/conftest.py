"""The stand-in, a bucket of moto's S3 for it to read and write, and sessions of two drivers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import psycopg
import pytest
import redshift_connector
from moto.server import ThreadedMotoServer
from redshift_standin import Standin, start


@dataclass(frozen=True)
class Bucket:
    """A bucket: objects in and out."""

    client: Any
    endpoint: str
    name: str = "standin"

    def url(self, key: str) -> str:
        return f"s3://{self.name}/{key}"

    def put(self, key: str, data: bytes) -> str:
        self.client.put_object(Bucket=self.name, Key=key, Body=data)
        return self.url(key)

    def get(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.name, Key=key)["Body"].read()

    def keys(self, prefix: str = "") -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.name, Prefix=prefix)
        return [item["Key"] for item in found.get("Contents", [])]


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def bucket(s3_endpoint: str) -> Iterator[Bucket]:
    """A bucket; the standard AWS chain finds credentials that it takes.

    Made for each module: moto's buckets are the process's, and tests of others that mock AWS empty them.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_ACCESS_KEY_ID", "moto")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "moto")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        made = Bucket(boto3.client("s3", endpoint_url=s3_endpoint), s3_endpoint)
        made.client.create_bucket(Bucket=made.name)
        yield made


@pytest.fixture(scope="session")
def redshift(s3_endpoint: str) -> Iterator[Standin]:
    """The stand-in: `host`, `port`, `user`, `password`, `database`, and `faults.arm(…)`."""
    with start(s3_endpoint=s3_endpoint) as standin:
        yield standin


@pytest.fixture
def sql(redshift: Standin) -> Iterator[psycopg.Connection[Any]]:
    """A session in autocommit; prepared statements of psycopg's the stand-in knows none."""
    with psycopg.connect(
        host=redshift.host,
        port=redshift.port,
        user=redshift.user,
        password=redshift.password,
        dbname=redshift.database,
        autocommit=True,
        prepare_threshold=None,
    ) as connection:
        yield connection


@pytest.fixture
def driver(redshift: Standin) -> Iterator[redshift_connector.Connection]:
    """A session of AWS's own driver, which opens a transaction by itself."""
    connection = redshift_connector.connect(
        host=redshift.host,
        port=redshift.port,
        user=redshift.user,
        password=redshift.password,
        database=redshift.database,
        ssl=False,
    )
    yield connection
    connection.close()
