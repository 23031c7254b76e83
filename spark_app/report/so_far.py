"""The day that is running: what is known of it, as of when, and its full hours beside those of other weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from spark_app.contracts.metrics import Metric
from spark_app.lake import ops
from spark_app.report.by_hour import in_words
from spark_app.report.data import ReportData, RunningDay
from spark_app.report.incomplete import incomplete_in_words
from spark_app.report.numbers import day_text

_KNOWN = "cost_known"  # without it a margin says too much
_TALLY = (
    "SELECT sum(rows_landed - coalesce(rows_passed_over, 0)) AS landed, sum(rows_quarantined) AS aside FROM "
    "(SELECT * FROM ops_rows WHERE batch_date BETWEEN ? AND ? QUALIFY row_number() OVER "
    "(PARTITION BY entity, dataset, batch_date ORDER BY reconciled_at DESC) = 1)"
)


@dataclass(frozen=True)
class Known:
    """A metric of the running day."""

    metric: Metric
    value: Any


@dataclass(frozen=True)
class SoFar:
    """`Today so far, as of 14:32`, its figures, and what is to be said of them."""

    title: str
    figures: tuple[Known, ...]
    notes: tuple[str, ...]


def so_far(data: ReportData, shown: Sequence[str]) -> SoFar | None:
    """These metrics of the running day; None where every day is over.

    Rates are left out, for of so few orders they say nothing; but for how much of the margin's cost is known.
    """
    if data.running is None:
        return None
    metrics = [data.metrics[name] for name in shown]
    telling = [metric for metric in metrics if metric.unit != "percent" or metric.name == _KNOWN]
    figures = [Known(metric, _value(data, metric)) for metric in telling]
    notes = [
        "Its hours are not over: nothing of it is judged until its night.",
        in_words(data, [one.metric for one in figures]),
        incomplete_in_words(*(data.value_so_far(data.metrics[name]) for name in ("incomplete_orders", "orders"))),
        _set_aside(data, data.running),
    ]
    return SoFar(title_of(data.running, data.reporting.timezone), tuple(figures), tuple(note for note in notes if note))


def title_of(running: RunningDay, zone: str) -> str:
    """Today, or by its date where it is over by the clock and no night has completed it yet."""
    at = running.as_of.astimezone(ZoneInfo(zone))
    if at.date() == running.day:
        return f"Today so far, as of {at:%H:%M} ({zone})"
    return f"{day_text(running.day)} so far, as of {day_text(at.date())}, {at:%H:%M} ({zone}): its night is to come"


def _value(data: ReportData, metric: Metric) -> Any:
    found = data.value_so_far(metric)
    return 0 if found is None and metric.adds_up else found


def _set_aside(data: ReportData, running: RunningDay) -> str:
    """Rows of its drops that could not be used; what is asked of a whole drop is asked at night."""
    drops = data.reporting.drops_of(running.day)
    rows = ops.select(data.lake.table("ops.reconciliation"), _TALLY, (drops[0], drops[-1]))
    aside, landed = (int(rows[0][name] or 0) if rows else 0 for name in ("aside", "landed"))
    return f"{aside:,} of {landed:,} rows of its drops cannot be used and are set aside." if aside else ""
