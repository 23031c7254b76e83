"""What Cost Explorer has billed, as botocore's stubber answers for it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from spark_app.costs.actuals import Billed, billed
from spark_app.runtime.errors import LakehouseError

FIRST, LAST = date(2026, 11, 27), date(2026, 11, 28)
D = Decimal


def result(day: date, *, is_estimate: bool, **services: str) -> dict[str, Any]:
    groups = [
        {"Keys": [name], "Metrics": {"UnblendedCost": {"Amount": dollars, "Unit": "USD"}}}
        for name, dollars in services.items()
    ]
    period = {"Start": str(day), "End": str(day.replace(day=day.day + 1))}
    return {"TimePeriod": period, "Total": {}, "Groups": groups, "Estimated": is_estimate}


def test_days_and_services_of_all_pages() -> None:
    explorer = boto3.client("ce", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    asked = {
        "TimePeriod": {"Start": "2026-11-27", "End": "2026-11-29"},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        "Filter": {"Tags": {"Key": "project", "Values": ["lakehouse"]}},
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
    }
    pages = [result(FIRST, is_estimate=False, EMR="1.2345678", S3="0")], [result(LAST, is_estimate=True, EMR="0.5")]
    with Stubber(explorer) as stub:
        stub.add_response("get_cost_and_usage", {"ResultsByTime": pages[0], "NextPageToken": "more"}, asked)
        stub.add_response("get_cost_and_usage", {"ResultsByTime": pages[1]}, {**asked, "NextPageToken": "more"})
        assert billed(explorer, "project", "lakehouse", FIRST, LAST) == [
            Billed(FIRST, "EMR", D("1.2345678"), True),
            Billed(LAST, "EMR", D("0.5"), False),
        ]


def test_who_may_not_ask_is_told_what_it_takes() -> None:
    explorer = boto3.client("ce", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(explorer) as stub:
        stub.add_client_error("get_cost_and_usage", "AccessDeniedException", "not authorized")
        with pytest.raises(LakehouseError, match=r"costs tagged project=x: .*AccessDenied") as caught:
            billed(explorer, "project", "x", FIRST, LAST)
    assert "ce:GetCostAndUsage" in str(caught.value)
