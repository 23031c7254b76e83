"""Data quality: what is wrong, what is odd, what is unlike before, and what runs took."""

from __future__ import annotations

from typing import Any

import altair as alt

from spark_app.contracts.table import DIMENSIONS
from spark_app.report import charts, health
from spark_app.report.cube import EPOCH
from spark_app.report.data import ReportData
from spark_app.report.health import Rows
from spark_app.report.numbers import day_text, time_text
from spark_app.report.page import Column, Figure, Page
from spark_app.report.trust import trust

_DAY_MS = 86_400_000


def page(data: ReportData) -> Page:
    """Of the latest release and the last 60 days; numbers are those of `ops`."""
    runs = health.runs(data)
    figures = {
        "expectations": _expectations(data),
        "volumes": _volumes(data),
        "unusual": _unusual(data),
        "over_time": _over_time(data),
        "quarantine": _quarantine(data),
        "reconciliation": _reconciliation(data),
        "schema": _schema(data),
        "durations": _durations(runs),
        "runs": _runs(data, runs),
        "layers": _layers(data),
    }
    return Page(
        "quality",
        "Data quality",
        template="quality.html",
        figures={name: figure for name, figure in figures.items() if figure.values},
        dates=False,
        note=f"Of the {health.SHOWN_DAYS} days to {data.last}, unless a figure says otherwise.",
        more={
            "trust": trust(data),
            "status": health.status(data),
            "dimensions": DIMENSIONS,
            "words": health.EFFECTS,
            "contracts": sorted(data.contracts.values(), key=lambda one: one.qualified),
            "absent": [_ABSENT[name] for name, figure in figures.items() if not figure.values and name in _ABSENT],
        },
    )


_ABSENT = {
    "expectations": "Nothing is watched yet: that takes 28 days of history.",
    "unusual": "Nothing was unusual.",
    "quarantine": "No row is set aside.",
    "schema": "No file had columns that it should not have, or lacked any.",
}


def _expectations(data: ReportData) -> Figure:
    rows = [
        {
            "state": "⚠ unusual" if row["unusual"] else "usual",
            "table": row["table_name"],
            "figure": row["figure"],
            "day": day_text(row["day"]),
            "found": _shown(row["kind"], row["observed"]),
            "wanted": _range(row),
            "usually": _shown(row["kind"], row["expected"]),
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
        "What landed and what was sold on the newest day judged, against what the ten weeks before it let expect of "
        "its weekday: volume, freshness, missing and repeated values."
    )
    return Figure("Freshness and volume against expectation", definition, values=rows, columns=columns, wide=True)


def _volumes(data: ReportData) -> Figure:
    rows = [
        {
            "period": (row["day"] - EPOCH).days * _DAY_MS,
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
    definition = "Orders of each day as its night saw them, and the band that was expected."
    return Figure("Orders against expectation", definition, _band(), values=rows, columns=columns)


def _unusual(data: ReportData) -> Figure:
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
    definition = "Figures beyond what was expected of them, by day, the strongest first."
    return Figure("Unusual figures", definition, values=rows, columns=columns, wide=True)


def _over_time(data: ReportData) -> Figure:
    rows = [
        {
            "period": (row["day"] - EPOCH).days * _DAY_MS,
            "label": day_text(row["day"]),
            "series": row["dimension"],
            "part": True,
            "value": row["share"],
            "broken": row["broken"],
        }
        for row in health.over_time(data)
    ]
    columns = [
        Column("label", "Judged on"),
        Column("series", "Dimension"),
        Column("value", "Rules that passed", "percent"),
        Column("broken", "Rules that did not", "count"),
    ]
    definition = "Of all rules judged that day by whatever run, the share that no row broke."
    return Figure("Rules passed over time", definition, charts.trend("percent"), values=rows, columns=columns)


def _quarantine(data: ReportData) -> Figure:
    rows = [
        {**row, "last_day": day_text(row["last_day"]), "examples": " · ".join(row["examples"])}
        for row in health.quarantined(data)
    ]
    columns = [
        Column("entity", "Entity"),
        Column("rule", "Rule"),
        Column("rows", "Rows", "count"),
        Column("last_day", "Last on"),
        Column("expected", "Expected"),
        Column("examples", "For example found"),
    ]
    definition = (
        "All rows that cannot be used, by the rule they break (a row that breaks two is in both); lakehouse quarantine "
        "shows them whole. Values of personal columns are not shown."
    )
    return Figure("Rows set aside", definition, values=rows, columns=columns, wide=True)


def _reconciliation(data: ReportData) -> Figure:
    rows = [
        {**row, "state": f"⚠ {row['unbalanced']} days do not add up" if row["unbalanced"] else "adds up"}
        for row in health.reconciled(data)
    ]
    columns = [
        Column("entity", "Entity"),
        Column("state", "State"),
        Column("landed", "Rows landed", "count"),
        Column("accepted", "accepted", "count"),
        Column("superseded", "superseded", "count"),
        Column("quarantined", "set aside", "count"),
        Column("days", "Days", "count"),
    ]
    definition = "Every row that landed was accepted, replaced by a newer one, or set aside."
    return Figure("Nothing lost: rows landed", definition, values=rows, columns=columns)


def _schema(data: ReportData) -> Figure:
    rows = [
        {**row, "first_day": day_text(row["first_day"]), "last_day": day_text(row["last_day"])}
        for row in health.schema_changes(data)
    ]
    columns = [
        Column("dataset", "Dataset"),
        Column("message", "What was odd"),
        Column("files", "Files", "count"),
        Column("first_day", "First on"),
        Column("last_day", "Last on"),
    ]
    definition = "Files with columns that nobody knows (kept in _extra), without some that are known, or unreadable."
    return Figure("Changes of files' columns", definition, values=rows, columns=columns)


def _durations(runs: Rows) -> Figure:
    rows = [
        {
            "run": f"{row['started_at']:%d %b %H:%M}",
            "value": row["seconds"] / 60,
            "ended": "fine" if row["exit_code"] == 0 else f"exit {row['exit_code']}",
        }
        for row in reversed(runs[:40])
    ]
    columns = [
        Column("run", "Started"),
        Column("value", "Minutes", "score"),
        Column("ended", "Ended"),
    ]
    definition = "Minutes that each of the last 40 runs took, by the clock."
    return Figure("How long runs take", definition, charts.bars("run", "score"), values=rows, columns=columns)


def _runs(data: ReportData, runs: Rows) -> Figure:
    rows = [
        {
            "started": time_text(row["started_at"]),
            "command": row["command"],
            "days": " to ".join(dict.fromkeys(str(day) for day in (row["first_day"], row["last_day"]) if day)),
            "minutes": row["seconds"] / 60,
            "cost": _cost(data, row["seconds"]),
            "ended": "fine" if row["exit_code"] == 0 else f"⚠ exit {row['exit_code']}",
            "said": str(row["message"]).split("\n")[0],
        }
        for row in runs[:60]
    ]
    columns = [
        Column("started", "Started"),
        Column("command", "Command"),
        Column("days", "Days"),
        Column("ended", "Ended"),
        Column("minutes", "Minutes", "score"),
        Column("cost", "Cost", "money"),
        Column("said", "It said"),
    ]
    if data.run_price_per_hour is None:
        columns = [column for column in columns if column.name != "cost"]
        definition = "The last runs. What they cost is shown where the settings say run_price_per_hour."
    else:
        definition = (
            f"The last runs. Cost: hours by the clock × {data.run_price_per_hour:g} {data.metrics.currency} "
            "(run_price_per_hour in the settings); what storage and the warehouse cost is not in it."
        )
    return Figure("Runs", definition, values=rows, columns=columns, wide=True)


def _layers(data: ReportData) -> Figure:
    rows = [
        {**row, "longest": f"{row['longest']} ({row['longest_seconds']:.1f} s)"}
        for row in health.slowest(data.lake, data.release.run_id)
    ]
    columns = [
        Column("layer", "Layer"),
        Column("seconds", "Seconds", "score"),
        Column("steps", "Steps", "count"),
        Column("longest", "Longest step"),
    ]
    definition = f"Run {data.release.run_id}, which made this release; steps may overlap, so they add up to more."
    return Figure("Where the release's time went", definition, values=rows, columns=columns)


def _cost(data: ReportData, seconds: float) -> float | None:
    return None if data.run_price_per_hour is None else seconds / 3600 * data.run_price_per_hour


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
        return "any" if high is None else f"at most {_shown(row['kind'], high)}"
    return (
        f"{_shown(row['kind'], low)} or more"
        if high is None
        else (f"{_shown(row['kind'], low)} to {_shown(row['kind'], high)}")
    )


def _shown(kind: str, value: float) -> str:
    """As the messages of quality.anomalies write it."""
    if kind == "share":
        return f"{100 * value:.1f} %"
    if kind == "time":
        return f"{value:.1f} h"
    return f"{value:,.0f}" if kind == "count" or value >= 1000 else f"{value:,.2f}"
