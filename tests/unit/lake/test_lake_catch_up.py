"""Which days a run looks at, and which it leaves in landing: days in, days out, without Spark."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from spark_app.lake import catch_up
from spark_app.lake.catch_up import Waiting
from spark_app.lake.paths import Lake, Landing
from tests.support.ops_rows import put

TODAY = date(2024, 2, 10)
DAILY = {"orders": True, "payments": True, "reviews": False}


def day(number: int) -> date:
    """The day of January 2024; later ones in the months after."""
    return date(2023, 12, 31) + timedelta(days=number)


def days(*numbers: int) -> list[date]:
    return [day(number) for number in numbers]


@pytest.mark.parametrize(
    ("held", "begun", "first", "expected"),
    [
        ([], None, 31, 24),  # the first run of all: the day asked for and the look-back
        (range(1, 31), 1, 31, 24),  # a night like any other
        (range(1, 11), 1, 31, 4),  # an outage: as the night of the 11th would have looked back
        ([1, 2, 3, 10, 20], 1, 5, -3),  # days after those asked for do not count
        ([], 3, 31, -4),  # a feed that comes for the first time, of a lake that began on the 3rd
        ([50], 50, 31, 24),  # a history asked for later
    ],
)
def test_a_run_begins_where_the_last_day_taken_in_ends(
    held: list[int], begun: int | None, first: int, expected: int
) -> None:
    found = catch_up.first_day_to_look_at(days(*held), day(begun) if begun else None, day(first), 7)
    assert found == day(expected)


def land(home: Path, dataset: str, *numbers: int, name: str = "a.csv") -> None:
    for number in numbers:
        folder = home / "landing" / dataset / f"dt={day(number)}"
        folder.mkdir(parents=True, exist_ok=True)
        if name:
            (folder / name).write_text("x\n")


def holds(home: Path, dataset: str, *numbers: int) -> None:
    rows = [{"dataset": dataset, "batch_date": day(number), "day_fingerprint": "f"} for number in numbers]
    put(Lake(str(home / "lake")).table("ops.ingested_files"), [{**row, "bronze_version": 1} for row in rows])


def waiting(home: Path) -> Waiting:
    return catch_up.find_waiting_days(Landing(str(home / "landing")), Lake(str(home / "lake")), DAILY, 7, TODAY)


def test_what_the_ledger_lacks_is_found_at_any_age(tmp_path: Path) -> None:
    for dataset in DAILY:
        land(tmp_path, dataset, *range(-300, 40))
        holds(tmp_path, dataset, *range(1, 11), 31)
    found = waiting(tmp_path)
    assert found.skipped["orders"] == days(*range(-300, 1), *range(11, 25)), "the 25th and later are looked back to"
    assert found.coming["orders"] == days(*range(25, 31), *range(32, 40))
    assert (found.begun, found.lacking) == (day(1), frozenset())


def test_each_dataset_goes_by_what_it_has_taken_in(tmp_path: Path) -> None:
    land(tmp_path, "orders", *range(1, 31))
    holds(tmp_path, "orders", *range(1, 31))
    land(tmp_path, "payments", *range(8, 31))
    holds(tmp_path, "payments", *range(1, 11))
    land(tmp_path, "reviews", 2, 20)
    found = waiting(tmp_path)
    assert found.skipped == {}
    assert found.coming == {"payments": days(*range(11, 31)), "reviews": days(2, 20)}


def test_empty_folders_days_to_come_and_the_unfinished_day_do_not_wait(tmp_path: Path) -> None:
    holds(tmp_path, "orders", 39)
    land(tmp_path, "orders", 5, 6, name="")
    land(tmp_path, "orders", 7, name="notes.txt")
    land(tmp_path, "orders", 8, name="_part.csv")
    land(tmp_path, "orders", 41, 42)  # today, and a shop that is ahead of UTC
    land(tmp_path, "orders", 400)
    found = waiting(tmp_path)
    assert (found.skipped, found.coming, found.future) == ({}, {}, {"orders": days(400)})
    assert found.lacking == {day(400)}


def test_a_day_taken_in_by_mistake_of_the_future_changes_nothing(tmp_path: Path) -> None:
    land(tmp_path, "orders", *range(1, 40), 400)
    holds(tmp_path, "orders", *range(1, 38), 400)
    found = waiting(tmp_path)
    assert (found.skipped, found.coming, found.future) == ({}, {"orders": days(38, 39)}, {})


def test_nights_that_failed_before_the_first_good_one_are_where_a_lake_begins(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    assert catch_up.first_day_of_lake(lake, {}) is None
    runs = [
        {"command": "run", "first_day": day(9), "exit_code": 2},
        {"command": "run", "first_day": day(12), "exit_code": 3},
        {"command": "bronze", "first_day": day(11), "exit_code": 3},
        {"command": "rebuild", "first_day": day(1), "exit_code": 3},
    ]
    put(lake.table("ops.runs"), runs)
    assert catch_up.first_day_of_lake(lake, {}) == day(11)
    assert catch_up.first_day_of_lake(lake, {"orders": days(20)}) == day(20)
