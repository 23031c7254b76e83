"""Commits through Spark: how many rows each says that it wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_app.lake import delta, log
from spark_app.lake.paths import Lake
from spark_app.lake.writes import Overtaken

NOTE = log.note_text("r1", {})
CLAUSES = (
    "WHEN MATCHED AND s.v = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET {set} WHEN NOT MATCHED THEN INSERT {insert}"
)


def rows(spark: SparkSession, *values: tuple[int, str, int]) -> DataFrame:
    listed = ", ".join(f"({key}, DATE '{day}', {value}, DATE '2024-01-01')" for key, day, value in values)
    return spark.sql(f"SELECT * FROM VALUES {listed} AS t (k, _batch_date, v, _month)").coalesce(1)


@pytest.fixture
def lake(tmp_path: Path, spark: SparkSession) -> Lake:
    """bronze.t: three rows of two days in one file."""
    lake = Lake(str(tmp_path / "my lake"))
    first = rows(spark, (1, "2024-01-01", 1), (2, "2024-01-02", 2), (3, "2024-01-02", 3))
    delta.append(first, lake.table("bronze.t"), NOTE, partition=delta.MONTH)
    return lake


def test_what_is_appended_is_written(lake: Lake) -> None:
    assert log.rows_written(lake.table("bronze.t"), None) == 3


def test_of_a_replaced_day_the_new_rows_are_written_and_not_those_beside_it(lake: Lake, spark: SparkSession) -> None:
    again = rows(spark, (2, "2024-01-02", 20), (3, "2024-01-02", 30), (4, "2024-01-02", 40), (5, "2024-01-02", 50))
    delta.overwrite(again, lake.table("bronze.t"), NOTE, where="_batch_date IN (DATE '2024-01-02')")
    assert delta.read(spark, lake.table("bronze.t"), 1).count() == 5
    assert log.rows_written(lake.table("bronze.t"), 0) == 4


def test_of_a_merge_what_is_new_or_changed_is_written(lake: Lake, spark: SparkSession) -> None:
    own = spark.newSession()
    source = rows(own, (1, "2024-01-01", 10), (2, "2024-01-02", 0), (9, "2024-01-03", 9))
    delta.merge(own, source, lake.table("bronze.t"), "t.k = s.k", CLAUSES, source.columns, NOTE)
    assert sorted(row.k for row in delta.read(spark, lake.table("bronze.t"), 1).collect()) == [1, 3, 9]
    assert log.rows_written(lake.table("bronze.t"), 0) == 2, "one changed, one new; one went and one stayed as it was"


def test_what_was_made_from_another_version_is_not_written(lake: Lake, spark: SparkSession) -> None:
    table, more = lake.table("bronze.t"), rows(spark, (4, "2024-01-03", 4))
    delta.append(more, table.expecting(0), NOTE)
    for write in (delta.append, delta.overwrite):
        with pytest.raises(Overtaken, match=r"bronze\.t: .* \(found version 1, expected 0\)"):
            write(more, table.expecting(0), NOTE)
    own = spark.newSession()
    with pytest.raises(Overtaken, match="found version 1"):
        delta.merge(own, rows(own, (4, "2024-01-03", 5)), table.expecting(0), "t.k = s.k", CLAUSES, more.columns, NOTE)
    with pytest.raises(Overtaken, match="found version 1, expected -1"):
        delta.append(more, table.expecting(None), NOTE)
    assert log.version_of(table) == 1
    assert delta.read(spark, table, 1).count() == 4
