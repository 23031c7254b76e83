"""Before a run starts: what its days will cost, and whether the month's budget bears it."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta

from spark_app.costs.budget import crossing
from spark_app.costs.forecast import Estimate, estimate, forecast_month, nights
from spark_app.costs.history import HISTORY_DAYS, run_costs
from spark_app.costs.prices import load_prices
from spark_app.lake import ledger
from spark_app.lake.landing import list_days
from spark_app.runs.context import Context
from spark_app.runs.request import RunRequest
from spark_app.runs.window import first_days, window_of
from spark_app.runtime.errors import OverBudget


def check_budget(context: Context, request: RunRequest) -> None:
    """Say what a range will cost; warn, or raise OverBudget, where the month's budget would be crossed.

    Nothing is asked of the lake where runs are not billed, nor of a single day without a budget.
    """
    cost = context.settings.cost
    if cost.billed_by == "nothing" or not request.layers:
        return
    load_prices()  # prices that cannot be read end the run now, not when it is to be billed
    is_range = request.rebuild_from is not None or request.first != request.last
    if cost.monthly_budget is None and not is_range:
        return
    today = datetime.now(UTC).date()
    runs = run_costs(context.lake, today - timedelta(days=HISTORY_DAYS), today)
    days = _days_to_take_in(context, request)
    expected = estimate(nights(runs), len(days))
    if expected and is_range:
        sys.stderr.write(f"note: {_what_if(days, expected)}\n")
    if cost.monthly_budget is None:
        return
    told = crossing(cost.monthly_budget, forecast_month(runs, today), expected)
    if told and cost.over_budget == "stop":
        raise OverBudget(told, hint="raise cost.monthly_budget, or set cost.over_budget: warn")
    if told:
        context.record.notice("over budget", [told])


def _what_if(days: set[date], expected: Estimate) -> str:
    these = "this day" if len(days) == 1 else f"these {len(days):,} days"
    return f"{these} ({min(days)} to {max(days)}) will cost {expected.text}"


def _days_to_take_in(context: Context, request: RunRequest) -> set[date]:
    """The days of landing that the run will take in anew; files that were corrected are not looked for."""
    if "bronze" not in request.layers:
        return set()
    window, there = window_of(context, request), list_days(context.landing, context.datasets)
    if request.rebuild_from:
        return set(there.all_days)
    known = ledger.fingerprints(context.lake)
    starts = first_days(context, window, known)
    return {
        day
        for name, days in there.days.items()
        for day in days
        if starts[name] <= day <= window.last and day not in known.get(name, {})
    }
