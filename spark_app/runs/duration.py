"""How long a run took, beside runs of its like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from spark_app.lake import ops
from spark_app.quality import robust
from spark_app.runs.context import Context

# A run is slow that takes this much longer than usual, and at least so many seconds more.
SLOWER, SLOWER_SECONDS, FEWEST_RUNS, RUNS = 2.0, 60.0, 10, 40


def notice_slow_run(context: Context, seconds: float) -> None:
    """A notice where the run took far longer than its like did, naming the step that drives it."""
    record = context.record
    past = ops.select(
        context.table("ops.runs"),
        "SELECT run_id, seconds FROM ops_rows WHERE command = ? AND exit_code = 0 AND release_id IS NOT NULL "
        f"AND last_day - first_day IS NOT DISTINCT FROM ? ORDER BY started_at DESC LIMIT {RUNS}",
        (record.command, _span(record.first_day, record.last_day)),
    )
    if len(past) < FEWEST_RUNS:
        return
    bounds = robust.expect_without_season("time", [row["seconds"] for row in reversed(past)], seconds)
    if seconds <= max(bounds.high, bounds.middle * SLOWER, bounds.middle + SLOWER_SECONDS):
        return
    text = (
        f"{record.command} took {seconds:.0f} s, usually {bounds.middle:.0f} s"
        f"{_slowest(context, [row['run_id'] for row in past])}; see ops.steps"
    )
    record.notice(f"run time {record.command}", [text])


def _span(first: date | None, last: date | None) -> int | None:
    return (last - first).days if first and last else None


def _slowest(context: Context, run_ids: Sequence[str]) -> str:
    """The step that took the most more than it usually does."""
    listed = ", ".join(f"'{one}'" for one in run_ids)
    sql = f"SELECT layer, table_name, median(seconds) AS s FROM ops_rows WHERE run_id IN ({listed}) GROUP BY ALL"
    usual = {(row["layer"], row["table_name"]): row["s"] for row in ops.select(context.table("ops.steps"), sql)}
    steps = context.record.steps
    if not steps:
        return ""
    step = max(steps, key=lambda one: one.seconds - usual.get((one.layer, one.table), 0.0))
    before = usual.get((step.layer, step.table), 0.0)
    return f"; most of it in {step.layer} {step.table}: {step.seconds:.0f} s, usually {before:.0f} s"
