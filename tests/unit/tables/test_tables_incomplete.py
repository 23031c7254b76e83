"""Orders of which something lies in the quarantine, and what ends it."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_app.tables.incomplete import ANSWERED, answered, is_incomplete, waiting_by_order
from tests.support.frames import Rows, frame

pytestmark = pytest.mark.core

ITEMS = "order_id string, item_number int, updated_at timestamp, _batch_date date"
QUARANTINED = (
    "entity string, batch_date date, order_id string, item_number int, payment_sequence int, updated_at timestamp"
)
DAY, NEXT = "2024-01-05", "2024-01-06"
EARLY, LATE = f"{DAY} 10:00:00", f"{DAY} 12:00:00"


def line(number: int | None, day: str, at: str | None) -> tuple[object, ...]:
    return ("order_items", day, "o", number, None, at)


# What lies in the quarantine of the order's lines; its usable lines; whether the order is incomplete.
CASES: list[tuple[str, Rows, Rows, bool]] = [
    ("nothing is set aside", [], [("o", 1, EARLY, DAY)], False),
    ("a line is set aside", [line(1, DAY, EARLY)], [], True),
    ("another line is usable", [line(1, DAY, EARLY)], [("o", 2, LATE, NEXT)], True),
    ("the line came again, newer", [line(1, DAY, EARLY)], [("o", 1, LATE, DAY)], False),
    ("the line came again, unchanged", [line(1, DAY, EARLY)], [("o", 1, EARLY, NEXT)], False),
    ("the same day has a usable row of it, as new", [line(1, DAY, EARLY)], [("o", 1, EARLY, DAY)], False),
    ("what is usable is older", [line(1, DAY, LATE)], [("o", 1, EARLY, NEXT)], True),
    ("what is usable came before", [line(1, NEXT, EARLY)], [("o", 1, EARLY, DAY)], True),
    ("one of two was answered", [line(1, DAY, EARLY), line(2, DAY, EARLY)], [("o", 1, LATE, DAY)], True),
    ("the newer of two was not", [line(1, DAY, EARLY), line(1, NEXT, LATE)], [("o", 1, EARLY, NEXT)], True),
    ("no time can be read; it came again later", [line(1, DAY, None)], [("o", 1, EARLY, NEXT)], False),
    ("no time can be read; of the same day", [line(1, DAY, None)], [("o", 1, LATE, DAY)], True),
    ("a time, and one that cannot be read", [line(1, DAY, EARLY), line(1, NEXT, None)], [("o", 1, LATE, DAY)], True),
    ("no number can be read", [line(None, DAY, EARLY)], [("o", 1, LATE, NEXT)], True),
]


@pytest.mark.parametrize(("aside", "usable", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_an_order_is_incomplete_until_what_is_set_aside_has_come(
    spark: SparkSession, aside: Rows, usable: Rows, expected: bool
) -> None:
    assert _incomplete(spark, aside, usable) == ({"o"} if expected else set())


def test_torn_rows_and_rows_of_other_entities_mark_nothing(spark: SparkSession) -> None:
    aside = [("order_items", DAY, None, 1, None, EARLY), ("orders", DAY, "o", None, None, EARLY)]
    assert _incomplete(spark, aside, [("o", 1, EARLY, DAY)]) == set()


def _incomplete(spark: SparkSession, aside: Rows, usable: Rows) -> set[str]:
    quarantined, items = frame(spark, QUARANTINED, aside), frame(spark, ITEMS, usable)
    marked, waiting = answered(items, quarantined, "order_items")
    orders = frame(spark, "order_id string", [("o",), ("x",)])
    sums = marked.groupBy("order_id").agg(F.sum(ANSWERED).alias("n"))
    rows = orders.join(sums, "order_id", "left").join(waiting_by_order(waiting), "order_id", "left")
    return {row[0] for row in rows.where(is_incomplete(F.col("n"), F.lit(None))).select("order_id").collect()}
