"""What S3 cost by the day: bytes of moto's S3 and requests of its CloudWatch, each bill beside one made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from spark_app.costs import history
from spark_app.costs.prices import load_prices
from spark_app.lake import ops
from spark_app.runs import storage_cost
from spark_app.runs.context import Context
from spark_app.runs.storage_cost import keep_storage_cost, of_aws
from spark_app.runtime.cost_settings import CostSettings
from spark_app.runtime.settings import S3Settings
from tests.support.watched_shop import World

D = Decimal
GB = 2**30
LAST_OF_NOVEMBER = date(2026, 11, 30)  # of 30 days
REGION = "us-east-1"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def context(tmp_path: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A run of 1 December over a landing in S3; its lake is on the disk.

    AWS is found as moto by its standard variable, so that no endpoint stands in the settings.
    """
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    set_yesterday(monkeypatch, LAST_OF_NOVEMBER)
    made = World(tmp_path).context
    s3 = S3Settings(region=REGION, endpoint=None)
    return replace(
        made, settings=made.settings.model_copy(update={"landing": f"s3a://{tmp_path.name}/drops", "s3": s3})
    )


def set_yesterday(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    for module in (storage_cost, history):
        monkeypatch.setattr(module, "yesterday", lambda: day)


def keep(monkeypatch: pytest.MonkeyPatch, **sizes: int) -> None:
    """So many bytes of landed datasets."""
    found = {f"{name}/dt=2026-11-28/a.csv": size for name, size in sizes.items()}
    monkeypatch.setattr(storage_cost, "sizes_below", lambda root, s3: found)


def kept(context: Context, table: str) -> list[dict[str, Any]]:
    return ops.select(context.table(f"ops.{table}"), "SELECT * FROM ops_rows ORDER BY day, dollars DESC")


def test_bytes_of_a_day_are_shared_out_by_bytes(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """90 GB for one of 30 days: 3 GB-months, 0.069; two thirds are of orders."""
    keep(monkeypatch, orders=60 * GB, reviews=30 * GB)
    keep_storage_cost(context, load_prices())
    (bill,) = kept(context, "bills")
    assert (bill["run_id"], bill["day"], bill["command"]) == ("storage 2026-11-30", LAST_OF_NOVEMBER, "storage")
    assert (bill["item"], bill["quantity"], bill["dollars"]) == ("storage", D(3), D("0.069"))
    shares = [(row["layer"], row["table_name"], row["seconds"], row["dollars"]) for row in kept(context, "costs")]
    assert shares == [("landing", "orders", 0.0, D("0.046")), ("landing", "reviews", 0.0, D("0.023"))]


def test_what_lies_in_the_bucket_is_counted(context: Context) -> None:
    bucket = context.settings.landing.split("/")[2]
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket=bucket)
    for name in ("drops/orders/dt=2026-11-28/a.csv", "drops/orders/dt=2026-11-29/a.csv", "elsewhere/b.csv"):
        client.put_object(Bucket=bucket, Key=name, Body=bytes(3_000_000))
    keep_storage_cost(context, load_prices())
    (bill,) = kept(context, "bills")
    exact = Fraction(6_000_000, GB) / 30
    assert bill["quantity"] == round(D(exact.numerator) / exact.denominator, 6)
    assert [row["table_name"] for row in kept(context, "costs")] == ["orders"]


def test_requests_of_the_day_are_billed_where_metrics_are_kept(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20,000 writes are 0.10, 100,000 reads 0.04."""
    keep(monkeypatch, orders=30 * GB)
    bucket = context.settings.landing.split("/")[2]
    of = [{"Name": "BucketName", "Value": bucket}, {"Name": "FilterId", "Value": "all"}]
    noon = datetime.combine(LAST_OF_NOVEMBER, time(12), UTC)
    sums = {"AllRequests": 120_000, "PutRequests": 15_000, "ListRequests": 5_000}
    boto3.client("cloudwatch", region_name=REGION).put_metric_data(
        Namespace="AWS/S3",
        MetricData=[
            {"MetricName": name, "Dimensions": of, "Timestamp": noon, "Value": value} for name, value in sums.items()
        ],
    )
    cost = CostSettings.model_validate({"s3_metrics_filter": "all"})
    keep_storage_cost(replace(context, settings=context.settings.model_copy(update={"cost": cost})), load_prices())
    lines = {row["item"]: (row["quantity"], row["dollars"]) for row in kept(context, "bills")}
    assert lines == {"storage": (D(1), D("0.023")), "writes": (D(20), D("0.1")), "reads": (D(100), D("0.04"))}
    assert sum(row["dollars"] for row in kept(context, "costs")) == D("0.163")


def test_each_day_has_one_bill_and_days_between_are_caught_up_with(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(monkeypatch, orders=30 * GB)
    keep_storage_cost(context, load_prices())
    keep_storage_cost(context, load_prices())
    assert len(kept(context, "bills")) == 1
    set_yesterday(monkeypatch, LAST_OF_NOVEMBER + timedelta(days=2))
    keep_storage_cost(context, load_prices())
    days = [(row["day"], round(row["dollars"], 4)) for row in kept(context, "bills")]
    of_december = D("0.0223")  # one of 31
    assert days == [
        (LAST_OF_NOVEMBER, D("0.0230")),
        (date(2026, 12, 1), of_december),
        (date(2026, 12, 2), of_december),
    ]


def test_a_store_that_is_not_aws_bills_nobody(
    context: Context, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keep(monkeypatch, orders=30 * GB)
    minio = context.settings.model_copy(update={"s3": S3Settings(region=REGION, endpoint="http://minio:9000")})
    keep_storage_cost(replace(context, settings=minio), load_prices())
    keep_storage_cost(World(tmp_path).context, load_prices())  # landing and lake on the disk
    assert kept(context, "bills") == []


def test_an_endpoint_of_a_vpc_is_aws() -> None:
    assert of_aws(S3Settings(endpoint="https://bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com"))
    assert not of_aws(S3Settings(endpoint="http://amazonaws.com.example"))
