"""What becomes of usable rows: which of a key holds, and what the rows of earlier days lose or win by it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pyspark.sql import DataFrame, SparkSession

from spark_app.lake.entities import compare_with_current
from spark_app.lake.progress import Sum
from spark_app.quality.counts import money
from spark_app.silver.outcomes import outcomes, summed
from tests.support.frames import Rows, assert_rows, frame

PROVENANCE = "_batch_date date, _source_file string, _row_number bigint, _hash bigint"
SCHEMA = f"id string, updated_at timestamp, amount decimal(18,2), {PROVENANCE}"
AMOUNT = "amount"
HELD: Rows = [
    ("a", "2024-01-01 10:00", "1.00", "2024-01-01", "f", 1, 11),
    ("b", "2024-01-02 10:00", "2.00", "2024-01-02", "f", 1, 12),
    ("c", "2024-01-03 10:00", "3.00", "2024-01-03", "f", 1, 13),
    ("d", "2024-01-01 11:00", "4.00", "2024-01-01", "f", 2, 14),
]
LANDED: Rows = [
    ("a", "2024-01-03 09:00", "5.00", "2024-01-03", "g", 1, 21),  # newer than the row held
    ("b", "2024-01-01 09:00", "6.00", "2024-01-03", "g", 2, 22),  # older than it
    ("c", "2024-01-03 10:00", "3.00", "2024-01-03", "f", 1, 13),  # the same, landed again
    ("d", "2024-01-01 11:00", "4.50", "2024-01-01", "f", 2, 24),  # the same row, corrected
    ("e", "2024-01-03 08:00", "7.00", "2024-01-03", "g", 3, 25),  # a new key …
    ("e", "2024-01-03 07:00", "8.00", "2024-01-03", "g", 4, 26),  # … and an older state of it
]


def told(spark: SparkSession, landed: Rows = LANDED, held: Rows | None = HELD) -> DataFrame:
    rows = None if held is None else frame(spark, SCHEMA, held)
    return compare_with_current(frame(spark, SCHEMA, landed), rows, ["id"], money(AMOUNT))


def test_each_row_has_its_compared(spark: SparkSession) -> None:
    assert_rows(
        told(spark),
        "id string, amount decimal(18,2), _compared string, _changed boolean, _rival_day date",
        [
            ("a", "5.00", "newer", True, "2024-01-01"),
            ("b", "6.00", "older", False, "2024-01-02"),
            ("c", "3.00", "same", False, "2024-01-03"),
            ("d", "4.50", "same", True, "2024-01-01"),
            ("e", "7.00", "new", True, None),
            ("e", "8.00", "outdone", False, None),
        ],
    )


def test_into_an_empty_table_the_best_of_each_key_is_new(spark: SparkSession) -> None:
    expected = [("e", "7.00", "new", True), ("e", "8.00", "outdone", False)]
    assert_rows(
        told(spark, LANDED[-2:], None), "id string, amount decimal(18,2), _compared string, _changed boolean", expected
    )


def test_rows_superseded_are_counted_on_the_days_they_landed(spark: SparkSession) -> None:
    judged = [date(2024, 1, 1), date(2024, 1, 3)]
    found = outcomes(summed(told(spark), None, money(AMOUNT)).collect(), judged)
    assert found.superseded == {date(2024, 1, 3): Sum(2, Decimal("14.00"))}
    assert found.displaced == {}  # a's row of the 1st is counted where that day is judged again
    assert found.changed
    alone = outcomes(summed(told(spark), None, money(AMOUNT)).collect(), judged[1:])
    assert alone.displaced == {date(2024, 1, 1): Sum(1, Decimal("1.00"))}


def test_a_row_that_holds_again_is_superseded_no_longer(spark: SparkSession) -> None:
    again = frame(spark, SCHEMA, [("z", "2023-12-31 10:00", "9.00", "2023-12-31", "f", 1, 31)])
    found = outcomes(summed(told(spark, LANDED[2:3]), again, money(AMOUNT)).collect(), [date(2024, 1, 3)])
    assert found.displaced == {date(2023, 12, 31): Sum(-1, Decimal("-9.00"))}
    assert found.changed


def test_days_that_land_again_as_they_were_change_nothing(spark: SparkSession) -> None:
    found = outcomes(summed(told(spark, LANDED[2:3]), None, money(AMOUNT)).collect(), [date(2024, 1, 3)])
    assert (found.superseded, found.displaced, found.changed) == ({}, {}, False)


def test_of_rows_that_tie_the_one_of_the_later_file_holds_by_natural_order(spark: SparkSession) -> None:
    """So among rows that land together, and against the row held."""
    nine, ten = (("k", "2024-01-03 10:00", amount, "2024-01-03", f"part_{n}.csv", 1, n)
                 for n, amount in ((9, "9.00"), (10, "10.00")))  # fmt: skip
    both = told(spark, [nine, ten], None)
    assert_rows(both, "amount decimal(18,2), _compared string", [("10.00", "new"), ("9.00", "outdone")])
    assert_rows(told(spark, [ten], [nine]), "amount decimal(18,2), _compared string", [("10.00", "newer")])
    assert_rows(told(spark, [nine], [ten]), "amount decimal(18,2), _compared string", [("9.00", "older")])
