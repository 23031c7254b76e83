"""Delivery: how long it takes, how much of it is late, and where."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from spark_app.report import charts
from spark_app.report.cube import cube
from spark_app.report.data import DAY, ReportData
from spark_app.report.page import Column, Figure, Filter, Page, Query, Tile
from spark_app.report.places import state_column
from spark_app.report.ripeness import ripeness

SHOWN = ("late_rate", "delivery_days", "delivered_orders", "late_orders")
WINDOW = 90  # days of orders whose spread of delivery days is shown
LONGEST = 40  # days; what took longer is shown as one


def page(data: ReportData) -> Page:
    """Figures of `orders`, by the day of the purchase."""
    shown = {"customer_state": state_column(data, "orders", "customer_")}
    abroad = shown["customer_state"] != "customer_state"
    narrowed = ("customer_country", "customer_state") if abroad else ("customer_state",)
    since = data.last - timedelta(days=WINDOW - 1)
    return Page(
        "delivery",
        "Delivery",
        tiles=[Tile(name, "orders") for name in SHOWN],
        figures={
            "trend": Figure(
                "Over time", chart=charts.trend(), query=Query("orders", ("period",), SHOWN, compare=True), wide=True
            ),
            "states": Figure(
                "By state",
                chart=charts.ranking("customer_state"),
                query=Query("orders", ("customer_state",), SHOWN, compare=True, top=30),
                note="Where the customer lives now; the mark is the days compared with.",
            ),
            "spread": Figure(
                "How many days it takes",
                f"Orders of the {WINDOW} days to {data.last} by days from purchase to delivery, whatever days are "
                "chosen.",
                charts.bars("days", "count"),
                values=_spread(data),
                columns=[Column("days", "Days to delivery"), Column("value", "Delivered orders", "count")],
                note=ripeness(data).unripe(data.metrics["delivery_days"], since, data.last),
            ),
        },
        cubes={"orders": cube(data, [DAY, *narrowed], SHOWN, columns=shown)},
        filters=[Filter(column, column.removeprefix("customer_").capitalize()) for column in narrowed],
        note="Days are days of purchase: of the newest orders only the quickest deliveries are known yet.",
    )


def _spread(data: ReportData) -> list[dict[str, Any]]:
    """Orders by days to delivery, from none to the most that one took: also of days that none took."""
    rows = data.rows(
        f"SELECT least(delivery_days, {LONGEST}) AS days, count(*) AS value FROM orders "
        f"WHERE delivery_days IS NOT NULL AND {DAY} > ? GROUP BY 1 ORDER BY 1",
        (data.last - timedelta(days=WINDOW),),
    )
    counts = {row["days"]: row["value"] for row in rows}
    days = range(min(0, *counts), max(counts) + 1) if counts else ()
    return [{"days": f"{one}+" if one == LONGEST else str(one), "value": counts.get(one, 0)} for one in days]
