"""Natural order of file names, against the sort that every Python programmer knows."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from spark_app.lake.file_order import in_natural_order
from tests.support.frames import frame

FOLDER = "orders/dt=2024-03-10/"
LINES = [
    ["part_9.csv", "part_10.csv", "part_100.csv"],
    ["orders.csv", "orders (1).csv", "orders (2).csv", "orders (10).csv"],
    ["orders.csv.gz", "orders (1).csv"],
    ["orders.CSV", "orders_2.csv", "orders_2b.csv", "orders_3.csv"],
    ["a.csv", "a.b.csv"],
    ["9.csv", "10.csv", "a.csv"],
    ["v1.9.csv", "v1.10.csv"],
    ["part_08.csv", "part_9.csv", "part_0010.csv"],
    [f"n{'9' * 60}.csv", f"n1{'0' * 60}.csv", f"n2{'0' * 60}.csv"],
    ["x0.csv", "x1.csv"],
    ["2024-3-9.csv", "2024-3-10.csv", "2024-12-1.csv"],
]


def sorted_by_spark(spark: SparkSession, names: list[str]) -> list[str]:
    rows = frame(spark, "name string", [(FOLDER + name,) for name in names])
    keyed = rows.select("name", in_natural_order(rows["name"]).alias("key"))
    return [row["name"].removeprefix(FOLDER) for row in keyed.orderBy("key", "name").collect()]


@pytest.mark.parametrize("names", LINES, ids=lambda names: names[0][:12])
def test_files_come_in_the_order_a_person_expects(spark: SparkSession, names: list[str]) -> None:
    assert sorted_by_spark(spark, names[::-1]) == names


NAMES = st.text(st.sampled_from("0019 ab(_).-é😀"), max_size=12)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NAMES, unique=True, min_size=60, max_size=120))
def test_the_order_is_that_of_a_plain_natural_sort(spark: SparkSession, stems: list[str]) -> None:
    names = [f"{stem}.csv" for stem in stems]
    assert sorted_by_spark(spark, names) == sorted(names, key=natural)


def natural(name: str) -> tuple[list[str | int], str]:
    parts = re.split(r"([0-9]+)", name.removesuffix(".csv"))
    whole: list[str | int] = [int(part) if index % 2 else part for index, part in enumerate(parts)]
    # A name that ends in a number has an empty text after it, which is not there for a sort by parts.
    return (whole if whole[-1] != "" or len(whole) == 1 else whole[:-1]), name
