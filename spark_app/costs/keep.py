"""Writes what a run cost: its bill to `ops.bills`, its tables' shares to `ops.costs`. No Spark: two small commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from spark_app.costs.bill import Bill
from spark_app.costs.prices import Prices
from spark_app.costs.share import share_out
from spark_app.lake import ops
from spark_app.lake.paths import Lake

Weights = Mapping[tuple[str | None, str | None], float]  # (layer, table) -> what its share goes by


@dataclass(frozen=True)
class BilledRun:
    """A run as bills name it. `day`: the day (UTC) it began; `landed_days`: the days of landing that it took in."""

    run_id: str
    day: date
    command: str
    landed_days: int
    released: bool


@dataclass(frozen=True)
class Account:
    """A run, its bill, and what the bill is shared out by: seconds of steps, or bytes kept."""

    run: BilledRun
    bill: Bill
    weights: Weights
    measure: Literal["seconds", "bytes"] = "seconds"


def keep_accounts(lake: Lake, accounts: Sequence[Account], prices: Prices) -> None:
    """Keep bills and their shares. Of a run that was billed before, the newer bill is the one that holds."""
    now = datetime.now(UTC)
    ops.add(lake.table("ops.bills"), [row for one in accounts for row in bill_rows(one, prices, now)])
    ops.add(lake.table("ops.costs"), [row for one in accounts for row in cost_rows(one, now)])


def bill_rows(account: Account, prices: Prices, now: datetime) -> list[dict[str, object]]:
    """A row of `ops.bills` for each line."""
    run, bill = account.run, account.bill
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


def cost_rows(account: Account, now: datetime) -> list[dict[str, object]]:
    """A row of `ops.costs` for each table, by its weight; one without a table where there was no step.

    What no step measures (Spark's start, waiting) is in the shares too: their sum is the bill.
    """
    run, weights = account.run, account.weights or {(None, None): 0.0}
    return [
        {
            "run_id": run.run_id,
            "day": run.day,
            "layer": layer,
            "table_name": table,
            "seconds": weights[layer, table] if account.measure == "seconds" else 0.0,
            "dollars": dollars,
            "billed_at": now,
        }
        for (layer, table), dollars in share_out(account.bill.dollars, weights).items()
    ]
