"""Which days' figures are judged: those a run is about, and those that pages show and no run was about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from spark_app.contracts.sources import inputs_of
from spark_app.lake import feed, ops
from spark_app.lake.completed import Completed
from spark_app.lake.days import ORDERS, days_of
from spark_app.runs.context import Context

MOST_DAYS = 7  # of a range the newest are judged
SHOWN_DAYS = 56  # the weeks of the morning page's chart
SALES = "gold.daily_sales"


def days_to_judge(context: Context, completed: Completed) -> list[date]:
    """The days the run is about. Of one whose day is not over: those that a night completed and readers lack.

    What a night withheld, a batch of the next day would else release.
    """
    if not context.record.intraday:
        return days_asked(context)
    if not completed.before < completed.now < date.max:
        return []
    first = max(completed.before, completed.now - timedelta(days=MOST_DAYS)) + timedelta(days=1)
    return days_of(first, completed.now)


def days_asked(context: Context) -> list[date]:
    """The days the run is about; where it does not say, the newest that landed."""
    first, last = context.record.first_day, context.record.last_day
    if last is None:
        rows = ops.select(context.table("ops.reconciliation"), "SELECT max(batch_date) AS day FROM ops_rows")
        first = last = rows[0]["day"] if rows else None
    if first is None or last is None:
        return []
    first = max(first, last - timedelta(days=MOST_DAYS - 1))
    return days_of(first, last)


def days_not_judged(context: Context, tables: Mapping[str, int], days: Sequence[date]) -> list[date]:
    """Of the days that pages show, those no run was about: of a bulk load, or of nights that did not run.

    They are judged, their totals only, and nobody is told: they are no news.
    """
    sold = feed.over_version(context.table(SALES), tables[SALES], "SELECT max(order_date) FROM data")[0][0]
    last = max(days[-1], sold or days[-1])
    shown = days_of(min(days[-1], sold or days[-1]) - timedelta(days=SHOWN_DAYS - 1), last)
    rows = ops.select(context.table("ops.figures"), "SELECT DISTINCT day FROM ops_rows WHERE day >= ?", (shown[0],))
    judged = {row["day"] for row in rows} | set(days)
    recent = [day for day in shown if day <= days[-1] and day not in judged]
    return recent if len(recent) <= 2 * SHOWN_DAYS else recent[:SHOWN_DAYS] + recent[-SHOWN_DAYS:]


def days_missing(context: Context, last: date) -> frozenset[date]:
    """The days of whose orders no drop was taken in, though there were drops before them."""
    datasets = list(inputs_of(context.source, ORDERS))
    if not datasets:
        return frozenset()
    sql = (
        "SELECT DISTINCT batch_date AS day FROM ops_rows WHERE list_contains(?, dataset) AND bronze_version IS NOT NULL"
    )
    taken = frozenset(row["day"] for row in ops.select(context.table("ops.ingested_files"), sql, (datasets,)))
    return frozenset(days_of(min(taken), last)) - taken if taken else frozenset()
