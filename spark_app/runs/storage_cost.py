"""What S3 cost, by the day: what landing and lake keep there, and what is asked of their buckets."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from urllib.parse import urlparse

from spark_app.costs.aws import client
from spark_app.costs.bill import Bill, S3Requests, S3Usage, bill_s3
from spark_app.costs.by_day import STORAGE
from spark_app.costs.history import first_unbilled
from spark_app.costs.keep import Account, BilledRun, Weights, keep_accounts
from spark_app.costs.prices import Prices
from spark_app.costs.s3_requests import requests_by_day
from spark_app.costs.storage import sizes_by_table
from spark_app.lake.days import days_of
from spark_app.lake.objects import sizes_below
from spark_app.lake.s3 import bucket_and_key, is_s3
from spark_app.runs.context import Context
from spark_app.runtime.days import yesterday
from spark_app.runtime.settings import S3Settings


def keep_storage_cost(context: Context, prices: Prices) -> None:
    """Bill the days up to yesterday that have no bill yet, each by what is kept now; shared out by bytes.

    Nothing where neither landing nor lake is in AWS's S3. How much there was before the first bill nobody knows.
    """
    roots = [context.landing.root, context.lake.root]
    days = days_of(first_unbilled(context.lake, STORAGE, 1), yesterday())
    if not days or not of_aws(context.settings.s3) or not any(is_s3(root) for root in roots):
        return
    landing, lake = (sizes_below(root, context.settings.s3) if is_s3(root) else {} for root in roots)
    weights: Weights = {table: float(sum(sizes)) for table, sizes in sizes_by_table(landing, lake).items()}
    requests = _requests(context, roots, days)
    accounts = [
        Account(
            BilledRun(f"{STORAGE} {day}", day, STORAGE, 0, released=False),
            _bill(day, int(sum(weights.values())), requests.get(day), prices),
            weights,
            "bytes",
        )
        for day in days
    ]
    keep_accounts(context.lake, accounts, prices)


def of_aws(s3: S3Settings) -> bool:
    """Whether the store is AWS's own: another one (MinIO) bills nobody by these prices."""
    return s3.endpoint is None or (urlparse(s3.endpoint).hostname or "").endswith(".amazonaws.com")


def _bill(day: date, stored_bytes: int, requests: S3Requests | None, prices: Prices) -> Bill:
    _, days_of_month = monthrange(day.year, day.month)
    return bill_s3(S3Usage(stored_bytes, Fraction(1, days_of_month), requests), prices)


def _requests(context: Context, roots: list[str], days: list[date]) -> Mapping[date, S3Requests]:
    metrics_filter = context.settings.cost.s3_metrics_filter
    if metrics_filter is None:
        return {}
    buckets = dict.fromkeys(bucket_and_key(root)[0] for root in roots if is_s3(root))
    return requests_by_day(client("cloudwatch", context.settings), buckets, metrics_filter, days[0], days[-1])
