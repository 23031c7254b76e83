"""What a table holds against what it should hold: only what differs comes out."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from spark_app.lake.diff import OP, WAS_MONTH, difference
from tests.support.frames import Rows, assert_rows, frame

pytestmark = pytest.mark.core

SCHEMA = "id int, line int, name string, month string"


@pytest.mark.parametrize(
    ("should", "holds", "expected"),
    [
        pytest.param([(1, 1, "a", "m1")], [(1, 1, "a", "m1")], [], id="alike"),
        pytest.param([(1, 1, None, "m1")], [(1, 1, None, "m1")], [], id="alike where both are nothing"),
        pytest.param([(1, 1, "a", "m1")], [], [(1, 1, "a", "m1", "write", None)], id="new"),
        pytest.param([], [(1, 1, "a", "m1")], [(1, 1, None, None, "remove", "m1")], id="gone"),
        pytest.param(
            [(1, 1, "b", "m1")], [(1, 1, "a", "m1")], [(1, 1, "b", "m1", "write", "m1")], id="another value"
        ),
        pytest.param([(1, 1, None, "m1")], [(1, 1, "a", "m1")], [(1, 1, None, "m1", "write", "m1")], id="now nothing"),
        pytest.param([(1, 1, "a", "m2")], [(1, 1, "a", "m1")], [(1, 1, "a", "m2", "write", "m1")], id="another month"),
        pytest.param(
            [(1, 1, "a", "m1"), (1, 2, "b", "m1")], [(1, 1, "a", "m1"), (1, 2, "a", "m1")],
            [(1, 2, "b", "m1", "write", "m1")], id="keys of two columns",
        ),
    ],
)  # fmt: skip
def test_rows_to_write_or_remove(spark: SparkSession, should: Rows, holds: Rows, expected: Rows) -> None:
    found = difference(frame(spark, SCHEMA, should), frame(spark, SCHEMA, holds), ["id", "line"], "month")
    assert_rows(found, f"{SCHEMA}, {OP} string, {WAS_MONTH} string", expected)


def test_without_months_nobody_asks_where_a_row_lay(spark: SparkSession) -> None:
    found = difference(frame(spark, SCHEMA, [(1, 1, "a", "m1")]), frame(spark, SCHEMA, []), ["id", "line"], None)
    assert found.columns == ["id", "line", "name", "month", OP]
