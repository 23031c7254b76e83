"""Is what landed, and what is about to be released, like the weeks before? The audit asks, before a release."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from spark_app.contracts.bounds import NONE_BROKEN
from spark_app.lake import ops
from spark_app.lake.completed import Completed
from spark_app.monitoring.days import days_missing, days_not_judged, days_to_judge
from spark_app.quality.anomalies import Cause, Figure, causes, judge, unusual
from spark_app.quality.drops import Wanted, drop, profile, wanted
from spark_app.quality.history import BACK, Span, gather_series
from spark_app.quality.profile import Finding
from spark_app.runs.context import Context

MOST_LINES = 8


def judge_figures(
    context: Context, tables: Mapping[str, int], completed: Completed, *, released: bool
) -> list[Finding]:
    """What is unlike before, kept in `ops.figures`, noticed in the record, and as findings of the audit.

    `released`: these gold versions are what readers have. Then only what landed since is news. Of a day that is not
    over nothing is like the weeks before: it waits for its night, and so do looks at its drops.
    """
    with context.record.step("audit", "anomalies") as step:
        days = days_to_judge(context, completed)
        if not days and context.record.intraday:
            step.action = "wait for the night"
            return []
        fresh = _profile(context)
        if not days or (released and not fresh):
            return []
        older = days_not_judged(context, tables, days)
        span = Span(min([*days, *older]), days[-1], days_missing(context, days[-1]))
        series = gather_series(context.lake, context.contracts, context.source, tables, span)
        totals = [one for one in series if one.segment is None]
        figures = [one for day in days for one in judge(series, day)]
        grouped = causes(unusual(figures))
        _keep(context, [one for day in older for one in judge(totals, day)] + figures, grouped)
        for cause in grouped:
            context.record.notice(f"anomaly {cause.key}", _lines(cause))
        step.action = f"{len(unusual(figures))} of {len(figures)} figures"
        return _findings(figures)


def _profile(context: Context) -> bool:
    """Look at the drops that bronze has taken in since last time; whether there were any."""
    lake = context.lake
    rows: list[dict[str, Any]] = []
    for what in wanted(context.source, list(context.contracts.values())):
        seen = ops.select(
            lake.table("ops.profiles"),
            "SELECT max(bronze_version) AS v FROM ops_rows WHERE dataset = ?",
            (what.dataset,),
        )
        last = -1 if not seen or seen[0]["v"] is None else seen[0]["v"]
        taken = ops.select(
            lake.table("ops.ingested_files"),
            "SELECT batch_date, max(bronze_version) AS v FROM ops_rows WHERE dataset = ? AND bronze_version > ? "
            "GROUP BY 1 ORDER BY 1",
            (what.dataset, last),
        )
        newest = max((row["batch_date"] for row in taken), default=None)
        days = [row["batch_date"] for row in taken if newest and row["batch_date"] > newest - BACK]
        if days:
            rows += _looked_at(context, what, max(row["v"] for row in taken), days)
    now = datetime.now(UTC)
    ops.add(lake.table("ops.profiles"), [{**row, "run_id": context.run_id, "profiled_at": now} for row in rows])
    return bool(rows)


def _looked_at(context: Context, what: Wanted, version: int, days: Sequence[date]) -> list[dict[str, Any]]:
    """A drop without a row is a drop too."""
    rows = profile(context.lake, what, version, days)
    there = {row["batch_date"] for row in rows}
    return rows + [drop(what.dataset, day, version) for day in days if day not in there]


def _lines(cause: Cause) -> list[str]:
    lines = [one.text for one in cause.figures]
    more = [f"… and {len(lines) - MOST_LINES} more figures in ops.figures"] if len(lines) > MOST_LINES else []
    return [f"unusual: {lines[0]}", *lines[1:MOST_LINES], *more]


def _keep(context: Context, figures: Sequence[Figure], grouped: Sequence[Cause]) -> None:
    """Every total, and of the segments those that are unusual."""
    now = datetime.now(UTC)
    of = {one: cause.key for cause in grouped for one in cause.figures}
    rows = [_row(context.run_id, one, of.get(one), now) for one in figures if one.unusual or one.segment is None]
    ops.add(context.table("ops.figures"), rows)


def _row(run_id: str, one: Figure, cause: str | None, now: datetime) -> dict[str, Any]:
    low, high = one.expected.low, one.expected.high
    return {
        "run_id": run_id,
        "day": one.day,
        "table_name": one.table,
        "rule": one.watch.name,
        "figure": one.what,
        "kind": one.kind,
        "segment_column": one.segment[0] if one.segment else None,
        "segment": one.segment[1] if one.segment else None,
        "observed": one.found,
        "expected": one.expected.middle,
        "low": low if math.isfinite(low) else None,
        "high": high if math.isfinite(high) else None,
        "score": one.expected.score,
        "unusual": one.unusual,
        "severity": one.watch.severity,
        "cause": cause,
        "driver": one.driver,
        "upstream": one.upstream,
        "message": one.text if one.unusual else None,
        "judged_at": now,
    }


def _findings(figures: Sequence[Figure]) -> list[Finding]:
    """One a watch, with the number of its figures that are unusual; it counts no rows."""
    watches: dict[tuple[str, str], list[Figure]] = {}
    for one in figures:
        watches.setdefault((one.table, one.watch.name), []).append(one)
    made = []
    for (table, name), looked in watches.items():
        watch, odd = looked[0].watch, unusual(looked)
        expected = odd[0].text if odd else "as in the weeks before"
        value = float(len(odd))
        made.append(Finding(table, name, watch.dimension, watch.severity, 0, None, value, NONE_BROKEN, expected))
    return made
