"""Writes what a run cost: its bill to `ops.bills`, its tables' shares to `ops.costs`. No Spark: two small commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from spark_app.costs.bill import Bill
from spark_app.costs.prices import Prices
from spark_app.costs.share import share_out
from spark_app.lake import ops
from spark_app.lake.paths import Lake

Seconds = Mapping[tuple[str | None, str | None], float]  # (layer, table) -> seconds of its steps


@dataclass(frozen=True)
class BilledRun:
    """A run as bills name it. `day`: the day (UTC) it began; `landed_days`: the days of landing that it took in."""

    run_id: str
    day: date
    command: str
    landed_days: int
    released: bool


def keep_bill(lake: Lake, run: BilledRun, bill: Bill, seconds: Seconds, prices: Prices) -> None:
    """Keep the bill and its shares. Of a run that was billed before, the newer bill is the one that holds."""
    now = datetime.now(UTC)
    ops.add(lake, "bills", bill_rows(run, bill, prices, now))
    ops.add(lake, "costs", cost_rows(run, bill, seconds, now))


def bill_rows(run: BilledRun, bill: Bill, prices: Prices, now: datetime) -> list[dict[str, object]]:
    """A row of `ops.bills` for each line."""
    return [
        {
            "run_id": run.run_id,
            "day": run.day,
            "command": run.command,
            "landed_days": run.landed_days,
            "released": run.released,
            "billed_by": bill.billed_by,
            "item": line.item,
            "quantity": line.quantity,
            "unit": line.unit,
            "unit_price": line.unit_price,
            "dollars": line.dollars,
            "region": prices.region,
            "priced_on": prices.date,
            "billed_at": now,
        }
        for line in bill.lines
    ]


def cost_rows(run: BilledRun, bill: Bill, seconds: Seconds, now: datetime) -> list[dict[str, object]]:
    """A row of `ops.costs` for each table, by the seconds of its steps; one without a table where there was no step.

    What no step measures (Spark's start, waiting) is in the shares too: their sum is the bill.
    """
    weights: Seconds = seconds or {(None, None): 0.0}
    return [
        {
            "run_id": run.run_id,
            "day": run.day,
            "layer": layer,
            "table_name": table,
            "seconds": weights[layer, table],
            "dollars": dollars,
            "billed_at": now,
        }
        for (layer, table), dollars in share_out(bill.dollars, weights).items()
    ]
