"""What the warehouse cost, by the day: Redshift, for all who queried it."""

from __future__ import annotations

from datetime import date

from spark_app.costs.bill import Bill, bill_redshift, bill_redshift_cluster
from spark_app.costs.by_day import WAREHOUSE
from spark_app.costs.history import BILLED_BACK, first_unbilled
from spark_app.costs.keep import Account, BilledRun, keep_accounts
from spark_app.costs.prices import Prices
from spark_app.lake.days import days_of
from spark_app.runs.context import Context
from spark_app.runtime.days import yesterday
from spark_app.runtime.settings import RedshiftSettings


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
    first, last = first_unbilled(context.lake, WAREHOUSE, BILLED_BACK), yesterday()
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
    days = days_of(first_unbilled(context.lake, WAREHOUSE, 1), yesterday()) if nodes else []
    return {day: bill_redshift_cluster(nodes or 0, 1, prices) for day in days}
