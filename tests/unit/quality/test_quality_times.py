"""Text and expressions to moments and days: zones at their word, clocks put forward and back, epochs."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_app.contracts.load import load_contracts
from spark_app.contracts.mapping import ColumnMap, Source
from spark_app.contracts.sources import load_source
from spark_app.quality.rows import judge
from spark_app.quality.times import day, moment
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core

LOS_ANGELES, NEW_YORK, SYDNEY = "America/Los_Angeles", "America/New_York", "Australia/Sydney"
AUCKLAND, SAO_PAULO, KOLKATA = "Pacific/Auckland", "America/Sao_Paulo", "Asia/Kolkata"
Cases = dict[str, str | None]


def check(spark: SparkSession, cases: Cases, timezone: str, *formats: str) -> None:
    texts = frame(spark, "text string", [(text,) for text in cases])
    found = texts.select("text", moment(F.col("text"), formats, timezone).alias("value"))
    assert_rows(found, "text string, value timestamp", list(cases.items()))


def test_iso_with_a_zone_in_any_way_is_taken_at_its_word(spark: SparkSession) -> None:
    check(spark, {
        "2024-01-05 21:30:00+00": "2024-01-05 21:30:00", "2024-01-05 21:30:00-08": "2024-01-06 05:30:00",
        "2024-01-05 21:30:00.745232+02": "2024-01-05 19:30:00.745232", "2024-01-05T21:30:00Z": "2024-01-05 21:30:00",
        "2024-01-05T21:30Z": "2024-01-05 21:30:00", "2024-01-05 21:30 +00": "2024-01-05 21:30:00",
        "2024-01-05T21:30:00+0530": "2024-01-05 16:00:00", "2024-01-05 21:30:00 UTC": "2024-01-05 21:30:00",
        "2024-01-05 21:30:00 UTC+02:00": "2024-01-05 19:30:00", "2024-01-05 21:30:00 GMT": "2024-01-05 21:30:00",
        "2024-01-05 21:30:00 GMT+1": "2024-01-05 20:30:00", "2024-01-05 21:30:00 PST": "2024-01-06 05:30:00",
        "2024-07-05 21:30:00 CEST": "2024-07-05 19:30:00", "2024-01-05 21:30:00 Etc/GMT+5": "2024-01-06 02:30:00",
        "2024-01-05 21:30:00 America/New_York": "2024-01-06 02:30:00",
        "2024-01-05T21:30:00[America/Argentina/Buenos_Aires]": "2024-01-06 00:30:00",
        "2024-07-05T21:30:00-05:00[America/New_York]": "2024-07-06 02:30:00",  # the offset holds
        "2024-01-05 21:30:00": "2024-01-06 05:30:00", "2024-01-05 21:30:00,5": "2024-01-06 05:30:00.5",
        "2024-01-05": "2024-01-05 08:00:00",
        "2024-01-05 21:30:00 Nowhere/City": None, "2024-01-05 21:30:00 soon": None, "2024-01-05 21:30:00 +19:00": None,
        "2024-01-05Z": None, "Z": None, "": None,
    }, LOS_ANGELES)  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("MMM d, yyyy h:mm:ss a z", "Jan 5, 2024 9:30:00 AM PST", "2024-01-05 17:30:00"),
        ("MMM d, yyyy h:mm:ss a z", "Jul 5, 2024 9:30:00 PM PDT", "2024-07-06 04:30:00"),
        ("MMM d, yyyy h:mm:ss a z", "Jul 5, 2024 9:30:00 PM PST", "2024-07-06 05:30:00"),  # at its word, in July too
        ("MMM d, yyyy h:mm:ss a z", "Nov 3, 2024 1:30:00 AM PDT", "2024-11-03 08:30:00"),  # the hour that comes twice
        ("MMM d, yyyy h:mm:ss a z", "Nov 3, 2024 1:30:00 AM PST", "2024-11-03 09:30:00"),
        ("yyyy-MM-dd HH:mm:ss z", "2024-01-05 21:30:00 GMT", "2024-01-05 21:30:00"),
        ("yyyy-MM-dd HH:mm:ss z", "2024-01-05 21:30:00 GMT+1", "2024-01-05 20:30:00"),
        ("yyyy-MM-dd HH:mm:ss z", "2024-01-05 21:30:00 UTC+02:00", "2024-01-05 19:30:00"),
        ("yyyy-MM-dd HH:mm:ss zzzz", "2024-01-05 21:30:00 Pacific Standard Time", "2024-01-06 05:30:00"),
        ("yyyy-MM-dd HH:mm:ss O", "2024-01-05 21:30:00 GMT+1", "2024-01-05 20:30:00"),
        ("yyyy-MM-dd HH:mm:ss VV", "2024-01-05 21:30:00 America/New_York", "2024-01-06 02:30:00"),
        ("yyyy-MM-dd HH:mm:ssX", "2024-01-05 21:30:00-08", "2024-01-06 05:30:00"),
        ("yyyy-MM-dd HH:mm:ssx", "2024-01-05 21:30:00+0530", "2024-01-05 16:00:00"),
        ("yyyy-MM-dd HH:mm:ss Z", "2024-01-05 21:30:00 -0500", "2024-01-06 02:30:00"),
        ("MMM dd HH:mm:ss z yyyy", "Jan 05 21:30:00 EST 2024", "2024-01-06 02:30:00"),
        ("yyyy-MM-dd HH:mm:ss[ z]", "2024-01-05 21:30:00 EST", "2024-01-06 02:30:00"),
        ("yyyy-MM-dd HH:mm:ss[ z]", "2024-01-05 21:30:00", "2024-01-05 16:00:00"),
        ("yyyy-MM-dd'T'HH:mm:ss[.SSS[XXX]]", "2024-01-05T21:30:00.250+02:00", "2024-01-05 19:30:00.25"),
        ("yyyy-MM-dd'T'HH:mm:ss[.SSS[XXX]]", "2024-01-05T21:30:00.250", "2024-01-05 16:00:00.25"),
        ("yyyy-MM-dd'T'HH:mm:ss'Z'", "2024-01-05T21:30:00Z", "2024-01-05 21:30:00"),
        ("yyyy-MM-dd HH:mm '+08'", "2024-01-05 21:30 +08", "2024-01-05 13:30:00"),
        ("dd.MM.yyyy 'zZ' HH:mm", "05.01.2024 zZ 21:30", "2024-01-05 16:00:00"),  # no zone, but for its letters
    ],
)
def test_a_format_decides_by_its_letters(spark: SparkSession, pattern: str, text: str, expected: str | None) -> None:
    check(spark, {text: expected}, KOLKATA, pattern)


def test_values_with_a_zone_and_without_mix_in_a_column(spark: SparkSession) -> None:
    check(spark, {
        "Jan 5, 2024 9:30:00 AM PST": "2024-01-05 17:30:00", "Jan 5, 2024 9:30:00 AM": "2024-01-05 17:30:00",
        "2024-01-05 09:30:00+00": "2024-01-05 09:30:00",
    }, LOS_ANGELES, "MMM d, yyyy h:mm:ss a z", "MMM d, yyyy h:mm:ss a", "yyyy-MM-dd HH:mm:ssX")  # fmt: skip


@pytest.mark.parametrize(
    ("timezone", "cases"),
    [
        (NEW_YORK, {"2024-03-10 01:59:59": "2024-03-10 06:59:59", "2024-03-10 02:30:00": "2024-03-10 07:30:00",
                    "2024-03-10 03:00:00": "2024-03-10 07:00:00", "2024-11-03 01:30:00": "2024-11-03 05:30:00",
                    "2024-11-03 02:00:00": "2024-11-03 07:00:00"}),
        (SYDNEY, {"2024-10-06 02:30:00": "2024-10-05 16:30:00", "2024-04-07 02:30:00": "2024-04-06 15:30:00",
                  "2024-04-07 03:00:00": "2024-04-06 17:00:00", "2024-01-05 00:00:00": "2024-01-04 13:00:00"}),
        (AUCKLAND, {"2024-09-29 02:30:00": "2024-09-28 14:30:00", "2024-04-07 02:30:00": "2024-04-06 13:30:00"}),
        # Brazil's clocks changed at midnight, until 2019.
        (SAO_PAULO, {"2018-11-04 00:30:00": "2018-11-04 03:30:00", "2018-02-17 23:30:00": "2018-02-18 01:30:00",
                     "2024-01-05 12:00:00": "2024-01-05 15:00:00"}),
        (KOLKATA, {"2024-01-05 00:00:00": "2024-01-04 18:30:00"}),
    ],
    ids=["New York", "Sydney", "Auckland", "Sao Paulo", "Kolkata"],
)  # fmt: skip
def test_clocks_put_forward_and_back(spark: SparkSession, timezone: str, cases: Cases) -> None:
    check(spark, cases, timezone)
    by_format = {text.replace("-", "/"): value for text, value in cases.items()}
    check(spark, by_format, timezone, "yyyy/MM/dd HH:mm:ss")
    by_region = {f"{text} {timezone}": value for text, value in cases.items()}
    check(spark, by_region, "UTC", "yyyy-MM-dd HH:mm:ss VV")
    check(spark, by_region, "UTC")


def test_epochs(spark: SparkSession) -> None:
    check(spark, {
        "1709290800": "2024-03-01 11:00:00", "1709290800.25": "2024-03-01 11:00:00.25", "-1": "1969-12-31 23:59:59",
        "1.7092908E+9": "2024-03-01 11:00:00", "99999999999999999": None, "soon": None, "": None,
    }, NEW_YORK, "epoch_seconds")  # fmt: skip
    check(spark, {
        "1709290800123": "2024-03-01 11:00:00.123", "1.7092908E+12": "2024-03-01 11:00:00",
        "2024-03-01 06:00": "2024-03-01 11:00:00",
    }, NEW_YORK, "epoch_millis", "yyyy-MM-dd HH:mm")  # fmt: skip


def test_a_day_is_the_day_written_or_the_shops(spark: SparkSession) -> None:
    def days(cases: Cases, *formats: str) -> None:
        texts = frame(spark, "text string", [(text,) for text in cases])
        found = texts.select("text", day(F.col("text"), formats, SYDNEY).alias("value"))
        assert_rows(found, "text string, value date", list(cases.items()))

    days({"1990-05-01": "1990-05-01", "1990-05-01T00:00:00+10:00": "1990-05-01", "1990-05-01 25:00:00": None})
    days({"01/05/1990": "1990-05-01", "01/05/1990 00:00 +1000": "1990-05-01"}, "dd/MM/yyyy[ HH:mm Z]")
    days({"1709290800": "2024-03-01", "1709302800": "2024-03-02"}, "epoch_seconds")


def expressed(spark: SparkSession, timezone: str, **expressions: str) -> Any:
    """An order of text columns `ms` and `day`, with columns by expression, as it comes out."""
    contracts = load_contracts()
    canonical = load_source("canonical", contracts)
    mapped = canonical.entities["orders"][0]
    columns = {name: ColumnMap(default="2024-03-01") for name in ("purchased_at", "updated_at")}
    columns |= {name: ColumnMap(default=word) for name, word in
                {"order_id": "o", "customer_id": "c", "status": "created"}.items()}  # fmt: skip
    columns |= {name: ColumnMap(expression=text) for name, text in expressions.items()}
    source: Source = canonical.model_copy(update={"timezone": timezone})
    bronze = frame(
        spark,
        "ms string, day string, _source_file string, _row_number bigint, _batch_date date, _corrupt_record string",
        [("1709290800123", "2024-03-10", "a.csv", 1, "2024-03-11", None)],
    )
    rows = judge(bronze, contracts["silver.orders"], source, mapped.model_copy(update={"columns": columns}))
    return rows.select("_reasons", *[F.col(name).cast("string") for name in expressions]).first()


def test_an_expressions_timestamp_is_a_moment_and_its_day_the_shops_midnight(spark: SparkSession) -> None:
    found = expressed(
        spark, NEW_YORK,
        purchased_at="timestamp_millis(cast(ms as bigint))",
        approved_at="to_date(day)",
        shipped_at="to_timestamp_ntz(day)",
        delivered_at="concat(day, ' 10:00:00')",
        estimated_delivery_at="concat(day, 'T10:00:00Z')",
    )  # fmt: skip
    assert tuple(found) == (
        [], "2024-03-01 11:00:00.123", "2024-03-10 05:00:00", "2024-03-10 05:00:00", "2024-03-10 14:00:00",
        "2024-03-10 10:00:00",
    )  # fmt: skip
