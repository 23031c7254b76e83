"""Days that only got more files, by the ledger and what lies in landing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from spark_app.lake import ops
from spark_app.lake.additions import find_additions
from spark_app.lake.landing import LandedFile
from spark_app.lake.paths import Lake

DAY = date(2024, 3, 1)


def file(name: str, checksum: str = "c", size: int = 10) -> LandedFile:
    return LandedFile("lines", DAY, f"lines/dt={DAY}/{name}", f"/landing/{name}", size, checksum)


def entry(name: str | None, rows: int | None = 5, version: int = 1, checksum: str = "c") -> dict[str, object]:
    given = {"dataset": "lines", "batch_date": DAY, "rows": rows, "bronze_version": version, "size": 10, "epoch": 1}
    given |= {"file": name and f"lines/dt={DAY}/{name}", "checksum": checksum}
    return {**dict.fromkeys(ops.SCHEMAS["ops.ingested_files"].names), **given}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    found = Lake(str(tmp_path))
    ops.add(found.table("ops.ingested_files"), [entry("old", 9), entry("a", 5, 2), entry("b", 7, 2)])
    return found


def test_new_files_beside_those_taken_in_last(lake: Lake) -> None:
    found = find_additions(lake, "lines", {DAY: [file("a"), file("b"), file("c")]})
    assert [one.name for one in found[DAY].files] == [f"lines/dt={DAY}/c"]
    assert (found[DAY].rows, len(found[DAY].entries)) == (12, 2)


@pytest.mark.parametrize(
    "landed",
    [
        [file("a"), file("b")],  # as it was
        [file("a"), file("c")],  # one is gone
        [file("a"), file("b", checksum="d"), file("c")],  # one was corrected
        [file("a"), file("b", size=11), file("c")],
    ],
)
def test_whatever_else_changed_the_day_is_taken_in_anew(lake: Lake, landed: list[LandedFile]) -> None:
    assert find_additions(lake, "lines", {DAY: landed}) == {}


def test_a_day_of_which_not_all_is_known_is_taken_in_anew(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    ops.add(lake.table("ops.ingested_files"), [entry("a"), entry("b", rows=None)])
    assert find_additions(lake, "lines", {DAY: [file("a"), file("b"), file("c")]}) == {}


def test_a_day_that_was_never_taken_in_is_no_addition(lake: Lake) -> None:
    other = DAY.replace(day=2)
    assert find_additions(lake, "lines", {other: [file("a")]}) == {}
    assert find_additions(lake, "lines", {}) == {}
