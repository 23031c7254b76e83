"""How often buckets were asked, by the day, as the request metrics in CloudWatch have it: of whoever asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from spark_app.costs.aws import aws_errors_named
from spark_app.costs.bill import S3Requests

_WRITES = ("PutRequests", "PostRequests", "ListRequests")  # a copy counts as a PUT
_METRICS = ("AllRequests", *_WRITES, "DeleteRequests")
_DAY = timedelta(days=1)


def requests_by_day(
    cloudwatch: Any, buckets: Iterable[str], metrics_filter: str, first: date, last: date
) -> dict[date, S3Requests]:
    """Charged requests of the days (UTC, both included), of all these buckets; a day that has no metrics is left out.

    `cloudwatch`: boto3's client. `metrics_filter`: id of the buckets' metrics configuration. Raises LakehouseError
    where CloudWatch does not answer, or may not be asked.
    """
    names = [(bucket, metric) for bucket in buckets for metric in _METRICS]
    queries = [_query(f"m{at}", *name, metrics_filter) for at, name in enumerate(names)]
    begin, end = (datetime.combine(day, time(), UTC) for day in (first, last + _DAY))
    with aws_errors_named("cloudwatch:GetMetricData", f"request metrics {metrics_filter}"):
        pages = list(
            cloudwatch.get_paginator("get_metric_data").paginate(
                MetricDataQueries=queries, StartTime=begin, EndTime=end
            )
        )
    sums: dict[date, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_METRICS, 0))
    for page in pages:
        for result in page["MetricDataResults"]:
            _, metric = names[int(result["Id"][1:])]
            for at, value in zip(result["Timestamps"], result["Values"], strict=True):
                sums[at.astimezone(UTC).date()][metric] += int(value)
    return {day: _charged(found) for day, found in sums.items()}


def _charged(sums: Mapping[str, int]) -> S3Requests:
    writes = sum(sums[metric] for metric in _WRITES)
    return S3Requests(writes, max(sums["AllRequests"] - writes - sums["DeleteRequests"], 0))


def _query(name: str, bucket: str, metric: str, metrics_filter: str) -> dict[str, object]:
    dimensions = [{"Name": "BucketName", "Value": bucket}, {"Name": "FilterId", "Value": metrics_filter}]
    of = {"Namespace": "AWS/S3", "MetricName": metric, "Dimensions": dimensions}
    return {"Id": name, "MetricStat": {"Metric": of, "Period": int(_DAY.total_seconds()), "Stat": "Sum"}}
