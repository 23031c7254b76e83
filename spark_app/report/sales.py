"""Sales: revenue, orders, mean order, items and cancellations, over time and by weekday."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spark_app.report import charts
from spark_app.report.cube import cube
from spark_app.report.data import DAY, ReportData
from spark_app.report.money import what_there_is
from spark_app.report.page import Figure, Filter, Page, Query, Tile

SHOWN = ("revenue", "orders", "average_order_value", "items", "canceled_orders", "cancellation_rate")
CHANNELS = ("channel_net_sales", "channel_orders", "channel_returns")
PLACES = {"channel": "Channel", "store_id": "Store"}
# As dim_dates counts them.
WEEKDAYS = dict(enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), 1))


def page(data: ReportData) -> Page:
    """Figures of `sales_daily`, by day, week or month."""
    money = what_there_is(data)
    shown = (*((money.headline,) if money.has_net_sales else ()), *SHOWN)
    more = tuple(name for name in money.figures if name not in shown)
    every = (*shown, *more, "items_amount", "freight_amount", "new_customers", "returning_customers")
    channels = {"channels": cube(data, [DAY, *PLACES], CHANNELS)} if money.channels else {}
    if channels:
        _without_store(channels["channels"]["by"]["store_id"])
    places = [(name, title) for name, title in PLACES.items() if channels and _several(channels["channels"], name)]
    weekdays = cube(data, [DAY, "weekday"], shown, where="is_landed")
    _all_weekdays(weekdays["by"]["weekday"])
    return Page(
        "sales",
        "Sales",
        tiles=[Tile(name, "daily") for name in (*shown, *more)],
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
                query=Query("weekdays", ("weekday",), shown, compare=True, order="listed"),
                note="Weekdays are those of the purchase, as the shop counts days; the mark is the days compared with.",
            ),
            **_by_place(places),
        },
        cubes={
            "daily": cube(data, [DAY], every, where="is_landed"),
            "weekdays": weekdays,
            **channels,
        },
        filters=[Filter(name, title) for name, title in places],
        note=money.note,
    )


def _by_place(places: Sequence[tuple[str, str]]) -> dict[str, Figure]:
    return {
        name: Figure(
            f"By {title.lower()}",
            chart=charts.ranking(name),
            query=Query("channels", (name,), CHANNELS, compare=True, top=25),
        )
        for name, title in places
    }


def _without_store(cut: dict[str, Any]) -> None:
    """What is sold online has no store: gold's word for that is "unknown", which would look like a gap."""
    cut["words"] = ["no store" if word == "unknown" else word for word in cut["words"]]


def _several(channels: Mapping[str, Any], name: str) -> bool:
    """Whether there is a choice: one channel or one store alone tells nothing."""
    return len(channels["by"][name]["words"]) > 1


def _all_weekdays(cut: dict[str, Any]) -> None:
    """Numbers become names, and those on which nothing was ever sold have their place too."""
    names = [WEEKDAYS[int(word)] if word.isdigit() else word for word in cut["words"]]
    words = [*WEEKDAYS.values(), *(name for name in names if name not in WEEKDAYS.values())]
    cut["at"] = [words.index(names[at]) for at in cut["at"]]
    cut["words"] = words
