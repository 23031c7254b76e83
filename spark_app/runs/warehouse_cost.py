"""What the warehouse cost, by the day: Redshift, for all who queried it."""

from __future__ import annotations

from datetime import date, timedelta

from spark_app.costs.bill import Bill, bill_redshift, bill_redshift_cluster
from spark_app.costs.forecast import WAREHOUSE
from spark_app.costs.keep import Account, BilledRun, keep_accounts
from spark_app.costs.prices import Prices
from spark_app.lake import ops
from spark_app.lake.days import days_of
from spark_app.runs.context import Context
from spark_app.runtime.days import yesterday
from spark_app.runtime.settings import RedshiftSettings

_DAYS = 30  # looked back at most


def keep_warehouse_cost(context: Context, prices: Prices) -> None:
    """Bill the days up to yesterday that have no bill yet, right after a load. Nothing where it is no Redshift, or a
    cluster of which the settings name no nodes.
    """
    redshift = context.settings.redshift
    if context.settings.warehouse != "redshift" or redshift is None:
        return
    bills = _of_workgroup(context, redshift, prices) if redshift.workgroup else _of_cluster(context, prices)
    name = redshift.workgroup or redshift.cluster or redshift.host
    accounts = [
        Account(BilledRun(f"{WAREHOUSE} {day}", day, WAREHOUSE, 0, released=False), bill, {(WAREHOUSE, name): 0.0})
        for day, bill in bills.items()
    ]
    keep_accounts(context.lake, accounts, prices)


def _of_workgroup(context: Context, redshift: RedshiftSettings, prices: Prices) -> dict[date, Bill]:
    """A workgroup says what it charged. One that sleeps would be woken by the question, which costs a minute."""
    first, last = first_day(context, _DAYS), yesterday()
    if first > last:
        return {}
    # Only here: each run looks at its cost, and the driver with AWS's SDK is a second of imports.
    from spark_app.warehouse.redshift_session import connected
    from spark_app.warehouse.redshift_usage import charged_by_day

    with connected(redshift) as session:
        charged = charged_by_day(session, first, last)
    return {day: bill_redshift(seconds, prices) for day, seconds in charged.items()}


def _of_cluster(context: Context, prices: Prices) -> dict[date, Bill]:
    """Nodes cost by the clock, whoever queries them. How long there were any before the first bill nobody knows."""
    nodes = context.settings.cost.redshift_nodes
    days = days_of(first_day(context, 1), yesterday()) if nodes else []
    return {day: bill_redshift_cluster(nodes or 0, 1, prices) for day in days}


def first_day(context: Context, back: int) -> date:
    """The day after the last one that has a bill; without one that many days back, to yesterday."""
    sql = "SELECT max(day) AS day FROM ops_rows WHERE command = ?"
    rows = ops.select(context.table("ops.bills"), sql, (WAREHOUSE,))
    last = rows[0]["day"] if rows else None
    earliest = yesterday() - timedelta(days=_DAYS - 1)
    return max(last + timedelta(days=1), earliest) if last else yesterday() - timedelta(days=back - 1)
