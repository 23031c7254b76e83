"""Whether a run would cross the month's budget. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from spark_app.costs.forecast import Estimate, Month


def crossing(budget: Decimal, month: Month, run: Estimate | None) -> str | None:
    """One line where what is spent and what the run will cost are more than the budget; None where it fits."""
    if month.spent + (run.dollars if run else 0) <= budget:
        return None
    this_run = f", this run will cost {run.text}" if run else ""
    return (
        f"over the month's budget of ${budget:,.2f}: ${month.spent:,.2f} spent since {month.first}{this_run}; "
        f"a new month begins on {_next(month.last)}"
    )


def _next(last: date) -> date:
    return last + timedelta(days=1)
