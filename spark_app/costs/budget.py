"""Whether a run would cross the month's budget. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from spark_app.costs.forecast import Estimate, Month
from spark_app.costs.words import in_dollars


def crossing(budget: Decimal, month: Month, run: Estimate | None) -> str | None:
    """One line where what is spent and what the run will cost are more than the budget; None where it fits."""
    if month.spent + (run.dollars if run else 0) <= budget:
        return None
    this_run = f", this run will cost {run.text}" if run else ""
    spent = f"{in_dollars(month.spent)} spent since {month.first}"
    return (
        f"over the month's budget of {in_dollars(budget)}: {spent}{this_run}; a new month begins on {_next(month.last)}"
    )


def _next(last: date) -> date:
    return last + timedelta(days=1)
