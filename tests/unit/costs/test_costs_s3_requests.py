"""Requests of buckets by the day, as botocore's stubber answers for CloudWatch."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from spark_app.costs.bill import S3Requests
from spark_app.costs.s3_requests import requests_by_day
from spark_app.runtime.errors import LakehouseError

FIRST, LAST = date(2026, 11, 27), date(2026, 11, 28)


@pytest.fixture
def cloudwatch() -> Any:
    return boto3.client("cloudwatch", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


def result(number: int, **values: float) -> dict[str, Any]:
    """Of query `m<number>`: day of November -> sum."""
    days = [datetime(2026, 11, int(day[1:]), tzinfo=UTC) for day in values]
    return {"Id": f"m{number}", "Timestamps": days, "Values": list(values.values())}


def test_days_of_all_buckets_and_pages(cloudwatch: Any) -> None:
    """The landing's metrics are m0 to m4 (all, put, post, list, delete), the lake's m5 to m9."""
    asked = {
        "StartTime": datetime(2026, 11, 27, tzinfo=UTC),
        "EndTime": datetime(2026, 11, 29, tzinfo=UTC),
        "MetricDataQueries": ANY,
    }
    first = [result(0, d27=100.0, d28=10.0), result(1, d27=5.0), result(3, d27=3.0)]
    second = [result(5, d27=1000.0), result(6, d27=200.0), result(7, d27=1.0), result(9, d27=99.0)]
    with Stubber(cloudwatch) as stub:
        stub.add_response("get_metric_data", {"MetricDataResults": first, "NextToken": "more"}, asked)
        stub.add_response("get_metric_data", {"MetricDataResults": second}, {**asked, "NextToken": "more"})
        found = requests_by_day(cloudwatch, ["landing", "lake"], "all", FIRST, LAST)
    # 5 + 3 + 200 + 1 writes; of 1,100 requests these and 99 that removed are no reads
    assert found == {FIRST: S3Requests(209, 792), LAST: S3Requests(0, 10)}


def test_it_asks_for_sums_of_a_day_by_bucket_and_filter(cloudwatch: Any) -> None:
    sent: list[Any] = []
    cloudwatch.meta.events.register(
        "provide-client-params.cloudwatch.GetMetricData", lambda params, **_: sent.append(params)
    )
    with Stubber(cloudwatch) as stub:
        stub.add_response("get_metric_data", {"MetricDataResults": []})
        assert requests_by_day(cloudwatch, ["lake"], "all", FIRST, FIRST) == {}
    (asked,) = sent
    stats = [query["MetricStat"] for query in asked["MetricDataQueries"]]
    assert {(one["Period"], one["Stat"], one["Metric"]["Namespace"]) for one in stats} == {(86400, "Sum", "AWS/S3")}
    names = [one["Metric"]["MetricName"] for one in stats]
    assert names == ["AllRequests", "PutRequests", "PostRequests", "ListRequests", "DeleteRequests"]
    dimensions = [{"Name": "BucketName", "Value": "lake"}, {"Name": "FilterId", "Value": "all"}]
    assert all(one["Metric"]["Dimensions"] == dimensions for one in stats)


def test_who_may_not_ask_is_told_the_right_that_lacks(cloudwatch: Any) -> None:
    with Stubber(cloudwatch) as stub:
        stub.add_client_error("get_metric_data", "AccessDenied", "not authorized")
        with pytest.raises(LakehouseError, match=r"request metrics all: .*not authorized") as caught:
            requests_by_day(cloudwatch, ["lake"], "all", FIRST, LAST)
    assert "cloudwatch:GetMetricData" in (caught.value.hint or "")
