"""dim_dates: whole years of days."""

import pytest
from pyspark.sql import SparkSession

from spark_app.tables.dim_dates import derive
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core


def test_every_day_of_every_year_with_an_order(spark: SparkSession) -> None:
    found = derive(frame(spark, "order_date date", [("2016-09-04",), ("2017-02-01",)]))
    assert (found.count(), found.distinct().count()) == (366 + 365, 366 + 365)
    schema = "date_key int, date date, year int, quarter int, month int, week int, weekday int, is_weekend boolean"
    some = found.where("date IN ('2016-01-01', '2016-02-29', '2017-01-01', '2017-12-31', '2016-09-05')")
    assert_rows(some, schema, [
        (20160101, "2016-01-01", 2016, 1, 1, 53, 5, False),  # a Friday of the last ISO week of 2015
        (20160229, "2016-02-29", 2016, 1, 2, 9, 1, False),
        (20160905, "2016-09-05", 2016, 3, 9, 36, 1, False),
        (20170101, "2017-01-01", 2017, 1, 1, 52, 7, True),
        (20171231, "2017-12-31", 2017, 4, 12, 52, 7, True),
    ])  # fmt: skip


def test_without_orders_there_are_no_days(spark: SparkSession) -> None:
    assert derive(frame(spark, "order_date date", [])).count() == 0
