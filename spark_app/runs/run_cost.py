"""What a run cost, where it can be known at its end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from spark_app.costs.bill import Bill, PodUsage, bill_kubernetes, bill_machine
from spark_app.costs.history import HISTORY_DAYS, run_costs
from spark_app.costs.keep import Account, BilledRun, keep_accounts
from spark_app.costs.orders import thousand_by_day
from spark_app.costs.prices import Prices, load_prices
from spark_app.costs.settle import AFTERWARDS, settle
from spark_app.costs.unusual import dear
from spark_app.runs.context import Context
from spark_app.runs.orders_cost import dear_orders
from spark_app.runs.storage_cost import keep_storage_cost
from spark_app.runs.table_reads import keep_table_reads
from spark_app.runs.warehouse_cost import keep_warehouse_cost
from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.executors import executor_seconds


def keep_cost(context: Context, seconds: float, *, released: bool) -> None:
    """Keep the run's bill and its tables' shares, where somebody bills it.

    Who bills only after a job has ended is asked for the runs before this one. A run that has done its work does not
    fail for any of it.
    """
    if context.settings.cost.billed_by == "nothing":
        return
    try:
        prices = load_prices()
        if context.settings.cost.billed_by in AFTERWARDS:
            billed = settle(context.lake, context.settings, prices)
            _notice_dear(context, [run.run_id for run in billed])
        else:
            _keep(context, Decimal(str(round(seconds, 3))), prices, released=released)
        if released:
            keep_warehouse_cost(context, prices)
            keep_storage_cost(context, prices)
            keep_table_reads(context)
    except LakehouseError as error:
        context.record.warn(f"what runs cost is not known: {error.message}")


def _keep(context: Context, seconds: Decimal, prices: Prices, *, released: bool) -> None:
    record, bill = context.record, bill_of(context, seconds, prices)
    run = BilledRun(record.run_id, record.started_at.date(), record.command, record.landed_days, released)
    by_table: dict[tuple[str | None, str | None], float] = defaultdict(float)
    for step in record.steps:
        by_table[step.layer, step.table] += step.seconds
    keep_accounts(context.lake, [Account(run, bill, by_table)], prices)
    _notice_dear(context, [run.run_id])


def _notice_dear(context: Context, run_ids: Sequence[str]) -> None:
    """A notice of each of these runs that cost far more than runs of its like, and of today's orders that did."""
    if not run_ids:
        return
    today = context.record.started_at.date()
    known = run_costs(context.lake, today - timedelta(days=HISTORY_DAYS), today)
    for one in known:
        if one.run_id in run_ids and (told := dear(one, known)):
            context.record.notice(f"run cost {one.command}", [told])
    if told := dear_orders(thousand_by_day(context.lake, known), today):
        context.record.notice("cost of a thousand orders", [told])


def bill_of(context: Context, seconds: Decimal, prices: Prices) -> Bill:
    """The bill of a run that took so long; LakehouseError where what it used is not known."""
    cost = context.settings.cost
    if cost.billed_by == "machine":
        assert cost.machine_hour is not None, "looked at with the settings"
        return bill_machine(cost.machine_hour, seconds)
    assert cost.driver is not None, "looked at with the settings"
    pods = [PodUsage("driver", cost.driver, seconds)]
    if cost.executor is not None:
        theirs = executor_seconds(context.record.started_at)
        if theirs is None:
            raise LakehouseError("Spark's UI does not tell how long executors were there (spark.ui.enabled)")
        pods.append(PodUsage("executor", cost.executor, Decimal(str(round(theirs, 3)))))
    return bill_kubernetes(pods, prices, cost.architecture)
