"""What the warehouse cost, by the day: Redshift Serverless, for all who queried it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from spark_app.costs.bill import bill_redshift
from spark_app.costs.forecast import WAREHOUSE
from spark_app.costs.keep import Account, BilledRun, keep_accounts
from spark_app.costs.prices import Prices
from spark_app.lake import ops
from spark_app.runs.context import Context
from spark_app.warehouse.redshift_session import connected
from spark_app.warehouse.redshift_usage import charged_by_day

_DAYS = 30  # looked back at most


def keep_warehouse_cost(context: Context, prices: Prices) -> None:
    """Bill the days up to yesterday that have no bill yet, right after a load: the workgroup is awake then.

    Asking a workgroup that sleeps would wake it, and cost a minute. Nothing where the warehouse is another.
    """
    redshift, yesterday = context.settings.redshift, datetime.now(UTC).date() - timedelta(days=1)
    if context.settings.warehouse != "redshift" or redshift is None or redshift.workgroup is None:
        return
    first = first_day(context, yesterday)
    if first > yesterday:
        return
    with connected(redshift) as session:
        charged = charged_by_day(session, first, yesterday)
    accounts = [
        Account(
            BilledRun(f"{WAREHOUSE} {day}", day, WAREHOUSE, 0, released=False),
            bill_redshift(seconds, prices),
            {(WAREHOUSE, redshift.workgroup): 0.0},
        )
        for day, seconds in charged.items()
    ]
    keep_accounts(context.lake, accounts, prices)


def first_day(context: Context, yesterday: date) -> date:
    """The day after the last one that has a bill, thirty days back at most."""
    sql = "SELECT max(day) AS day FROM ops_rows WHERE command = ?"
    rows = ops.select(context.table("ops.bills"), sql, (WAREHOUSE,))
    earliest = yesterday - timedelta(days=_DAYS - 1)
    last = rows[0]["day"] if rows else None
    return max(last + timedelta(days=1), earliest) if last else earliest
