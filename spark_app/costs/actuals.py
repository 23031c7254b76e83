"""What AWS has billed by day and service, as Cost Explorer has it, of all that carries a tag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from spark_app.costs.aws import aws_errors_named


@dataclass(frozen=True)
class Billed:
    """A service's dollars of a day; `is_final`: AWS does not call it an estimate any more."""

    day: date
    service: str
    dollars: Decimal
    is_final: bool


def billed(explorer: Any, key: str, value: str, first: date, last: date) -> list[Billed]:
    """Unblended costs of the days (both included), services without any left out. Each request costs a cent."""
    asked: dict[str, Any] = {
        "TimePeriod": {"Start": str(first), "End": str(last + timedelta(days=1))},  # the end is not included
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        "Filter": {"Tags": {"Key": key, "Values": [value]}},
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
    }
    found, token = list[Billed](), None
    while True:
        with aws_errors_named("ce:GetCostAndUsage", f"costs tagged {key}={value}"):
            page = explorer.get_cost_and_usage(**asked, **({"NextPageToken": token} if token else {}))
        for result in page["ResultsByTime"]:
            day, is_final = date.fromisoformat(result["TimePeriod"]["Start"]), not result["Estimated"]
            for group in result["Groups"]:
                dollars = Decimal(group["Metrics"]["UnblendedCost"]["Amount"])
                if dollars:
                    found.append(Billed(day, group["Keys"][0], dollars, is_final))
        token = page.get("NextPageToken")
        if token is None:
            return found
