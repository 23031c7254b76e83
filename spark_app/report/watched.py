"""The sentences on figures that are watched: how many of the last days were judged, and what was unlike before."""

from __future__ import annotations

from typing import Any

from spark_app.lake import ops
from spark_app.lake.behind import audit_of
from spark_app.report.checks import Check
from spark_app.report.data import ReportData
from spark_app.report.numbers import day_text

_JUDGED = (
    "SELECT day, count(*) FILTER (segment IS NULL) AS figures, count(*) FILTER (unusual AND segment IS NULL) AS odd, "
    "count(*) FILTER (unusual AND segment IS NOT NULL) AS segments, "
    "arg_max(message, abs(score)) FILTER (unusual) AS worst FROM (SELECT * FROM ops_rows WHERE day BETWEEN ? AND ? "
    "AND NOT list_contains(?, run_id) QUALIFY row_number() OVER "
    "(PARTITION BY day, table_name, rule, figure, upstream ORDER BY judged_at DESC) = 1) GROUP BY day ORDER BY day DESC"
)


def figures(data: ReportData) -> list[Check]:
    """How the figures of the last day, and of the days before it, were judged. None judged is no pass."""
    days = data.recent
    rows = ops.select(data.lake.table("ops.figures"), _JUDGED, (days[0], days[-1], _not_released(data)))
    by_day = {row["day"]: row for row in rows if row["figures"]}
    last = by_day.pop(data.last, None)
    earlier = [row for row in by_day.values() if row["odd"] or row["segments"]]
    unjudged = [day for day in days[:-1] if day not in by_day and data.drops.landed(day)]
    checks = [_of_last(data, last)]
    if earlier:
        listed = ", ".join(f"{day_text(row['day'])} ({_count(row)})" for row in earlier)
        checks.append(Check("odd", f"Unlike the weeks before it was also: {listed}."))
    if last and unjudged:
        text = f"Of the {len(days) - 1} days before it, {len(unjudged)} could not be held against weeks before them."
        checks.append(Check("odd", text))
    return checks


def _of_last(data: ReportData, row: dict[str, Any] | None) -> Check:
    if row is None:
        text = f"No figure of {day_text(data.last)} was held against the weeks before it"
        return Check("care", f"{text}: none is watched, or there are not yet 28 days of history.")
    number, day = row["figures"], day_text(row["day"])
    if not row["odd"] and not row["segments"]:
        every = "The one figure" if number == 1 else f"All {number} figures"
        return Check("good", f"{every} watched of {day} {'is' if number == 1 else 'are'} as in the weeks before.")
    of = "1 figure" if number == 1 else f"{number} figures"
    text = f"Of {of} watched of {day}, unlike the weeks before: {_count(row)}; the most of all: {row['worst']}."
    return Check("care", text)


def _count(row: dict[str, Any]) -> str:
    parts = [f"{row['odd']} of them"] if row["odd"] else []
    parts += [f"{row['segments']} {'segment' if row['segments'] == 1 else 'segments'}"] if row["segments"] else []
    return " and ".join(parts)


def _not_released(data: ReportData) -> list[str]:
    """Runs that judged what the release does not hold: their audit, of other versions, came after its own."""
    own = audit_of(data.lake, data.behind)
    if not own:
        return []
    sql = "SELECT DISTINCT run_id FROM ops_rows WHERE candidate IS NOT NULL AND candidate <> ? AND checked_at > ?"
    rows = ops.select(
        data.lake.table("ops.quality_results"), sql, (own[0]["candidate"], max(row["checked_at"] for row in own))
    )
    return [row["run_id"] for row in rows]
