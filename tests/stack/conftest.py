"""The stand-in for Redshift and a bucket of moto's S3, for all tests of loading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from broker import jars
from moto.server import ThreadedMotoServer
from pyspark import __version__ as spark_version
from redshift_standin import Standin, start

from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.jars import fetch_jars, kafka_coordinates


@dataclass(frozen=True)
class Bucket:
    """A bucket and what lies in it."""

    client: Any
    endpoint: str
    name: str = "stack"

    def put(self, key: str, data: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=data)

    def keys(self, prefix: str = "") -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.name, Prefix=prefix)
        return [item["Key"] for item in found.get("Contents", [])]


@pytest.fixture(scope="module", autouse=True)
def its_credentials() -> Iterator[None]:
    """What moto takes, by the standard AWS chain. A file at a time: others in this process have their own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_ACCESS_KEY_ID", "moto")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "moto")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    """A bucket on moto's S3 server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id="moto", aws_secret_access_key="moto", region_name="us-east-1"
    )
    made = Bucket(client, endpoint)
    made.client.create_bucket(Bucket=made.name)
    yield made
    server.stop()


@pytest.fixture(scope="session")
def redshift(bucket: Bucket) -> Iterator[Standin]:
    """The stand-in: `host`, `port`, `user`, `password`, `database`, and `faults.arm(…)`."""
    with start(s3_endpoint=bucket.endpoint) as standin:
        yield standin


@pytest.fixture(scope="session")
def kafka_jars() -> None:
    """The broker's and Spark's; they come from Maven Central, which not every machine reaches."""
    try:
        jars()
        fetch_jars(kafka_coordinates(spark_version))
    except LakehouseError as error:
        pytest.skip(f"Kafka's jars are not to be had here, so events are not tested: {error.message}")
