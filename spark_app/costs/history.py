"""What runs have cost, out of `ops.bills` and `ops.costs`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from spark_app.lake import ops
from spark_app.lake.paths import Lake
from spark_app.runtime.days import yesterday

HISTORY_DAYS = 90  # that estimates, and what is usual, look back
BILLED_BACK = 30  # days that bills by the day are caught up with at most
# Rows of a run that was billed more than once (two asked at the same time): those of its newest bill.
NEWEST = (
    "SELECT * FROM ops_rows WHERE day BETWEEN ? AND ? QUALIFY billed_at IS NOT DISTINCT FROM "
    "max(billed_at) OVER (PARTITION BY run_id)"
)


@dataclass(frozen=True)
class RunCost:
    """What a run cost. `day`: the day (UTC) it began; `landed_days`: the days of landing that it took in."""

    run_id: str
    day: date
    command: str
    landed_days: int
    released: bool
    billed_by: str
    dollars: Decimal


def first_unbilled(lake: Lake, command: str, back: int) -> date:
    """The day after the last one that this command has a bill of; without one so many days back, to yesterday."""
    rows = ops.select(lake.table("ops.bills"), "SELECT max(day) AS day FROM ops_rows WHERE command = ?", (command,))
    last = rows[0]["day"] if rows else None
    earliest = yesterday() - timedelta(days=BILLED_BACK - 1)
    return max(last + timedelta(days=1), earliest) if last else yesterday() - timedelta(days=back - 1)


def run_costs(lake: Lake, first: date, last: date) -> list[RunCost]:
    """The runs that began on these days, the newest last."""
    rows = ops.select(
        lake.table("ops.bills"),
        "SELECT run_id, day, command, landed_days, released, billed_by, sum(dollars) AS dollars "
        f"FROM ({NEWEST}) GROUP BY ALL ORDER BY day, run_id",
        (first, last),
    )
    return [RunCost(**row) for row in rows]
