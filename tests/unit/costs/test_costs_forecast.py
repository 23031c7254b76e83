"""What nights, days and months will cost, from what they did."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from spark_app.costs.forecast import Estimate, Night, estimate, forecast_month, nights
from spark_app.costs.history import RunCost

D = Decimal
TODAY = date(2026, 11, 20)


def run(day: date, dollars: str, *, days: int = 1, released: bool = True, command: str = "run") -> RunCost:
    return RunCost(f"{day}-{dollars}", day, command, days, released, "machine", D(dollars))


def test_what_came_to_no_release_belongs_to_the_next_night() -> None:
    """A failed try, then layers one by one; maintenance is nobody's night."""
    told = [
        run(TODAY, "0.10", days=1, released=False),
        run(TODAY, "9.00", days=0, released=False, command="maintenance"),
        run(TODAY, "0.20", days=0, released=False, command="silver"),
        run(TODAY, "0.30", days=0, released=True, command="publish"),
        run(TODAY, "0.50"),
        run(TODAY, "0.70", released=False),
    ]
    assert nights(told) == [Night(1, D("0.60")), Night(1, D("0.50"))]


def test_a_long_range_costs_a_start_and_each_of_its_days() -> None:
    """By hand: 0.10 a night and 0.02 a day. 400 days: 0.10 + 8.00."""
    past = [Night(days, D("0.10") + D("0.02") * days) for days in (1, 1, 3, 10, 30)]
    assert estimate(past, 400) == Estimate(D("8.10"), 5, at_most=False)
    assert estimate(past, 1) == Estimate(D("0.12"), 5, at_most=False)


def test_one_night_that_went_wrong_moves_it_little() -> None:
    past = [Night(days, D("0.10") + D("0.02") * days) for days in (1, 2, 3, 10, 30)]
    found = estimate([*past, Night(1, D("50"))], 400)
    assert found is not None
    assert abs(found.dollars - D("8.10")) < D("0.5")


def test_from_nights_of_one_length_a_range_costs_no_more_than_so_many_nights() -> None:
    found = estimate([Night(1, D("0.12"))] * 12, 400)
    assert found == Estimate(D("48.00"), 12, at_most=True)
    assert found.text == "at most about $48.00, from 12 runs"
    assert estimate([Night(1, D("0.12"))], 1) == Estimate(D("0.12"), 1, at_most=False)


def test_fewer_days_than_any_night_had_cost_no_more_than_that_night() -> None:
    """Of a range of sixty days alone nobody knows what of it was the start."""
    assert estimate([Night(60, D("0.03"))], 3) == Estimate(D("0.03"), 1, at_most=True)


@pytest.mark.parametrize(("past", "days"), [([], 400), ([Night(0, D(1))], 400), ([Night(1, D(1))], 0)])
def test_without_a_night_to_go_by_or_a_day_to_take_in_nothing_is_said(past: list[Night], days: int) -> None:
    assert estimate(past, days) is None


def test_a_month_goes_on_as_usual() -> None:
    """Two dollars a day since the 1st; the 20th has run: 40 spent, 10 days left."""
    runs = [run(TODAY - timedelta(days=back), "2") for back in reversed(range(20))]
    month = forecast_month(runs, TODAY)
    assert (month.first, month.last) == (date(2026, 11, 1), date(2026, 11, 30))
    assert (month.spent, month.usual_day, month.forecast) == (D(40), D(2), D(60))


def test_today_is_still_to_come_where_nothing_ran_yet_and_a_backfill_is_not_usual() -> None:
    runs = [run(TODAY - timedelta(days=back), "2") for back in reversed(range(1, 20))]
    runs[5] = run(runs[5].day, "100", days=400)
    month = forecast_month(runs, TODAY)
    assert (month.spent, month.usual_day) == (D(136), D(2))
    assert month.forecast == D(136) + 2 * 11, "today and ten more"


def test_days_without_a_run_are_days_too_and_last_month_is_not_spent() -> None:
    runs = [run(date(2026, 10, 25), "7"), run(date(2026, 11, 19), "1")]
    month = forecast_month(runs, TODAY)
    assert (month.spent, month.usual_day, month.forecast) == (D(1), D(0), D(1))


def test_december_is_a_month() -> None:
    month = forecast_month([], date(2026, 12, 31))
    assert (month.first, month.last, month.spent) == (date(2026, 12, 1), date(2026, 12, 31), D(0))


def test_what_is_usual_takes_a_day_before_today() -> None:
    month = forecast_month([run(TODAY, "7", days=400)], TODAY)
    assert (month.spent, month.usual_day, month.forecast) == (D(7), None, None)
