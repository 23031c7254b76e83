"""Text to typed values: exact, or nothing."""

from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_app.contracts.mapping import ColumnMap, NumberFormat
from spark_app.contracts.table import Type
from spark_app.quality.casts import cast_text
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core

MONEY = Type("decimal", 18, 2)
GERMAN = ColumnMap(column="x", number=NumberFormat(decimal=",", thousands=".", symbols="€"))
DOLLARS = ColumnMap(column="x", number=NumberFormat(decimal=".", thousands=",", symbols="$"))
DAY_FIRST = ColumnMap(column="x", formats=("dd-MM-yyyy", "dd/MM/yyyy HH:mm"))


def check(
    spark: SparkSession, kind: Type, cases: dict[str, Any], mapped: ColumnMap | None = None, timezone: str = "UTC"
) -> None:
    texts = frame(spark, "text string", [(text,) for text in cases])
    found = texts.select("text", cast_text(F.col("text"), kind, mapped, timezone).alias("value"))
    assert_rows(found, f"text string, value {kind.spark}", list(cases.items()))


def test_money(spark: SparkSession) -> None:
    check(spark, MONEY, {
        "1": "1.00", "1.5": "1.50", "-0.01": "-0.01", "+2": "2.00", "1.": "1.00", ".5": "0.50",
        "1.9900000000000000": "1.99",
        "1e3": "1000.00", "9999999999999999.99": "9999999999999999.99", "10000000000000000.00": None,
        "0.005": None, "1.0000000000001": None, "1e-3": None, "1e99": None, "1,5": None, "1.234,56": None,
        "1 000": None, "--1": None, "1.2.3": None, ".": None, "e3": None, "NaN": None, "abc": None,
    })  # fmt: skip


def test_money_as_a_shop_writes_it(spark: SparkSession) -> None:
    check(spark, MONEY, {"$1,234.50": "1234.50", "1234.5": "1234.50", "12,34.50": None, "1.234,56": None}, DOLLARS)
    check(spark, MONEY, {"1.234,56 €": "1234.56", "1234,5": "1234.50", "1,234.50": None}, GERMAN)


def test_groups_apart_by_a_blank_may_have_any(spark: SparkSession) -> None:
    spaced = ColumnMap(column="x", number=NumberFormat(decimal=",", thousands=" "))
    check(spark, MONEY, {
        "1 234,56": "1234.56", "1\u00a0234,56": "1234.56", "1\u202f234\u00a0567,8": "1234567.80", "1234,56": "1234.56",
        "12 34,56": None, "1.234,56": None, "1  234,56": None,
    }, spaced)  # fmt: skip
    check(spark, MONEY, {"1\u00a0234": None, "1 234": None})
    check(spark, MONEY, {"\u20ac\u202f1.234,56": "1234.56", "1.234,56\u00a0\u20ac": "1234.56"}, GERMAN)


def test_whole_numbers(spark: SparkSession) -> None:
    check(spark, Type("int"), {
        "2": 2, "2.0": 2, "-7": -7, "+8": 8, "007": 7, "1e3": 1000, "999999999": 999_999_999, "2147483647": 2**31 - 1,
        "2.5": None, "2147483648": None, "": None, "٣": None, "1 2": None,
    })  # fmt: skip
    check(spark, Type("bigint"), {
        "2": 2, "999999999999999999": 10**18 - 1, "9223372036854775807": 2**63 - 1, "9223372036854775808": None,
    })  # fmt: skip


def test_booleans(spark: SparkSession) -> None:
    check(spark, Type("boolean"), {"true": True, "Yes": True, "0": False, "F": False, "maybe": None})


def test_days(spark: SparkSession) -> None:
    check(spark, Type("date"), {
        "2024-02-29": "2024-02-29", "2024-02-29 10:00:00": "2024-02-29", "0001-01-01": "0001-01-01",
        "2023-02-29": None, "2017": None, "2017-05": None, "31/02/2017": None, "2024-1-2": None, "20240102": None,
    })  # fmt: skip


def test_times(spark: SparkSession) -> None:
    check(spark, Type("timestamp"), {
        "2024-01-02": "2024-01-02", "2024-01-02T03:04:05": "2024-01-02 03:04:05",
        "2024-01-02T03:04:05Z": "2024-01-02 03:04:05", "2024-01-02T03:04:05+02:00": "2024-01-02 01:04:05",
        "2024-01-02 03:04:05-0130": "2024-01-02 04:34:05", "2024-01-02 25:00:00": None,
        "2024-01-02T": None, "now": None,
    })  # fmt: skip


def test_times_of_a_shop_elsewhere_become_utc(spark: SparkSession) -> None:
    check(spark, Type("timestamp"), {
        "2024-01-02 10:00:00": "2024-01-02 15:00:00",  # New York in winter
        "2024-07-02 10:00:00": "2024-07-02 14:00:00",  # and in summer
        "2024-07-02 10:00:00Z": "2024-07-02 10:00:00",  # a zone in the text goes before
        "2024-07-02 10:00:00+02:00": "2024-07-02 08:00:00",
    }, timezone="America/New_York")  # fmt: skip


def test_several_formats_and_a_year_that_looks_like_a_zone(spark: SparkSession) -> None:
    cases = {"02-01-2024": "2024-01-02 05:00:00", "02/01/2024 23:30": "2024-01-03 04:30:00", "31/02/2024 10:00": None}
    check(spark, Type("timestamp"), cases, DAY_FIRST, "America/New_York")
