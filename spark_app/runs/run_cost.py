"""What a run cost, kept in `ops.bills` (as it is billed) and `ops.costs` (shared out to the tables it worked on)."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

from spark_app.costs.bill import Bill, PodUsage, bill_kubernetes, bill_machine
from spark_app.costs.prices import Prices, load_prices
from spark_app.costs.share import share_out
from spark_app.lake import ops
from spark_app.runs.context import Context
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.executors import executor_seconds


def keep_cost(context: Context, seconds: float, *, released: bool) -> None:
    """Keep the run's bill and its tables' shares, where somebody bills it. No Spark: two small commits."""
    if context.settings.cost.billed_by == "nothing":
        return
    try:
        prices = load_prices()
    except SettingsError as error:  # a run that has done its work does not fail for that
        context.record.warn(f"what this run cost is not known: {error.message}")
        return
    bill = bill_of(context, Decimal(str(round(seconds, 3))), prices)
    if bill is None:
        context.record.warn(
            "what this run cost is not known: Spark's UI does not tell how long its executors were there "
            "(spark.ui.enabled)"
        )
        return
    ops.add(context.lake, "bills", bill_rows(context, bill, prices, released=released))
    ops.add(context.lake, "costs", cost_rows(context, bill))


def bill_of(context: Context, seconds: Decimal, prices: Prices) -> Bill | None:
    """The bill of a run that took so long; None where what it used is not known."""
    cost = context.settings.cost
    if cost.billed_by == "machine":
        assert cost.machine_hour is not None, "looked at with the settings"
        return bill_machine(cost.machine_hour, seconds)
    assert cost.driver is not None, "looked at with the settings"
    pods = [PodUsage("driver", cost.driver, seconds)]
    if cost.executor is not None:
        theirs = executor_seconds()
        if theirs is None:
            return None
        pods.append(PodUsage("executor", cost.executor, Decimal(str(round(theirs, 3)))))
    return bill_kubernetes(pods, prices, cost.architecture)


def bill_rows(context: Context, bill: Bill, prices: Prices, *, released: bool) -> list[dict[str, object]]:
    """A row of `ops.bills` for each line."""
    record = context.record
    return [
        {
            "run_id": record.run_id,
            "day": record.started_at.date(),
            "command": record.command,
            "landed_days": record.landed_days,
            "released": released,
            "billed_by": bill.billed_by,
            "item": line.item,
            "quantity": line.quantity,
            "unit": line.unit,
            "unit_price": line.unit_price,
            "dollars": line.dollars,
            "region": prices.region,
            "priced_on": prices.date,
            "billed_at": datetime.now(UTC),
        }
        for line in bill.lines
    ]


def cost_rows(context: Context, bill: Bill) -> list[dict[str, object]]:
    """A row of `ops.costs` for each table, by the seconds of its steps; one without a table where there was no step.

    What no step measures (Spark's start, waiting) is in the shares too: their sum is the bill.
    """
    record = context.record
    seconds: dict[tuple[str | None, str | None], float] = defaultdict(float)
    for step in record.steps:
        seconds[step.layer, step.table] += step.seconds
    if not seconds:
        seconds[None, None] = 0.0
    shares = share_out(bill.dollars, seconds)
    return [
        {
            "run_id": record.run_id,
            "day": record.started_at.date(),
            "layer": layer,
            "table_name": table,
            "seconds": seconds[layer, table],
            "dollars": dollars,
        }
        for (layer, table), dollars in shares.items()
    ]
