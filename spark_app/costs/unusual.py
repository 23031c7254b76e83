"""A run that cost far more than its like, and a day whose orders did. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from spark_app.costs.history import RunCost
from spark_app.costs.words import in_dollars
from spark_app.quality.robust import expect_next

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


def dear_orders(by_day: Mapping[date, Decimal], day: date) -> str | None:
    """One line where a thousand orders cost more on a day than the days before let expect, as figures of sales are
    judged: by weekday, four weeks at least. `by_day`: dollars a thousand orders, by day on which runs began.
    """
    if day not in by_day:
        return None
    first = min(by_day)
    past = [float(by_day.get(first + timedelta(days=at), "nan")) for at in range((day - first).days)]
    expected = expect_next("amount", past, float(by_day[day]))
    if expected is None or float(by_day[day]) <= expected.high:
        return None
    usual = f"{in_dollars(Decimal(str(expected.low)))} to {in_dollars(Decimal(str(expected.high)))}"
    return f"a thousand orders cost {in_dollars(by_day[day])} on {day}, expected {usual}: lakehouse cost --by day"
