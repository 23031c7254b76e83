"""The morning page: yesterday's figures, how they compare, which state grew, what is unpaid, whether to trust it.

Its numbers are asked of the release when the page is written, so they are there without any script.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from spark_app.contracts.metrics import Metric
from spark_app.report import charts
from spark_app.report.cube import UNKNOWN, epoch_ms
from spark_app.report.data import DAY, ReportData
from spark_app.report.incomplete import incomplete_in_words
from spark_app.report.money import Money, bridge, what_there_is
from spark_app.report.numbers import change, day_text, verdict
from spark_app.report.page import Column, Figure, Page
from spark_app.report.places import state_column
from spark_app.report.ripeness import Ripeness, ripeness
from spark_app.report.so_far import so_far
from spark_app.report.trust import trust

TILES = (
    "revenue",
    "orders",
    "average_order_value",
    "items",
    "new_customers",
    "returning_customers",
    "canceled_orders",
    "cancellation_rate",
)
_ORDERS = ("incomplete_orders", "orders")
# 52 weeks, so that weekdays meet.
AGAINST = (("the day before", 1), ("a week before", 7), ("a year before", 364))
WEEKS = 8
STATES = 15
AGES = ((0, 1, "0–1 days"), (2, 6, "2–6 days"), (7, 29, "7–29 days"), (30, None, "30 days and more"))


@dataclass(frozen=True)
class Compared:
    """A metric of the last day beside the same of earlier days: (name, day, value). `unripe`: why it is not judged.

    `unknown`: those of these days that did not land, by name.
    """

    metric: Metric
    value: Any
    against: tuple[tuple[str, date, Any], ...]
    unripe: str | None
    unknown: tuple[str, ...]


def page(data: ReportData) -> Page:
    """The page that opens first."""
    unpaid, money = _unpaid(data), what_there_is(data)
    ripening = ripeness(data)
    headline = data.metrics[money.headline]
    # Where the days before are not all there, nothing has grown or fallen.
    states = _states(data) if data.last - timedelta(days=13) >= data.first else []
    known = [row for row in states if not row["state"].startswith(UNKNOWN)]
    return Page(
        "index",
        "Morning",
        "index.html",
        figures={
            "weeks": Figure(
                f"{headline.title} of the last {WEEKS} weeks",
                _definition(headline),
                charts.trend("money"),
                values=_weeks(data, headline),
                columns=[
                    Column("label", "Day"),
                    Column("series", "Days"),
                    Column("value", headline.title, "money"),
                    Column("state", "Note"),
                ],
                note="A gap is a day that did not land: what was sold on it is not known.",
                wide=True,
            ),
            **({"bridge": bridge(data, money)} if money.has_net_sales or money.taxes else {}),
            "states": Figure(
                "States that grew and fell: 7 days against the 7 before",
                _definition(data.metrics["segment_revenue"]),
                charts.changes("state"),
                values=_most_changed(states),
                columns=[
                    Column("state", "State"),
                    Column("value", "7 days", "money"),
                    Column("before", "7 days before", "money"),
                    Column("difference", "Difference", "money"),
                    Column("change", "Change", "change"),
                ],
                note=f"The {STATES} states that changed most, if so many did.",
                empty="Nothing to compare: no state changed, or there are no 14 days of sales yet.",
            ),
            "unpaid": Figure(
                "What is unpaid, by age of the order",
                _definition(data.metrics["outstanding_amount"]),
                charts.bars("age", "money"),
                values=unpaid,
                columns=[
                    Column("age", "Days since the order"),
                    Column("value", "Amount", "money"),
                    Column("payments", "Payments", "count"),
                ],
                note=f"Of orders from {day_text(data.first)} on.",
            ),
        },
        dates=False,
        more={
            "so_far": so_far(data, _tiles(money)),
            "tiles": [_compared(data, data.metrics[name], ripening) for name in _tiles(money)],
            "trust": trust(data),
            "money_note": money.note,
            "incomplete": incomplete_in_words(
                *(data.value(data.metrics[name], data.last, data.last) for name in _ORDERS)
            ),
            "states_compared": len(known) > 1,
            "grew": max((row for row in known if row["difference"] > 0), key=_difference, default=None),
            "fell": min((row for row in known if row["difference"] < 0), key=_difference, default=None),
            "missing": data.drops.missing(data.last - timedelta(days=13), data.last),
            "unpaid": sum(row["value"] for row in unpaid),
            "unpaid_old": unpaid[-1]["value"],
        },
    )


def _tiles(money: Money) -> tuple[str, ...]:
    """The usual ones, behind net sales and what makes them where the shop has what lowers sales."""
    lowered = tuple(name for name in ("discounts", "returns") if getattr(money, name))
    margin = ("gross_margin", "cost_known") if money.costs and money.has_net_sales else ()
    return (("net_sales",) if money.has_net_sales else ()) + TILES[:1] + lowered + margin + TILES[1:]


def _definition(metric: Metric) -> str:
    return f"{metric.title}: {metric.description}."


def _compared(data: ReportData, metric: Metric, ripening: Ripeness) -> Compared:
    days = [(name, data.last - timedelta(days=back)) for name, back in AGAINST]
    against = tuple((name, day, data.value_on(metric, day)) for name, day in days if day >= data.first)
    unknown = tuple(name for name, day in days if day >= data.first and not data.drops.landed(day))
    unripe = ripening.unripe(metric, data.last, data.last)
    return Compared(metric, data.value_on(metric, data.last), against, unripe, unknown)


def _weeks(data: ReportData, metric: Metric) -> list[dict[str, Any]]:
    """A metric day by day, and the same of a year before where data reach back so far."""
    rows = data.rows(f"SELECT {DAY} AS day, {metric.sql} AS value FROM sales_daily GROUP BY 1")
    by_day = {row["day"]: row["value"] for row in rows}
    days = [data.last - timedelta(days=back) for back in reversed(range(7 * WEEKS))]
    series = [("these days", 0)]
    if days[0] - timedelta(days=364) >= data.first:
        series.append(("a year before", 364))
    return [
        {
            "period": epoch_ms(day),
            "label": day_text(at),
            "series": name,
            "part": False,
            "value": (by_day.get(at) or 0) if data.drops.landed(at) else None,
            "state": "" if at in data.drops.sold else "no orders" if data.drops.landed(at) else "not landed",
        }
        for name, back in series
        for day in days
        if (at := day - timedelta(days=back)) >= data.first
    ]


def _states(data: ReportData) -> list[dict[str, Any]]:
    """Revenue by state of seven days and of the seven before, the greatest first."""
    now = data.metrics["segment_revenue"]
    middle, first = data.last - timedelta(days=7), data.last - timedelta(days=14)
    rows = data.rows(
        f"SELECT {state_column(data, now.view)} AS state, coalesce({now.sql} FILTER ({DAY} > ?), 0) AS value, "
        f"coalesce({now.sql} FILTER ({DAY} <= ?), 0) AS before "
        f"FROM {now.view} WHERE {DAY} > ? GROUP BY 1 ORDER BY value DESC, state",
        (middle, middle, first),
    )
    for row in rows:
        row["difference"] = row["value"] - row["before"]
        row["change"] = change(row["value"], row["before"], now.unit)
        row["news"] = verdict(row["difference"], now.better)
    return rows


def _most_changed(states: list[dict[str, Any]]) -> list[dict[str, Any]]:
    moved = [row for row in states if row["difference"]]
    chosen = sorted(moved, key=lambda row: abs(row["difference"]), reverse=True)[:STATES]
    return sorted(chosen, key=_difference, reverse=True)


def _difference(row: dict[str, Any]) -> Any:
    return row["difference"]


def _unpaid(data: ReportData) -> list[dict[str, Any]]:
    metric = data.metrics["outstanding_amount"]
    rows = []
    for low, high, name in AGES:
        newest = data.last - timedelta(days=low)
        oldest = data.last - timedelta(days=high) if high is not None else date.min
        [row] = data.rows(
            f"SELECT coalesce({metric.sql}, 0) AS value, coalesce(sum(payments) FILTER "
            f"(payment_status IN ('pending', 'authorized')), 0) AS payments "
            f"FROM {metric.view} WHERE {DAY} BETWEEN ? AND ?",
            (oldest, newest),
        )
        rows.append({"age": name, **row})
    return rows
