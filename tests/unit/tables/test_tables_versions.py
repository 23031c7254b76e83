"""Type 2 versions: what held from when to when."""

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_app.tables.versions import moved, restated, versions
from tests.support.frames import Rows, assert_rows, frame

pytestmark = pytest.mark.core

CHANGES = "id string, updated_at timestamp, city string"
GONE = "cast(null as timestamp) AS gone_at"
VERSIONS = "id string, city string, valid_from timestamp, valid_to timestamp, is_current boolean"
UNKNOWN = ("unknown", None, "1900-01-01", None, True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(
            [("a", "2024-01-05", "Bonn")],
            [("a", "Bonn", "1900-01-01", None, True)],
            id="first holds from the beginning",
        ),
        pytest.param(
            [("unknown", "2024-01-05", "Bonn"), ("Unknown", "2024-01-06", "Kiel"), ("-1", "2024-01-05", "Bonn")],
            [("-1", "Bonn", "1900-01-01", None, True)],
            id="who is called unknown is the unknown member, and no second row of it",
        ),
        pytest.param(
            [("a", "2024-01-05", "Bonn"), ("a", "2024-01-07", "Kiel")],
            [("a", "Bonn", "1900-01-01", "2024-01-07", False), ("a", "Kiel", "2024-01-07", None, True)],
            id="a change begins a version",
        ),
        pytest.param(
            [
                ("a", "2024-01-05", "Bonn"),
                ("a", "2024-01-06", "Bonn"),
                ("a", "2024-01-07", "Kiel"),
                ("a", "2024-01-08", "Kiel"),
            ],
            [("a", "Bonn", "1900-01-01", "2024-01-07", False), ("a", "Kiel", "2024-01-07", None, True)],
            id="equal neighbours are one",
        ),
        pytest.param(
            [("a", "2024-01-05", "Bonn"), ("a", "2024-01-06", "Kiel"), ("a", "2024-01-07", "Bonn")],
            [
                ("a", "Bonn", "1900-01-01", "2024-01-06", False),
                ("a", "Kiel", "2024-01-06", "2024-01-07", False),
                ("a", "Bonn", "2024-01-07", None, True),
            ],
            id="there and back are three",
        ),
        pytest.param(
            [
                ("a", "2024-01-05", None),
                ("a", "2024-01-06", None),
                ("a", "2024-01-07", "Kiel"),
                ("a", "2024-01-08", None),
            ],
            [
                ("a", None, "1900-01-01", "2024-01-07", False),
                ("a", "Kiel", "2024-01-07", "2024-01-08", False),
                ("a", None, "2024-01-08", None, True),
            ],
            id="nothing told is a value too",
        ),
        pytest.param(
            [("b", "2024-01-06", "Kiel"), ("a", "2024-01-05", "Bonn")],
            [("a", "Bonn", "1900-01-01", None, True), ("b", "Kiel", "1900-01-01", None, True)],
            id="each has its own",
        ),
    ],
)
def test_versions(spark: SparkSession, changes: Rows, expected: Rows) -> None:
    found = versions(frame(spark, CHANGES, changes).selectExpr("*", GONE), "id", "key", ("city",))
    assert_rows(found, VERSIONS, [*expected, UNKNOWN])


def test_keys_are_the_same_whatever_else_is_there(spark: SparkSession) -> None:
    alone = [("a", "2024-01-05", "Bonn")]
    more = [*alone, ("a", "2024-01-09", "Kiel"), ("b", "2024-01-01", "Ulm")]
    keys = [
        versions(frame(spark, CHANGES, rows).selectExpr("*", GONE), "id", "key", ("city",))
        .where("id = 'a' AND city = 'Bonn'")
        .first()
        for rows in (alone, more)
    ]
    assert keys[0] is not None
    assert keys[1] is not None
    assert keys[0]["key"] == keys[1]["key"]


def test_the_unknown_member_has_key_minus_one(spark: SparkSession) -> None:
    found = versions(frame(spark, CHANGES, []).selectExpr("*", GONE), "id", "key", ("city",))
    assert_rows(found, "key bigint, id string", [(-1, "unknown")])


FEED = "key bigint, city string, _change_type string"


def test_moved_versions_came_or_went(spark: SparkSession) -> None:
    feed = [(1, "a", "insert"), (2, "b", "delete"), (3, "c", "update_preimage"), (3, "d", "update_postimage")]
    assert_rows(moved(frame(spark, FEED, feed)), "key bigint", [(1,), (2,)])


def test_restated_versions_stayed_and_changed(spark: SparkSession) -> None:
    feed = [
        (1, "a", "insert"),
        (3, "c", "update_preimage"), (3, "d", "update_postimage"),
        (4, "e", "update_preimage"), (4, "e", "update_postimage"),
        (5, None, "update_preimage"), (5, "f", "update_postimage"),
    ]  # fmt: skip
    assert_rows(restated(frame(spark, FEED, feed), "key", ("city",)).select(F.col("key")), "key bigint", [(3,), (5,)])


def test_what_is_gone_has_no_current_version_until_it_is_back(spark: SparkSession) -> None:
    changes = [
        ("a", "2024-01-01", "Bonn", None), ("a", "2024-01-02", "Bonn", "2024-01-04"), ("a", "2024-01-06", "Bonn", None),
        ("b", "2024-01-01", "Bonn", None), ("b", "2024-01-02", "Kiel", "2024-01-04"),
    ]  # fmt: skip
    rows = frame(spark, f"{CHANGES}, gone_at timestamp", changes)
    assert_rows(versions(rows, "id", "key", ("city",)).where("id <> 'unknown'"), VERSIONS, [
        ("a", "Bonn", "1900-01-01", "2024-01-04", False),
        ("a", "Bonn", "2024-01-06", None, True),
        ("b", "Bonn", "1900-01-01", "2024-01-02", False),
        ("b", "Kiel", "2024-01-02", "2024-01-04", False),
    ])  # fmt: skip
