"""Promise 1: a table that was killed may find several commits of its inputs at once."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from spark_app.tables.versions import restated


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
