"""Asks bills, runs and storage what advice can be given of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from spark_app.costs.advice import (
    MONTH_DAYS,
    Advice,
    Used,
    UsedLine,
    Waiting,
    older_landing,
    on_graviton,
    on_spot,
    packed_files,
    smaller_driver,
    without_waiting,
)
from spark_app.costs.aws_jobs import waiting_workers
from spark_app.costs.history import NEWEST
from spark_app.costs.prices import Prices
from spark_app.costs.unread import advise_unread
from spark_app.lake import ops
from spark_app.lake.objects import sizes_below
from spark_app.lake.paths import Lake
from spark_app.lake.s3 import is_s3
from spark_app.runtime.settings import Settings


def advise(settings: Settings, lake: Lake, prices: Prices, dispensable: Collection[str], now: datetime) -> list[Advice]:
    """What would save money, the most first. Storage is looked at in S3 only, all of its names.

    `dispensable`: the gold tables that the warehouse can do without.
    """
    today = now.date()
    found = (
        []
        if (used := used_of(lake, today)) is None
        else [
            on_graviton(used, settings.cost, prices),
            on_spot(used, settings.cost, prices),
            without_waiting(used, _waiting(settings), settings.cost, prices),
            smaller_driver(used, settings.cost),
        ]
    )
    landing = settings.resolve(settings.landing)
    if is_s3(landing):
        found.append(older_landing(sizes_below(landing, settings.s3), today, prices))
    if is_s3(lake.root):
        found.append(packed_files(sizes_below(lake.root, settings.s3), prices))
    if settings.warehouse == "redshift":
        found += advise_unread(lake, dispensable, now)
    return sorted((one for one in found if one), key=lambda one: -one.dollars_a_month)


def used_of(lake: Lake, today: date) -> Used | None:
    """What the runs of the last thirty days were billed, of fewer where bills begin later; None without a bill."""
    first = today - timedelta(days=MONTH_DAYS - 1)
    rows = ops.select(
        lake.table("ops.bills"),
        "SELECT billed_by, item, sum(quantity) AS quantity, sum(dollars) AS dollars, min(day) AS first, "
        "count(DISTINCT run_id) AS runs "
        f"FROM ({NEWEST}) GROUP BY billed_by, item ORDER BY ALL",
        (first, today),
    )
    if not rows:
        return None
    lines = [UsedLine(row["billed_by"], row["item"], row["quantity"], row["dollars"]) for row in rows]
    sql = (
        "SELECT peak_memory FROM ops_rows WHERE started_at::DATE BETWEEN ? AND ? AND peak_memory IS NOT NULL "
        "AND release_id IS NOT NULL"
    )
    peaks = [row["peak_memory"] for row in ops.select(lake.table("ops.runs"), sql, (first, today))]
    days = (today - min(row["first"] for row in rows)).days + 1
    return Used(days, lines, peaks, max(row["runs"] for row in rows))


def _waiting(settings: Settings) -> Waiting | None:
    if settings.cost.billed_by != "emr_serverless":
        return None
    return waiting_workers(settings)
