"""Ids that a spreadsheet rounded: told, and set apart where one would stand for several things."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import load_source
from spark_app.quality.counts import counted, counted_rules
from spark_app.quality.rounded_ids import set_apart, some
from spark_app.quality.rows import judge
from spark_app.shops.demo_rows import COLUMNS
from spark_app.tables.declare import silver_tables
from tests.support.files import GOOD
from tests.support.frames import frame

pytestmark = pytest.mark.core

CONTRACTS = load_contracts()
SOURCE = load_source("canonical", CONTRACTS)
ORDERS = CONTRACTS["silver.orders"]
APART = silver_tables(CONTRACTS)["orders"].tells_apart
ID = "4.50001E+14"


def judged(spark: SparkSession, *rows: dict[str, Any]) -> DataFrame:
    """Orders, good but for what each names, judged; their row numbers count from 1."""
    texts = [*COLUMNS["orders"], "_extra", "_corrupt_record", "_source_file"]
    schema = ", ".join(f"{name} string" for name in texts) + ", _row_number bigint, _batch_date date"
    given = [
        {**GOOD["orders"], "_source_file": "a.csv", "_row_number": number, "_batch_date": "2024-03-01", **row}
        for number, row in enumerate(rows, start=1)
    ]
    names = [*texts, "_row_number", "_batch_date"]
    bronze = frame(spark, schema, [tuple(row.get(name) for name in names) for row in given])
    return judge(bronze, ORDERS, SOURCE, SOURCE.entities["orders"][0])


def apart(rows: DataFrame) -> list[int]:
    """The numbers of the rows that are set apart, each with one reason that names its id."""
    rule = "rows of a rounded id are of one thing"
    found = set_apart(rows, ORDERS, APART).where(f"exists(_reasons, one -> one.rule = '{rule}')").collect()
    reasons = [[(one["column"], one["found"]) for one in row["_reasons"]] for row in found]
    assert reasons == [[("order_id", row["order_id"])] for row in found]
    return sorted(row["_row_number"] for row in found)


@pytest.mark.parametrize("written", ["4.50001E+14", "4,50001e+14", "4E+5", "4.5E+14\u00a0"])
def test_a_rounded_id_is_told_and_kept(spark: SparkSession, written: str) -> None:
    (row,) = judged(spark, {"order_id": written, "customer_id": written}).collect()
    assert row["_reasons"] == []
    assert set(row["_odd"]) >= {
        "order_id is not rounded by a spreadsheet", "customer_id is not rounded by a spreadsheet"
    }  # fmt: skip


@pytest.mark.parametrize("written", ["450001123456789", "E+14", "a4.5E+14", "4.5E14", "1+1", "45.1E+14", "00123"])
def test_other_ids_are_not(spark: SparkSession, written: str) -> None:
    (row,) = judged(spark, {"order_id": written}).collect()
    assert "order_id is not rounded by a spreadsheet" not in row["_odd"]


def test_rows_of_a_rounded_id_that_are_different_orders_are_set_apart_in_any_order(spark: SparkSession) -> None:
    rows = [
        {"order_id": ID, "customer_id": "k1"},
        {"order_id": ID, "customer_id": "k2"},
        {"order_id": "450001123456789", "customer_id": "k1"},
        {"order_id": "450001123456789", "customer_id": "k2"},  # whole ids: what differs is a change
        {"order_id": "7.1E+14", "status": "created"},
        {"order_id": "7.1E+14", "status": "shipped"},  # two states of one order
        {"order_id": ID, "customer_id": "k3", "_batch_date": "2024-03-02"},  # another day's is only told
        {"order_id": ID, "customer_id": "k4", "_batch_date": "2024-03-02", "status": "?"},  # unusable for itself
    ]
    assert apart(judged(spark, *rows)) == [1, 2]
    turned = [{**row, "_row_number": number} for number, row in enumerate(rows, start=1)][::-1]
    assert apart(judged(spark, *turned)) == [1, 2]


def test_whether_there_are_any_is_known_from_the_pass_that_counts(spark: SparkSession) -> None:
    def seen(*rows: dict[str, Any]) -> bool:
        return some(counted(judged(spark, *rows), ORDERS, "0").collect(), ORDERS)

    assert seen({}, {"order_id": ID})
    assert not seen({}, {"customer_id": ID})  # no part of the key
    found = set_apart(judged(spark, {"order_id": ID, "customer_id": "k1"}, {"order_id": ID}), ORDERS, APART)
    (day,) = counted(found, ORDERS, "0").collect()
    at = [name for name, *_ in counted_rules(ORDERS)].index("rows of a rounded id are of one thing")
    assert (day["landed"], day["quarantined"], day[f"r{at}"]) == (2, 2, 2)
