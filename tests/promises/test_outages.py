"""Promise 1 after an outage, however long: what landed meanwhile is taken in by the next run, and nothing is lost."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.support.drops import assert_same, days_of, drop, gold, run_days, table_rows
from tests.support.shop import Row, customer, item, order, payment, product

DAYS = days_of("2024-01-01", 31)
# Drops of few days, so that a run is short: what counts is how far they lie apart.
BEFORE, OUT, NEXT = (DAYS[0], DAYS[1]), (DAYS[10], DAYS[12], DAYS[22]), DAYS[30]
TO_GOLD = {"layers": ("bronze", "silver", "gold")}


def rows_of(day: date) -> dict[str, list[Row]]:
    """A day's sale, and the payment of it."""
    at, number = f"{day} 10:00:00", day.day
    return {
        "customers": [customer(f"C{number % 3}", at, f"City {number}")],
        "products": [product("P1", at, price=f"{number}.00")],
        "orders": [order(f"O{number}", f"C{number % 3}", at)],
        "order_items": [item(f"O{number}", 1, "P1", f"{number}.00", at)],
        "payments": [payment(f"O{number}", f"{number}.00", "paid", at)],
    }


def land(home: Path, *days: date, but: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> None:
    for day in days:
        for entity, rows in rows_of(day).items():
            if entity not in but and (not only or entity in only):
                drop(home / "landing", entity, day, rows)


def taken(home: Path) -> set[tuple[str, str]]:
    """The files that bronze has taken in, with what was in them."""
    return {(row[0], row[1]) for row in table_rows(home, "ops.ingested_files", ["file", "checksum"])}


def days_taken(home: Path) -> set[date]:
    return {row[0] for row in table_rows(home, "ops.ingested_files", ["batch_date"])}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, spark: object) -> Path:
    """A lake that took everything in at once."""
    home = tmp_path_factory.mktemp("undisturbed")
    land(home, *BEFORE, *OUT, NEXT)
    drop(home / "landing", "orders", BEFORE[1], [order("O-late", "C1", "2024-01-02 23:00:00")], "b.csv")
    run_days(home, DAYS[0], NEXT, **TO_GOLD)
    return home


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, spark: object) -> Path:
    """A lake whose last night was the second."""
    home = tmp_path_factory.mktemp("begun")
    land(home, *BEFORE)
    run_days(home, BEFORE[1], **TO_GOLD)
    return home


@pytest.fixture
def stopped(begun: Path, tmp_path: Path) -> Path:
    """That lake after weeks without a night, and a file of its last day that came a day late."""
    for part in ("landing", "lake"):
        shutil.copytree(begun / part, tmp_path / part)
    land(tmp_path, *OUT)
    drop(tmp_path / "landing", "orders", BEFORE[1], [order("O-late", "C1", "2024-01-02 23:00:00")], "b.csv")
    return tmp_path


@pytest.mark.long
def test_a_run_takes_in_what_landed_since_the_last_day_taken_in(stopped: Path, undisturbed: Path) -> None:
    """The look-back is 7 days; the 11th and the 13th were never read, and no page said so."""
    land(stopped, NEXT)
    outcome = run_days(stopped, NEXT, allow_missing=False, layers=("bronze",))
    assert outcome.record.warnings == [
        "taken in too, as it was not before: 2024-01-11, 2024-01-13, 2024-01-23",
    ]
    assert taken(stopped) == taken(undisturbed)


@pytest.mark.long
def test_a_feed_that_stays_away_for_weeks_keeps_no_other_from_being_taken_in(stopped: Path, undisturbed: Path) -> None:
    """Each night is exit 3; when the feed comes, all nights get in."""
    shutil.rmtree(stopped / "landing" / "payments")
    land(stopped, *BEFORE, only=("payments",))
    land(stopped, NEXT, but=("payments",))
    for night in (*OUT, NEXT):
        outcome = run_days(stopped, night, expect=3, allow_missing=False, **TO_GOLD)
    assert [text for text in outcome.record.warnings if text.startswith("Landed and not taken in yet: 2024-01-11")]
    assert days_taken(stopped) == {*BEFORE}
    land(stopped, *OUT, NEXT, only=("payments",))
    run_days(stopped, NEXT, allow_missing=False, **TO_GOLD)
    assert_same(gold(stopped), gold(undisturbed))


@pytest.mark.long
def test_a_feed_that_nights_went_on_without_is_taken_in_when_it_comes(stopped: Path, undisturbed: Path) -> None:
    shutil.rmtree(stopped / "landing" / "payments")
    land(stopped, NEXT, but=("payments",))
    run_days(stopped, NEXT, allow_missing=True, layers=("bronze",))
    land(stopped, *OUT, NEXT, only=("payments",))
    outcome = run_days(stopped, NEXT, allow_missing=False, layers=("bronze",))
    assert outcome.record.warnings == [
        "taken in too, as it was not before: 2024-01-11, 2024-01-13, 2024-01-23 (payments)",
    ]
    assert taken(stopped) == taken(undisturbed)


def test_a_lake_whose_first_nights_all_failed_begins_with_the_first_of_them(home: Path) -> None:
    land(home, *BEFORE, *OUT, but=("payments",))
    for night in (BEFORE[1], *OUT):
        run_days(home, night, expect=3, allow_missing=False)
    land(home, *BEFORE, *OUT, NEXT)
    run_days(home, NEXT, allow_missing=False, layers=("bronze",))
    assert days_taken(home) == {*BEFORE, *OUT, NEXT}


def test_a_first_run_takes_in_its_day_and_the_look_back_and_tells_what_lies_before(home: Path) -> None:
    land(home, *BEFORE, DAYS[25], NEXT)
    outcome = run_days(home, NEXT, allow_missing=False, layers=("bronze",))
    assert days_taken(home) == {DAYS[25], NEXT}
    command = f"lakehouse run --home {home} --from 2024-01-01 --to 2024-01-02"
    said = f"Landed and never taken in: 2024-01-01 to 2024-01-02. No run takes them in by itself: {command}"
    assert outcome.record.warnings == [said]
    assert outcome.record.notices[0].cause == "days never taken in"
    assert run_days(home, NEXT, layers=("bronze",)).record.warnings == [said], "told until it is fetched"
    assert run_days(home, BEFORE[0], BEFORE[1], layers=("bronze",)).record.warnings == []
