"""What a commit's note says of progress, read back as it was written, also by earlier programs of ours."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from spark_app.lake.progress import (
    BronzeProgress,
    JudgedDay,
    SilverProgress,
    Sum,
    bronze_progress,
    silver_progress,
)

FIRST, SECOND = date(2024, 1, 1), date(2024, 1, 2)


def test_bronze_is_read_as_it_was_written() -> None:
    files, rows = {FIRST: "f1", SECOND: "f2"}, {FIRST: 3, SECOND: 0}
    progress = BronzeProgress(files, rows, frozenset({SECOND}), frozenset({FIRST}))
    assert bronze_progress(json.loads(json.dumps(progress.note()))) == progress


def test_silver_is_read_as_it_was_written() -> None:
    judged = JudgedDay(Sum(5, Decimal("9.10")), Sum(1, Decimal("2.00")), Sum(1, Decimal("0.10")), 1, 1)
    progress = SilverProgress(
        "orders", {FIRST: judged}, {SECOND: -Sum(2, Decimal("3.00"))}, full_rebuild=True, added=frozenset({FIRST})
    )
    assert silver_progress(json.loads(json.dumps(progress.note()))) == progress


def test_silver_of_an_earlier_program_is_read() -> None:
    note = {
        "dataset": "orders",
        "days": {"2024-01-01": [5, 1, "9.10", "2.00", 1, "0.10", 1], "2024-01-02": [2, 0, "1.00", "0", 0, "0"]},
        "moved": {"2023-12-31": [-1, "-4.00"]},
        "unpriced": {"2024-01-01": 1},
        "whole": False,
    }
    assert silver_progress(note) == SilverProgress(
        "orders",
        {
            FIRST: JudgedDay(Sum(5, Decimal("9.10")), Sum(1, Decimal("2.00")), Sum(1, Decimal("0.10")), 1, 1),
            SECOND: JudgedDay(Sum(2, Decimal("1.00")), Sum(0, Decimal(0)), Sum(0, Decimal(0)), 0, 0),
        },
        {date(2023, 12, 31): Sum(-1, Decimal("-4.00"))},
    )


def test_a_commit_that_took_nothing_in_has_no_days() -> None:
    assert bronze_progress({}) == BronzeProgress()
    assert silver_progress({"packed": True}) == SilverProgress("")
