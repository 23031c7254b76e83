"""Costs added up by day, layer, table or run, out of `ops.costs`: every sum is of the same shares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from spark_app.costs.history import NEWEST
from spark_app.lake import ops
from spark_app.lake.paths import Lake

By = Literal["day", "layer", "table", "run"]

_COLUMNS: Mapping[By, str] = {
    "day": "day",
    "layer": "layer",
    "table": "layer, table_name",
    "run": "day, run_id",
}


def breakdown(lake: Lake, by: By, first: date, last: date) -> list[dict[str, Any]]:
    """Rows of the columns asked for with runs, seconds of steps, dollars and share (0 to 1).

    The newest first of days and runs, the dearest first of layers and tables. Empty names are what no step did.
    """
    order = "1 DESC, 2 DESC" if by == "run" else "1 DESC" if by == "day" else "dollars DESC"
    columns = _COLUMNS[by]
    return ops.select(
        lake.table("ops.costs"),
        f"SELECT {columns}, count(DISTINCT run_id) AS runs, sum(seconds) AS seconds, sum(dollars) AS dollars, "
        "(sum(dollars) / nullif(sum(sum(dollars)) OVER (), 0))::DOUBLE AS share "
        f"FROM ({NEWEST}) GROUP BY {columns} ORDER BY {order}",
        (first, last),
    )
