"""Days that the ledger has and bronze lacks: rows of (what was entered, what bronze holds, what is found)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import CommitProperties, write_deltalake

from spark_app.lake import feed, ledger, log, writes
from spark_app.lake.lost_days import LostDays, find_lost_days
from spark_app.lake.paths import Lake
from tests.support.ops_rows import put

DAYS = [date(2024, 3, 5), date(2024, 3, 6), date(2024, 4, 1)]
A, B, C = DAYS


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path))


def takes_in(lake: Lake, rows: Mapping[date, int], run: str = "r", epoch: int = 1) -> int:
    """A commit of bronze with so many rows a day."""
    table = pa.table(
        {
            "_batch_date": pa.array([day for day, count in rows.items() for _ in range(count)], pa.date32()),
            "_month": pa.array([day.replace(day=1) for day, count in rows.items() for _ in range(count)], pa.date32()),
        }
    )
    note = log.note_text(run, {}, days={str(day): f"{run} {day}" for day in rows}, epoch=epoch)
    properties = CommitProperties(custom_metadata={"userMetadata": note})
    write_deltalake(
        lake.table("bronze.lines").path, table, mode="append", partition_by=["_month"], commit_properties=properties
    )
    return log.version_of(lake.table("bronze.lines")) or 0


def enters(lake: Lake, rows: Mapping[date, int | None], version: int, run: str = "r", epoch: int = 1) -> None:
    put(
        lake.table("ops.ingested_files"),
        [
            {"dataset": "lines", "batch_date": day, "file": "a", "rows": count, "bronze_version": version}
            | {"day_fingerprint": f"{run} {day}", "epoch": epoch}
            for day, count in rows.items()
        ],
    )


def both(lake: Lake, rows: Mapping[date, int], run: str = "r", epoch: int = 1) -> None:
    enters(lake, dict(rows), takes_in(lake, rows, run, epoch), run, epoch)


def commit(lake: Lake, version: int) -> Path:
    return Path(lake.table("bronze.lines").path, "_delta_log", f"{version:020}.json")


def test_nothing_is_lost_and_no_row_is_read(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_lost_days(lake, "lines") is None
    both(lake, {A: 3, C: 2})
    both(lake, {B: 1})
    writes.advance(lake.table("bronze.lines"), log.note_text("r", {}))
    monkeypatch.setattr(feed, "over_version", lambda *given: pytest.fail("bronze was read"))
    assert find_lost_days(lake, "lines") is None


def test_the_last_commit_is_gone(lake: Lake) -> None:
    both(lake, {A: 3, C: 2})
    both(lake, {B: 1})
    commit(lake, 1).unlink()
    assert find_lost_days(lake, "lines") == LostDays([B], 1)


def test_all_of_bronze_is_gone(lake: Lake) -> None:
    enters(lake, {A: 3}, 4)
    assert find_lost_days(lake, "lines") == LostDays([A], 4)


def test_rows_were_deleted_by_somebody(lake: Lake) -> None:
    both(lake, {A: 3, B: 2, C: 2})
    opened = log.open_table(lake.table("bronze.lines"))
    assert opened is not None
    opened.delete("_batch_date = DATE '2024-03-06'")
    assert find_lost_days(lake, "lines") == LostDays([B], 0)


def test_a_commit_of_another_run_stands_in_its_place(lake: Lake) -> None:
    """Two drivers put the same name in a store that takes both; each entered its own days."""
    both(lake, {A: 3})
    takes_in(lake, {B: 1}, "first")
    enters(lake, {B: 1}, 1, "first")
    commit(lake, 1).unlink()
    takes_in(lake, {C: 4}, "second")
    enters(lake, {C: 4}, 1, "second")
    assert find_lost_days(lake, "lines") == LostDays([B], 1)


def test_the_late_commit_of_a_run_that_was_taken_over_is_taken_in_again_too(lake: Lake) -> None:
    both(lake, {A: 3})
    enters(lake, {B: 1}, 1, "taker", epoch=2)
    takes_in(lake, {C: 4}, "late", epoch=1)  # over the taker's commit, and the late run entered nothing
    assert find_lost_days(lake, "lines") == LostDays([B, C], 1)


def test_a_day_that_a_late_commit_replaced_is_taken_in_again_whatever_its_rows_are_now(lake: Lake) -> None:
    both(lake, {A: 3})
    enters(lake, {B: 1}, 1, "taker", epoch=2)
    takes_in(lake, {A: 0}, "late", epoch=1)  # by number bronze still holds of A what was entered
    assert find_lost_days(lake, "lines") == LostDays([A, B], 1)


def test_what_the_reader_left_out_from_the_beginning_is_not_taken_in_every_night(lake: Lake) -> None:
    version = takes_in(lake, {A: 3})
    enters(lake, {A: 5}, version)
    assert find_lost_days(lake, "lines") is None


@pytest.mark.parametrize(("counted", "found"), [({A: None, B: 2}, None), ({A: None, B: 7}, [B])])
def test_days_that_an_older_program_did_not_count(
    lake: Lake, counted: dict[date, int | None], found: list[date] | None
) -> None:
    version = takes_in(lake, {A: 3, B: 7 if found else 2})
    enters(lake, counted, version)
    if found:
        opened = log.open_table(lake.table("bronze.lines"))
        assert opened is not None
        opened.delete("_batch_date = DATE '2024-03-06'")
    result = find_lost_days(lake, "lines")
    assert (None if result is None else result.days) == found


def test_of_two_entries_of_a_day_the_later_writers_holds(lake: Lake) -> None:
    """A writer that was taken over enters a later version than its taker: what it entered is not so any more."""
    both(lake, {A: 3}, "taker", epoch=2)
    enters(lake, {A: 9}, 5, "late", epoch=1)
    assert find_lost_days(lake, "lines") is None
    assert ledger.fingerprints(lake) == {"lines": {A: f"taker {A}"}}
