"""A run that cost far more than its like. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from spark_app.costs.history import RunCost
from spark_app.costs.words import in_dollars

# A run is dear that costs so many times as much as usual, and at least so many dollars more.
TIMES, MORE, FEWEST, RUNS = 2, Decimal("0.01"), 5, 40


def dear(run: RunCost, past: Sequence[RunCost]) -> str | None:
    """One line where the run cost twice what its like did: same command, as many days of landing, released too."""
    like = [
        one.dollars
        for one in past
        if (one.command, one.landed_days, one.released) == (run.command, run.landed_days, run.released)
        and one.run_id != run.run_id
    ][-RUNS:]
    if len(like) < FEWEST:
        return None
    usual = median(like)
    if run.dollars < usual * TIMES or run.dollars < usual + MORE:
        return None
    return (
        f"{run.command} cost {in_dollars(run.dollars)}, usually {in_dollars(usual)} ({len(like)} runs like it); "
        f"where it went: lakehouse cost --by table --days 1"
    )
