"""What runs cost: by day, layer, table and run, and a thousand orders. A page only where runs have bills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from spark_app.contracts.left_out import find_dispensable
from spark_app.costs.breakdown import breakdown
from spark_app.costs.by_day import left_out
from spark_app.costs.forecast import daily, forecast_month
from spark_app.costs.history import RunCost, run_costs
from spark_app.costs.orders import days_by_run, orders_placed, per_thousand
from spark_app.costs.reads import WATCHED_DAYS, read_last_look, watch_in_words
from spark_app.costs.unread import advise_unread
from spark_app.costs.words import in_dollars
from spark_app.report import charts
from spark_app.report.cube import epoch_ms
from spark_app.report.data import ReportData
from spark_app.report.numbers import day_text
from spark_app.report.page import Column, Figure, Page

SHOWN_DAYS, TABLES, RUNS = 60, 25, 60


def page(data: ReportData) -> Page | None:
    """Of the runs of the last 60 days, in US dollars; None where none has a bill."""
    today = data.written_at.date()
    first = today - timedelta(days=SHOWN_DAYS - 1)
    costs = run_costs(data.lake, first, today)
    if not costs:
        return None
    figures = {
        "orders": _thousand_orders(data, costs),
        "days": _days(costs),
        "tables": _tables(data, first, today),
        "layers": _layers(data, first, today),
        "unread": _unread(data),
        "runs": _runs(costs),
    }
    return Page(
        "cost",
        "Cost",
        figures={name: figure for name, figure in figures.items() if figure.values},
        dates=False,
        note=f"{_note(costs, today)}{_watched(data)}",
        of_release=False,
    )


def _note(costs: Sequence[RunCost], today: date) -> str:
    month = forecast_month(costs, today)
    said = [f"{in_dollars(month.spent)} since {day_text(month.first)}"]
    if month.forecast is not None and month.usual_day is not None:
        said.append(
            f"about {in_dollars(month.forecast)} by {day_text(month.last)}, if each day costs a usual "
            f"{in_dollars(month.usual_day)}"
        )
    lacking = left_out({one.command for one in costs}, "the run that wrote this page")
    return (
        f"{'; '.join(said)}. US dollars at list prices (quantities and prices are in ops.bills); {lacking}. "
        f"Of the {SHOWN_DAYS} days to {today} (UTC), by the day on which runs began."
    )


def _thousand_orders(data: ReportData, costs: Sequence[RunCost]) -> Figure:
    placed, taken = orders_placed(data.lake), days_by_run(data.lake, {one.run_id for one in costs})
    days: dict[date, set[date]] = defaultdict(set)
    for one in costs:
        days[one.day] |= taken.get(one.run_id, set())
    rows: list[dict[str, Any]] = []
    for day, dollars in sorted(daily(costs).items()):
        orders = sum(placed.get(landed, 0) for landed in days[day])
        if (each := per_thousand(dollars, orders)) is not None:
            rows.append(
                {
                    "period": epoch_ms(day),
                    "label": day_text(day),
                    "series": "a thousand orders",
                    "part": True,
                    "value": float(each),
                    "dollars": in_dollars(each),
                    "orders": orders,
                }
            )
    columns = [Column("label", "Day"), Column("dollars", "Dollars"), Column("orders", "Orders taken in", "count")]
    definition = (
        "What a day's runs cost, failed ones too, over the orders placed on the days of landing that they took in: the "
        "figure to watch, for it should stay as it is while the shop grows."
    )
    chart = charts.trend("score")
    title = f"A thousand orders, in {_scaled(rows)}"
    return Figure(title, definition, chart, values=rows, columns=columns, wide=True)


def _days(costs: Sequence[RunCost]) -> Figure:
    rows = [
        {"day": day_text(day), "value": float(dollars), "dollars": in_dollars(dollars)}
        for day, dollars in sorted(daily(costs).items())
    ]
    columns = [Column("day", "Day"), Column("dollars", "Dollars")]
    title = f"By day, in {_scaled(rows)}"
    return Figure(title, "All runs that began that day.", charts.bars("day", "score"), None, rows, columns)


def _tables(data: ReportData, first: date, last: date) -> Figure:
    found = breakdown(data.lake, "table", first, last)
    rows = [_share(f"{row['layer']} {row['table_name']}" if row["layer"] else "no table", row) for row in found]
    more = f" The dearest {TABLES} of {len(rows)}." if len(rows) > TABLES else ""
    definition = f"Each run is shared out by the seconds of its steps: the shares are the whole, exactly.{more}"
    columns = [Column("name", "Table"), *_SHARES]
    title = f"By table, in {_scaled(rows)}"
    return Figure(title, definition, charts.ranking("name", "score"), None, rows[:TABLES], columns)


def _layers(data: ReportData, first: date, last: date) -> Figure:
    rows = [_share(row["layer"] or "no layer", row) for row in breakdown(data.lake, "layer", first, last)]
    columns = [Column("name", "Layer"), *_SHARES]
    title = f"By layer, in {_scaled(rows)}"
    return Figure(title, "The same by layer.", charts.ranking("name", "score"), None, rows, columns)


def _unread(data: ReportData) -> Figure:
    dispensable = find_dispensable(data.contracts, list(data.views.values()))
    rows = [
        {"what": one.what, "dollars": in_dollars(one.dollars_a_month), "setting": one.setting, "because": one.because}
        for one in advise_unread(data.lake, dispensable, data.written_at)
    ]
    columns = [
        Column("what", "Advice"),
        Column("dollars", "Dollars a month"),
        Column("setting", "Setting"),
        Column("because", "Why"),
    ]
    definition = f"Of {WATCHED_DAYS} days of Redshift's own statistics. More advice: lakehouse cost --advice."
    return Figure("Tables that nobody reads", definition, values=rows, columns=columns, wide=True)


def _watched(data: ReportData) -> str:
    """What is known of readers, where a Redshift was ever asked."""
    look = read_last_look(data.lake)
    words = watch_in_words(look, data.written_at)
    return f" {words[0].upper()}{words[1:]}." if look else ""


def _scaled(rows: Sequence[dict[str, Any]]) -> str:
    """What a chart's values are in: cents, which they become, where all are less than a dollar; dollars otherwise."""
    if any(row["value"] >= 1 for row in rows):
        return "dollars"
    for row in rows:
        row["value"] *= 100
    return "cents"


_SHARES = (Column("dollars", "Dollars"), Column("share", "Share", "percent"), Column("seconds", "Seconds", "score"))


def _share(name: str, row: dict[str, Any]) -> dict[str, Any]:
    dollars: Decimal = row["dollars"]
    return {
        "name": name,
        "value": float(dollars),
        "dollars": in_dollars(dollars),
        "share": row["share"],
        "seconds": row["seconds"],
    }


def _runs(costs: Sequence[RunCost]) -> Figure:
    rows = [
        {
            "day": day_text(one.day),
            "run": one.run_id,
            "command": one.command,
            "landed": one.landed_days,
            "dollars": in_dollars(one.dollars),
            "billed": one.billed_by,
            "ended": "released" if one.released else "no release",
        }
        for one in reversed(costs[-RUNS:])
    ]
    columns = [
        Column("day", "Day"),
        Column("run", "Run"),
        Column("command", "Command"),
        Column("landed", "Days taken in", "count"),
        Column("dollars", "Dollars"),
        Column("billed", "Billed by"),
        Column("ended", "Ended"),
    ]
    return Figure("Runs", f"The last {RUNS} that have a bill.", values=rows, columns=columns, wide=True)
