"""What loading each table into the warehouse cost, out of `ops.costs`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from spark_app.costs.history import NEWEST
from spark_app.lake import ops
from spark_app.lake.paths import Lake

_INTO = " into the warehouse"


def load_step(table: str) -> str:
    """The step of a run that loads this table, where the warehouse measures its tables apart."""
    return f"{table}{_INTO}"


def load_dollars(lake: Lake, first: date, last: date) -> dict[str, Decimal]:
    """What runs that began on these days (both included) were billed for loading each table."""
    rows = ops.select(
        lake.table("ops.costs"),
        "SELECT table_name, sum(dollars) AS dollars "
        f"FROM ({NEWEST}) WHERE layer = 'publish' AND ends_with(table_name, '{_INTO}') GROUP BY ALL",
        (first, last),
    )
    return {row["table_name"].removesuffix(_INTO): row["dollars"] for row in rows}
