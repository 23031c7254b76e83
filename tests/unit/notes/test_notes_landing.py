"""What a run says of the days of landing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from spark_app.lake.landing import LandedFile
from spark_app.notes.landing import tell_caught_up, tell_gaps, tell_gone
from spark_app.runs.context import Context
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runs.window import Drop, Window
from spark_app.runtime.errors import LandingIncomplete
from spark_app.runtime.record import RunRecord

FIRST, SECOND, THIRD = date(2024, 3, 1), date(2024, 3, 2), date(2024, 3, 3)
DATASETS = ("customers", "order_items", "orders", "payments", "products", "reviews")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run"))


def landed(*days: date, **otherwise: tuple[date, ...]) -> dict[str, Drop]:
    """Each dataset with a file of these days, but for those given otherwise."""
    files = {name: otherwise.get(name, days) for name in DATASETS}
    return {
        name: {day: [LandedFile(name, day, "a.csv", "a.csv", 1, "x")] for day in own} for name, own in files.items()
    }


ONE = Window(FIRST, FIRST, 7, single=True)
RANGE = Window(FIRST, THIRD, 7, single=False)


def test_a_single_day_must_have_what_comes_daily(context: Context) -> None:
    with pytest.raises(LandingIncomplete) as refused:
        tell_gaps(context, ONE, landed(FIRST, orders=()), allow_missing=False)
    assert refused.value.message.startswith("2024-03-01: no drop of orders; expected files in ")
    assert refused.value.message.endswith("/orders/dt=2024-03-01/")


def test_or_it_is_told_where_that_is_allowed(context: Context) -> None:
    tell_gaps(context, ONE, landed(FIRST, orders=()), allow_missing=True)
    assert context.record.warnings == ["2024-03-01: no drop of orders; going on without it"]


def test_what_need_not_come_daily_is_not_missed(context: Context) -> None:
    tell_gaps(context, ONE, landed(FIRST, reviews=(), products=()), allow_missing=False)
    assert context.record.warnings == []


def test_gaps_of_a_range_are_told_by_dataset(context: Context) -> None:
    tell_gaps(context, RANGE, landed(FIRST, SECOND, THIRD, payments=(FIRST, THIRD)), allow_missing=False)
    assert context.record.warnings == ["payments: 1 days without a drop between 2024-03-01 and 2024-03-03: 2024-03-02"]


def test_a_range_of_nothing_in_a_new_lake_is_refused(context: Context) -> None:
    with pytest.raises(LandingIncomplete, match="no drop from 2024-03-01 to 2024-03-03"):
        tell_gaps(context, RANGE, landed(), allow_missing=False)


def test_files_that_somebody_took_away_are_news_as_far_as_late_files_are_looked_for(context: Context) -> None:
    tell_gone(context, ONE, {"orders": {date(2024, 2, 23), date(2024, 2, 22)}})
    assert context.record.warnings == ["landing/orders/dt=2024-02-23: its files are gone; bronze keeps what they held"]


def test_days_that_are_caught_up_with_are_told_with_what_they_lack(context: Context) -> None:
    taken = {"orders": {date(2024, 2, 1): "x"}}
    tell_caught_up(context, Window(THIRD, THIRD, 7, single=True), landed(FIRST, SECOND, payments=(FIRST,)), taken)
    [notice] = context.record.notices
    assert notice.lines[0].startswith("taken in too, as it was not before: ")
    assert context.record.warnings[1:] == ["payments: 1 of these days without a drop: 2024-03-02"]
    assert context.record.caught_up == frozenset({FIRST})


def test_days_taken_in_before_are_nothing_to_tell(context: Context) -> None:
    taken = {name: {FIRST: "x"} for name in DATASETS}
    tell_caught_up(context, Window(THIRD, THIRD, 7, single=True), landed(FIRST), taken)
    assert context.record.warnings == []
