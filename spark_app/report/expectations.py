"""Data quality: the figures that are watched, against what was expected of them."""

from __future__ import annotations

from typing import Any

import altair as alt

from spark_app.contracts.figures import show_figure
from spark_app.report import charts, health
from spark_app.report.cube import epoch_ms
from spark_app.report.data import ReportData
from spark_app.report.numbers import day_text
from spark_app.report.page import Column, Figure


def expectations(data: ReportData) -> Figure:
    """Each figure watched: on its newest day, found and expected."""
    rows = [
        {
            "state": "⚠ unusual" if row["unusual"] else "usual",
            "table": row["table_name"],
            "figure": row["figure"],
            "day": day_text(row["day"]),
            "found": show_figure(row["kind"], row["observed"]),
            "wanted": _range(row),
            "usually": show_figure(row["kind"], row["expected"]),
        }
        for row in health.expectations(data)
    ]
    columns = [
        Column("state", "State"),
        Column("table", "Table"),
        Column("figure", "Figure"),
        Column("day", "Day"),
        Column("found", "Found"),
        Column("wanted", "Expected"),
        Column("usually", "Usually"),
    ]
    definition = (
        "What landed and what was sold, each figure on the newest day it was judged, against what the ten weeks before "
        "let expect of that weekday, or what the contract says: volume, freshness, missing and repeated values."
    )
    return Figure("Freshness and volume against expectation", definition, values=rows, columns=columns, wide=True)


def volumes(data: ReportData) -> Figure:
    """Orders by day, within the band that was expected."""
    rows = [
        {
            "period": epoch_ms(row["day"]),
            "label": day_text(row["day"]),
            "value": row["observed"],
            "low": row["low"],
            "high": row["high"],
            "expected": row["expected"],
            "state": "unusual" if row["unusual"] else "usual",
        }
        for row in health.volumes(data)
    ]
    columns = [
        Column("label", "Day"),
        Column("value", "Orders", "count"),
        Column("low", "Expected from", "count"),
        Column("high", "to", "count"),
        Column("state", "State"),
    ]
    definition = "Orders of each day as they were when it was last judged, and the band that was expected."
    return Figure("Orders against expectation", definition, _band(), values=rows, columns=columns)


def unusual(data: ReportData) -> Figure:
    """What was unusual, and where it comes from."""
    rows = [
        {"day": day_text(row["day"]), "what": row["message"], "upstream": row["upstream"], "run": row["run_id"]}
        for row in health.unusual(data)
    ]
    columns = [
        Column("day", "Day"),
        Column("what", "What was unusual"),
        Column("upstream", "Comes from"),
        Column("run", "Run"),
    ]
    more = f" Only the newest {health.MOST_UNUSUAL} are shown." if len(rows) == health.MOST_UNUSUAL else ""
    definition = f"Figures beyond what was expected of them, by day, the strongest first.{more}"
    return Figure("Unusual figures", definition, values=rows, columns=columns, wide=True)


def _band() -> dict[str, Any]:
    """A line with the band it was expected in; points where it left it."""
    x = alt.X("period:T", scale=alt.Scale(type="utc"), title=None, axis=alt.Axis(grid=False, tickCount=6))
    axis = alt.Axis(format="count", formatType="shown", title=None, tickCount=5)
    base = alt.Chart(alt.NamedData("values")).properties(width="container", height=charts.HEIGHT)
    band = base.mark_area(opacity=0.25, color="var(--c1)").encode(x=x, y=alt.Y("low:Q", axis=axis), y2="high:Q")
    tips = [
        alt.Tooltip("label:N", title="day"),
        alt.Tooltip("value:Q", title="orders", format="count", formatType="shown"),
        alt.Tooltip("state:N"),
    ]
    line = base.mark_line(color="var(--c1)").encode(x=x, y=alt.Y("value:Q", axis=axis))
    points = base.mark_point(filled=True, size=60).encode(
        x=x,
        y="value:Q",
        color=alt.condition("datum.state == 'unusual'", alt.value("var(--bad)"), alt.value("var(--c1)")),
        tooltip=tips,
    )
    spec: dict[str, Any] = alt.layer(band, line, points).to_dict()
    spec.pop("config", None)
    return spec


def _range(row: dict[str, Any]) -> str:
    low, high = row["low"], row["high"]
    if low is None:
        return "any" if high is None else f"at most {show_figure(row['kind'], high)}"
    return (
        f"{show_figure(row['kind'], low)} or more"
        if high is None
        else (f"{show_figure(row['kind'], low)} to {show_figure(row['kind'], high)}")
    )
