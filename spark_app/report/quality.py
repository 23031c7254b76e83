"""Data quality: what is wrong, what is odd, what is unlike before, and what runs took."""

from __future__ import annotations

from collections.abc import Mapping

from spark_app.contracts.table import DIMENSIONS
from spark_app.lake.columns import recent_changes
from spark_app.report import charts, expectations, health, runs
from spark_app.report.cube import epoch_ms
from spark_app.report.data import ReportData
from spark_app.report.numbers import day_text
from spark_app.report.page import Column, Figure, Page
from spark_app.report.trust import trust


def page(data: ReportData) -> Page:
    """Of the latest release and the last 60 days; numbers are those of `ops`."""
    ended = health.runs(data)
    figures = {
        "expectations": expectations.expectations(data),
        "volumes": expectations.volumes(data),
        "unusual": expectations.unusual(data),
        "over_time": _over_time(data),
        "quarantine": _quarantine(data),
        "reconciliation": _reconciliation(data),
        "columns": _columns(data),
        "schema": _schema(data),
        "durations": runs.durations(ended),
        "runs": runs.runs(data, ended),
        "layers": runs.layers(data),
    }
    return Page(
        "quality",
        "Data quality",
        template="quality.html",
        figures={name: figure for name, figure in figures.items() if figure.values},
        dates=False,
        note=f"Of the {health.SHOWN_DAYS} days to {data.last}, unless a figure says otherwise.",
        of_release=False,
        more={
            "trust": trust(data),
            "status": health.status(data),
            "dimensions": DIMENSIONS,
            "words": health.EFFECTS,
            "contracts": sorted(data.contracts.values(), key=lambda one: one.qualified),
            "absent": _absent(figures),
        },
    )


def _absent(figures: Mapping[str, Figure]) -> list[str]:
    """What is said in place of figures that have nothing to show; of what nobody has looked at nothing is said."""
    empty = [name for name, figure in figures.items() if not figure.values]
    if "expectations" in empty and "unusual" in empty:
        empty.remove("unusual")
    return [_ABSENT[name] for name in empty if name in _ABSENT]


_ABSENT = {
    "expectations": "No figure has been judged: that takes watches in the contracts, and 28 days of history.",
    "unusual": "No figure that was judged was unusual.",
    "quarantine": "No row is set aside.",
    "columns": "No file lost a column that those before it had, and none got a new one.",
    "schema": "No file had columns that it should not have, or lacked any.",
}


def _over_time(data: ReportData) -> Figure:
    rows = [
        {
            "period": epoch_ms(row["day"]),
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
    definition = (
        "Of all rules and watches judged that day by whatever run, the share that passed: no more rows broke them than "
        "they allow."
    )
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
        Column("passed_over", "passed over", "count"),
        Column("days", "Days", "count"),
    ]
    definition = (
        "A row that landed (counted in the files themselves, not by what reads them) is accepted, superseded by a "
        "newer one, set aside, or passed over because nothing stands in it; days on which these do not make up what "
        "landed are told."
    )
    return Figure("Rows landed, and what became of them", definition, values=rows, columns=columns)


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
    more = f" Only the newest {health.MOST_ODD_FILES} are shown." if len(rows) == health.MOST_ODD_FILES else ""
    definition = (
        f"Files with columns that nobody knows (kept in _extra), without some that are known, or unreadable.{more}"
    )
    return Figure("Changes of files' columns", definition, values=rows, columns=columns)


def _columns(data: ReportData) -> Figure:
    rows = [
        {"day": day_text(change.day), "dataset": change.dataset, "what": change.text, "files": len(change.files)}
        for change in recent_changes(data.lake, health.SHOWN_DAYS)
    ]
    columns = [
        Column("day", "Day"),
        Column("dataset", "Dataset"),
        Column("what", "What changed"),
        Column("files", "Files", "count"),
    ]
    definition = (
        "Known columns that files lack though the files before them had them, and new ones that nobody knows. Each "
        "change is told once, on the day it came; values of a column that is gone are empty from then on."
    )
    return Figure("Columns that went or came", definition, values=rows, columns=columns, wide=True)
