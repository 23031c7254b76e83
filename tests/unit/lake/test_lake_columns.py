"""Columns that went or came: headers in, what is told out, whatever the order of arrival."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from hypothesis import given
from hypothesis import strategies as st

from spark_app.lake.columns import FileHeader, find_changes, read_headers, recent_changes
from spark_app.lake.paths import Lake
from tests.support.ops_rows import put

KNOWN = ("id", "city", "zip")


def header(day: int, *names: str, file: str = "a.csv", dataset: str = "customers") -> FileHeader:
    folded = [name.lower() for name in names]
    missing = tuple(name for name in KNOWN if name not in folded)
    unknown = tuple(name for name in names if name.lower() not in KNOWN)
    name = f"{dataset}/dt=2024-03-{day:02}/{file}"
    return FileHeader(dataset, date(2024, 3, day), name, names, missing, unknown)


def told(*found: FileHeader) -> list[str]:
    return [change.text for change in find_changes(found)]


def test_a_renamed_column_is_told_once_with_the_file_and_both_names() -> None:
    renamed = header(6, "id", "town", "zip"), header(7, "id", "town", "zip")
    assert told(header(5, "id", "city", "zip"), *renamed) == [
        "customers/dt=2024-03-06/a.csv has no `city`; a new column `town` came, which the source does not know"
    ]


def test_a_column_the_shop_never_had_is_told_of_the_first_file_only() -> None:
    found = [header(day, "id", "city", "tier") for day in (5, 6, 7)]
    assert told(*found) == [
        "customers/dt=2024-03-05/a.csv, the first of customers, has no `zip`; and `tier`, "
        "which the source does not know"
    ]


def test_a_column_that_comes_back_and_goes_again_is_told_again() -> None:
    whole, cut = ("id", "city", "zip"), ("id", "zip")
    found = [header(5, *whole), header(6, *cut), header(7, *whole), header(8, *cut)]
    assert [change.day.day for change in find_changes(found)] == [6, 8]


def test_an_unknown_column_that_comes_and_goes_is_told_once() -> None:
    found = [header(day, *KNOWN, *(("tier",) if day % 2 else ())) for day in (4, 5, 6, 7)]
    assert told(*found) == ["customers/dt=2024-03-05/a.csv: a new column `tier` came, which the source does not know"]


def test_a_gap_of_days_is_looked_across() -> None:
    assert told(header(1, "id", "city", "zip"), header(28, "id", "zip")) == [
        "customers/dt=2024-03-28/a.csv has no `city`"
    ]


def test_names_are_compared_as_they_are_bound_without_case_and_blanks() -> None:
    assert len(told(header(5, *KNOWN, "Tier"), header(6, "ID", "City", "zip", " tier"))) == 1  # of the first file


def test_files_of_a_day_that_changed_alike_are_one_change() -> None:
    cut = [header(6, "id", "zip", file=f"{n}.csv") for n in (9, 10, 11)]
    assert told(header(5, *KNOWN), *reversed(cut)) == [
        "customers/dt=2024-03-06/9.csv, customers/dt=2024-03-06/10.csv and 1 more file have no `city`"
    ]


def test_files_of_a_day_may_differ_from_day_to_day_alike() -> None:
    two = [
        header(day, *names, file=file) for day in (5, 6, 7) for names, file in ((KNOWN, "a.csv"), (("id",), "b.csv"))
    ]
    assert told(*two) == ["customers/dt=2024-03-05/b.csv has no `city`, `zip`"]
    lost = header(8, "id", "zip", file="a.csv"), header(8, "id", file="b.csv")
    assert told(*two, *lost)[1:] == [
        "customers/dt=2024-03-08/a.csv, customers/dt=2024-03-08/b.csv have no `city`"
    ]  # of the whole day, though b never had it


def test_what_landed_earlier_the_same_day_lies_before_where_no_day_does() -> None:
    assert told(header(5, *KNOWN, file="h1.csv"), header(5, "id", "zip", file="h2.csv")) == [
        "customers/dt=2024-03-05/h2.csv has no `city`"
    ]


def test_datasets_are_compared_each_with_its_own() -> None:
    assert told(header(5, *KNOWN), header(6, "id", "city", "zip", dataset="stores")) == []


def test_only_the_days_asked_for_are_told() -> None:
    found = [header(5, *KNOWN), header(6, "id", "zip"), header(7, *KNOWN, "tier")]
    assert [change.day.day for change in find_changes(found, {"customers": [date(2024, 3, 7)]})] == [7]


@given(st.permutations([header(5, *KNOWN), header(6, "id", "zip"), header(6, *KNOWN, file="b.csv"), header(8, "id")]))
def test_a_late_file_tells_the_same(arrived: list[FileHeader]) -> None:
    assert told(*arrived) == [
        "customers/dt=2024-03-06/a.csv has no `city`",
        "customers/dt=2024-03-08/a.csv has no `city`, `zip`",
    ]


def entered(lake: Lake, day: int, version: int, **row: Any) -> None:
    base = {"dataset": "customers", "batch_date": date(2024, 3, day), "file": f"customers/dt=2024-03-{day:02}/a.csv"}
    base |= {"status": "ingested", "bronze_version": version, "ingested_at": datetime.now(UTC)}
    put(lake.table("ops.ingested_files"), [{**base, **row}])


def test_of_a_day_taken_in_again_the_newest_files_hold(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    entered(lake, 5, 0, header=list(KNOWN), missing_columns=[], unknown_columns=[])
    entered(lake, 6, 1, header=["id", "zip"], missing_columns=["city"], unknown_columns=[])
    assert [change.text for change in recent_changes(lake, 7)] == ["customers/dt=2024-03-06/a.csv has no `city`"]
    entered(lake, 6, 2, header=list(KNOWN), missing_columns=[], unknown_columns=[])
    assert recent_changes(lake, 7) == []
    entered(lake, 6, 3, status="rejected", message="UTF-16 text; expected UTF-8")
    assert [one.day.day for one in read_headers(lake)] == [5]


@pytest.mark.parametrize("then", [False, True])
def test_a_ledger_from_before_headers_were_kept_is_read(tmp_path: Path, then: bool) -> None:
    lake = Lake(str(tmp_path))
    old = {"dataset": "customers", "batch_date": date(2024, 3, 4), "file": "customers/dt=2024-03-04/a.csv"}
    old |= {"status": "ingested", "message": "columns not in the header: city", "bronze_version": 0}
    write_deltalake(lake.table("ops.ingested_files").path, pa.Table.from_pylist([old]))
    if then:
        entered(lake, 5, 1, header=["id", "zip"], missing_columns=["city"], unknown_columns=[])
    assert recent_changes(lake, 7) == []
    assert [change.first for change in find_changes(read_headers(lake))] == [True] * then
