"""What runs have cost, out of `ops.bills` and `ops.costs`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from spark_app.lake import ops
from spark_app.lake.paths import Lake


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


def run_costs(lake: Lake, first: date, last: date) -> list[RunCost]:
    """The runs that began on these days, the newest last."""
    rows = ops.select(
        lake,
        "bills",
        "SELECT run_id, day, command, landed_days, released, billed_by, sum(dollars) AS dollars FROM ops_rows "
        "WHERE day BETWEEN ? AND ? GROUP BY ALL ORDER BY day, run_id",
        (first, last),
    )
    return [RunCost(**row) for row in rows]
