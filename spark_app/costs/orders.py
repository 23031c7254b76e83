"""Orders that runs were paid for: what they took in, so that cost can be told by the thousand."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from spark_app.lake import feed, ops, releases
from spark_app.lake.paths import Lake

_SALES = "gold.daily_sales"


def orders_of(lake: Lake, run_ids: Collection[str]) -> int:
    """Orders placed on the days of landing that these runs took in, each day once, as the latest release has them."""
    release = releases.latest(lake)
    if release is None or not run_ids:
        return 0
    days = {
        row["batch_date"]
        for row in ops.select(lake, "ingested_files", "SELECT DISTINCT run_id, batch_date FROM ops_rows")
        if row["run_id"] in run_ids
    }
    rows = feed.over_version(lake, _SALES, release.tables[_SALES], "SELECT order_date, orders FROM data")
    return sum(int(orders) for day, orders in rows if day in days)


def per_thousand(dollars: Decimal, orders: int) -> Decimal | None:
    """Dollars a thousand orders; None where there are no orders."""
    return dollars * 1000 / orders if orders else None
