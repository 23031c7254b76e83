"""Promise 2 for damaged files: 200 and more, every fault at a file's start, middle and end, in every column.

What landed is known from those who wrote the files (tests/support/damage.py), and for well-formed ones counted again by
Python's csv module; never by the code under test.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from pyspark.sql import SparkSession

from tests.support import damage
from tests.support.damage import FAKE, Damaged
from tests.support.drops import days_of, run_days, table_dicts
from tests.support.files import put

FIRST, DAYS = "2024-03-20", 8
PARTS = ("rows_accepted", "rows_superseded", "rows_quarantined", "rows_passed_over")


@dataclass(frozen=True)
class Taken:
    """All files taken in by one run, and what it left."""

    files: dict[str, Damaged]  # by their names below landing
    reconciled: list[dict[str, Any]]
    quarantined: dict[str, list[dict[str, Any]]]
    kept: dict[str, dict[str, str]]  # by file: comments by id
    warnings: list[str]

    def day_of(self, name: str) -> date:
        return date.fromisoformat(name.split("/")[1].removeprefix("dt="))


@pytest.fixture(scope="module")
def taken(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    home = tmp_path_factory.mktemp("damaged")
    days, files = days_of(FIRST, DAYS), {}
    for at, file in enumerate(damage.files()):
        stem, packed, _ = file.name.partition(".gz")
        path = put(home / "landing", "reviews", str(days[at % DAYS]), f"{stem}.csv{packed}", file.content)
        files["/".join(path.parts[-3:])] = file
    outcome = run_days(home, days[0], days[-1], layers=("bronze", "silver"))
    quarantined: dict[str, list[dict[str, Any]]] = {name: [] for name in files}
    for row in table_dicts(home, "silver.quarantine"):
        quarantined[row["source_file"]].append(row)
    kept: dict[str, dict[str, str]] = {name: {} for name in files}
    for row in table_dicts(home, "silver.reviews"):
        kept[row["_source_file"]][row["review_id"]] = row["comment"] or ""
    return Taken(files, table_dicts(home, "ops.reconciliation"), quarantined, kept, outcome.record.warnings)


def test_all_rows_of_each_day_are_accounted_for(taken: Taken) -> None:
    landed: Counter[date] = Counter()
    for name, file in taken.files.items():
        landed[taken.day_of(name)] += file.rows
    assert {row["batch_date"]: row["rows_landed"] for row in taken.reconciled} == dict(landed)
    assert {row["batch_date"]: sum(row[part] for part in PARTS) for row in taken.reconciled} == dict(landed)
    assert all(row["balanced"] for row in taken.reconciled)


def test_each_file_gives_what_is_sure_and_sets_the_rest_aside(taken: Taken) -> None:
    for name, file in taken.files.items():
        kept, aside = taken.kept[name], taken.quarantined[name]
        lost = {key: comment for key, comment in file.sure.items() if kept.get(key) != comment.strip()}
        assert (name, lost) == (name, {})
        assert (name, len(kept) + len(aside) + file.empty) == (name, file.rows)


def test_nothing_is_invented(taken: Taken) -> None:
    for name, kept in taken.kept.items():
        assert not [key for key in kept if key.startswith(FAKE)], name
        assert len(kept) == len(taken.files[name].sure), name


NO_TEXT = {
    "zero": "a zero byte",
    "no-character": "a non-character (U+FFFE)",
    "half-": "half of a surrogate pair (U+D83D)",
}
TOLD_BY_LINE = ("open", "inner", "junk", "near", "far", "whole", "pasted")
WELL_FORMED = ("all-texts", "few", "many", "commas", "fewer", "more", "quotes", "mark", "no-last-end")


def test_what_is_set_aside_says_why_and_where(taken: Taken) -> None:
    for name, rows in taken.quarantined.items():
        found = [row["reasons"][0]["found"] for row in rows]
        if taken.files[name].name.startswith(TOLD_BY_LINE) and rows[0]["row_number"]:
            assert all(text.startswith("line ") and "quote" in text for text in found), (name, found)
        if found and ("quote" in str(found[0]) or rows[0]["row_number"] == 0):
            assert [text for text in taken.warnings if text.startswith(f"{name}: ")], name


def test_bytes_of_no_text_cost_their_row_and_are_told_by_line(taken: Taken) -> None:
    for name, rows in taken.quarantined.items():
        what = next((what for kind, what in NO_TEXT.items() if taken.files[name].name.startswith(kind)), None)
        if what and taken.files[name].rows > 1 and not taken.files[name].name.startswith("zeros"):
            (row,) = rows
            (found,) = [text["found"] for text in row["reasons"] if text["expected"] == "characters of text alone"]
            assert (found[:5], found.partition(": ")[2]) == ("line ", what), name
            assert [text for text in taken.warnings if text.startswith(f"{name}: line ") and what in text], name


def test_rows_larger_than_any_cost_themselves_alone(taken: Taken) -> None:
    seen = 0
    for name, rows in taken.quarantined.items():
        if taken.files[name].name.startswith("large"):
            (row,) = rows
            assert "a row of more than 16 MB" in row["reasons"][0]["found"], (name, row["reasons"])
            assert row["reasons"][0]["expected"] == "a smaller row"
            assert len(row["raw"]) < 5_000, name
            seen += 1
    assert seen == 6


def test_python_counts_the_well_formed_files_as_they_were_written() -> None:
    """Of the oracle itself: two that know nothing of each other agree."""
    for file in damage.files():
        if file.name.startswith(WELL_FORMED):
            text = io.StringIO(file.content.decode("utf-8-sig"), newline="")
            assert len([row for row in csv.reader(text) if row]) - 1 == file.rows, file.name
