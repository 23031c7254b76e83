"""Sales: revenue, orders, mean order, items, cancellations, and how customers split into new and returning."""

from __future__ import annotations

from spark_app.report import charts
from spark_app.report.cube import cube
from spark_app.report.data import DAY, ReportData
from spark_app.report.page import Figure, Page, Query, Tile

SHOWN = ("revenue", "orders", "average_order_value", "items", "canceled_orders", "cancellation_rate")


def page(data: ReportData) -> Page:
    """Figures of `sales_daily`, by day, week or month."""
    every = (*SHOWN, "items_amount", "freight_amount", "new_customers", "returning_customers")
    daily = cube(data, [DAY], every)
    weekdays = cube(data, [DAY, "weekday"], ("revenue", "orders"))
    weekdays["by"]["weekday"]["words"] = [_WEEKDAYS[int(one)] for one in weekdays["by"]["weekday"]["words"]]
    return Page(
        "sales",
        "Sales",
        "sales.html",
        tiles=[Tile(name, "daily") for name in SHOWN],
        figures={
            "trend": Figure("Over time", "", charts.trend(), Query("daily", ("period",), (*every,), compare=True)),
            "goods": Figure(
                "Goods and freight",
                "",
                charts.trend(),
                Query("daily", ("period",), ("items_amount", "freight_amount"), True),
            ),
            "weekday": Figure(
                "By weekday",
                "",
                charts.ranking("weekday"),
                Query("weekdays", ("weekday",), ("revenue", "orders"), True, order="listed"),
            ),
        },
        cubes={"daily": daily, "weekdays": weekdays},
    )


# As dim_dates counts them.
_WEEKDAYS = dict(enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), 1))
