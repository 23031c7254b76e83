"""What is removed below redshift.temp: what loads left a day ago, and nothing else however old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from spark_app.runtime.settings import S3Settings
from spark_app.warehouse import redshift_temp
from spark_app.warehouse.redshift_temp import load_name, remove_prefix, sweep_leftovers

LOAD = "20240101000000_0a1b2c3d"
# Keys of a lake, a landing, and people; by the age given here, all of them are older than a day.
OTHERS = [
    "gold/fact_orders/_delta_log/00000000000000000000.json",
    "gold/fact_orders/_month=2024-01-01/part-00000-0a1b2c3d.snappy.parquet",
    "orders/dt=2024-01-01/orders.csv",
    "20240101000000_0a1b2c3d/x.parquet",
    "run/2024_0a1b2c3d/x.parquet",
    f"run/deeper/{LOAD}/x.parquet",
    f"run/{LOAD}",
]


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Settings]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"):  # a named endpoint is not mocked
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(redshift_temp, "LEFT_OVER", timedelta(days=-1))  # whatever is there is left over
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="shop")
        settings = S3Settings(endpoint=None, region="us-east-1", path_style=False, log_table=None)
        monkeypatch.setattr(redshift_temp, "client", lambda _: client)
        monkeypatch.setattr("spark_app.lake.s3.client", lambda _: client)
        yield settings


def put(*keys: str) -> None:
    for key in keys:
        boto3.client("s3", region_name="us-east-1").put_object(Bucket="shop", Key=key, Body=b"x")


def keys() -> list[str]:
    found = boto3.client("s3", region_name="us-east-1").list_objects_v2(Bucket="shop")
    return [item["Key"] for item in found.get("Contents", [])]


@pytest.mark.parametrize(("temp", "below"), [("s3://shop/tmp", "tmp/"), ("s3://shop", "")])
def test_only_what_loads_name_is_swept(s3: S3Settings, temp: str, below: str) -> None:
    others = [f"{below}{key}" for key in OTHERS]
    left = [f"{below}r/{LOAD}/dim_dates/part-00000.parquet", f"{below}r/{load_name()}/dim_dates/manifest.json"]
    put(*others, *left)
    assert sweep_leftovers(temp, s3) == 2
    assert keys() == sorted(others)


def test_young_files_stay(s3: S3Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redshift_temp, "LEFT_OVER", timedelta(days=1))
    put(f"tmp/r/{LOAD}/x/y.parquet")
    assert sweep_leftovers("s3://shop/tmp", s3) == 0


def test_only_unfinished_uploads_of_loads_are_given_up(s3: S3Settings) -> None:
    client = boto3.client("s3", region_name="us-east-1")
    for key in (f"tmp/r/{LOAD}/x/part-00000.parquet", "tmp/orders/dt=2024-01-01/orders.csv"):
        client.create_multipart_upload(Bucket="shop", Key=key)
    sweep_leftovers("s3://shop/tmp", s3)
    assert [one["Key"] for one in client.list_multipart_uploads(Bucket="shop")["Uploads"]] == [
        "tmp/orders/dt=2024-01-01/orders.csv"
    ]


def test_a_load_removes_its_own_prefix_and_no_longer_name(s3: S3Settings) -> None:
    put(f"tmp/r/{LOAD}/x/a", f"tmp/r/{LOAD}/x/b", f"tmp/r/{LOAD}0/x/c")
    assert remove_prefix(f"s3://shop/tmp/r/{LOAD}", s3) == 2
    assert keys() == [f"tmp/r/{LOAD}0/x/c"]
