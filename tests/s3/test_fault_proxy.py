"""The fault proxy does what it says: what is lost was done, what is late was done, what is refused or cut was not."""

from __future__ import annotations

import time
from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from fault_proxy import LOST, Proxy, Slow, What, faulty, healthy
from object_store import ObjectStore

from spark_app.lake.s3 import bucket_and_key, client
from spark_app.runtime.settings import S3Settings


@pytest.fixture
def proxy(store: ObjectStore) -> Iterator[Proxy]:
    with faulty(store.endpoint) as running:
        yield running


def put(proxy: Proxy, bucket: str, fault: What) -> float:
    """Put an object by one request, with that fault; how many seconds it took."""
    once = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
    through = boto3.Session().client("s3", endpoint_url=proxy.endpoint, config=once)
    proxy.plan = lambda number, method, path: fault
    begun = time.monotonic()
    try:
        through.put_object(Bucket=bucket_and_key(bucket)[0], Key="a", Body=b"rows")
    finally:
        proxy.plan = healthy
    return time.monotonic() - begun


def there(s3: S3Settings, bucket: str) -> list[str]:
    found = client(s3).list_objects_v2(Bucket=bucket_and_key(bucket)[0])
    return [one["Key"] for one in found.get("Contents", [])]


def test_a_lost_answer_is_of_a_request_that_was_done(proxy: Proxy, s3: S3Settings, bucket: str) -> None:
    with pytest.raises(HTTPClientError):
        put(proxy, bucket, LOST)
    assert there(s3, bucket) == ["a"]


def test_a_slow_answer_comes(proxy: Proxy, s3: S3Settings, bucket: str) -> None:
    assert put(proxy, bucket, Slow(0.3)) >= 0.3
    assert there(s3, bucket) == ["a"]


@pytest.mark.parametrize(("fault", "code"), [("503", "SlowDown"), ("507", "XMinioStorageFull")])
def test_what_is_refused_was_not_done(proxy: Proxy, s3: S3Settings, bucket: str, fault: What, code: str) -> None:
    with pytest.raises(ClientError, match=code):
        put(proxy, bucket, fault)
    assert there(s3, bucket) == []


def test_a_cut_connection_was_not_passed_on(proxy: Proxy, s3: S3Settings, bucket: str) -> None:
    with pytest.raises(HTTPClientError):
        put(proxy, bucket, 0.0)
    assert there(s3, bucket) == []
