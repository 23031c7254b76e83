"""Promise 1: a table that was killed may find several commits of its inputs at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.tables.versions import restated
from tests.support.drops import drop, run_days


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ([(1, "DE", "update_preimage"), (1, "FR", "update_postimage")], [1]),
        ([(1, "DE", "delete"), (1, "FR", "insert")], [1]),  # taken back in one commit, sent otherwise in the next
        ([(1, "DE", "update_preimage"), (1, "DE", "update_postimage")], []),
        ([(1, "DE", "insert"), (2, "FR", "delete")], []),
    ],
)
def test_a_version_is_restated_however_it_came_to_be(
    spark: SparkSession, changes: list[tuple[int, str, str]], keys: list[int]
) -> None:
    frame = spark.createDataFrame(changes, "key long, country string, _change_type string")
    assert [row.key for row in restated(frame, "key", ("country",)).collect()] == keys


def test_a_day_without_rows_is_taken_in_once(home: Path) -> None:
    """Delta makes no commit of nothing; that the day was looked at must be noted all the same."""
    drop(home / "landing", "reviews", "2024-03-01", [])
    for expected in ("built", "unchanged"):
        outcome = run_days(home, "2024-03-01", layers=("bronze", "silver"))
        assert {step.table: step.action for step in outcome.record.steps if step.layer == "silver"}[
            "reviews"
        ] == expected
