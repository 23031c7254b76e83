"""Whether a run fits the month's budget."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from spark_app.costs.budget import crossing
from spark_app.costs.forecast import Estimate, Month

D = Decimal


def spent(dollars: str) -> Month:
    return Month(date(2026, 11, 1), date(2026, 11, 30), D(dollars), D(0), D(dollars))


def test_up_to_the_budget_it_fits() -> None:
    assert crossing(D(50), spent("48"), Estimate(D(2), 9, at_most=False)) is None
    assert crossing(D(50), spent("48"), None) is None


def test_a_cent_more_is_told_in_one_line() -> None:
    assert crossing(D(50), spent("48"), Estimate(D("2.01"), 9, at_most=False)) == (
        "over the month's budget of $50.00: $48.00 spent since 2026-11-01, this run will cost about $2.01, "
        "from 9 runs; a new month begins on 2026-12-01"
    )


def test_what_is_over_already_stays_so_where_nobody_knows_what_a_run_costs() -> None:
    told = crossing(D(50), spent("50.10"), None)
    assert told == "over the month's budget of $50.00: $50.10 spent since 2026-11-01; a new month begins on 2026-12-01"
