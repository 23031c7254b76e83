"""Sales: revenue, orders, mean order, items and cancellations, over time and by weekday."""

from __future__ import annotations

from typing import Any

from spark_app.report import charts
from spark_app.report.cube import cube
from spark_app.report.data import DAY, ReportData
from spark_app.report.page import Figure, Page, Query, Tile

SHOWN = ("revenue", "orders", "average_order_value", "items", "canceled_orders", "cancellation_rate")
# As dim_dates counts them.
WEEKDAYS = dict(enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), 1))


def page(data: ReportData) -> Page:
    """Figures of `sales_daily`, by day, week or month."""
    every = (*SHOWN, "items_amount", "freight_amount", "new_customers", "returning_customers")
    weekdays = cube(data, [DAY, "weekday"], SHOWN, where="is_landed")
    _all_weekdays(weekdays["by"]["weekday"])
    return Page(
        "sales",
        "Sales",
        tiles=[Tile(name, "daily") for name in SHOWN],
        figures={
            "trend": Figure(
                "Over time", chart=charts.trend(), query=Query("daily", ("period",), every, compare=True), wide=True
            ),
            "goods": Figure(
                "Goods and freight",
                chart=charts.trend(),
                query=Query("daily", ("period",), ("items_amount", "freight_amount"), compare=True),
            ),
            "weekday": Figure(
                "By weekday",
                chart=charts.ranking("weekday"),
                query=Query("weekdays", ("weekday",), SHOWN, compare=True, order="listed"),
                note="Weekdays are those of the purchase, UTC; the mark is the days compared with.",
            ),
        },
        cubes={"daily": cube(data, [DAY], every, where="is_landed"), "weekdays": weekdays},
    )


def _all_weekdays(cut: dict[str, Any]) -> None:
    """Numbers become names, and those on which nothing was ever sold have their place too."""
    names = [WEEKDAYS[int(word)] if word.isdigit() else word for word in cut["words"]]
    words = [*WEEKDAYS.values(), *(name for name in names if name not in WEEKDAYS.values())]
    cut["at"] = [words.index(names[at]) for at in cut["at"]]
    cut["words"] = words
