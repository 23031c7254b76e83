"""Words that several tables share."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_app.tables.words import is_live, known, live_money, member, money
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core


def test_an_order_is_live_unless_canceled_or_unavailable(spark: SparkSession) -> None:
    statuses = [("created",), ("canceled",), ("unavailable",), ("returned",)]
    found = frame(spark, "order_status string", statuses).withColumn("live", is_live())
    assert_rows(found, "order_status string, live boolean", [
        ("created", True), ("canceled", False), ("unavailable", False), ("returned", True),
    ])  # fmt: skip


def test_money_of_live_orders_alone_and_nothing_is_zero(spark: SparkSession) -> None:
    rows = [("a", "paid", "1.10"), ("a", "canceled", "9.00"), ("b", "canceled", "5.00"), ("b", "paid", None)]
    orders = frame(spark, "day string, order_status string, amount decimal(18,2)", rows)
    found = orders.groupBy("day").agg(live_money("amount").alias("revenue"))
    assert_rows(found, "day string, revenue decimal(18,2)", [("a", "1.10"), ("b", "0.00")])


def test_an_unknown_id_has_one_spelling_and_a_missing_one_is_unknown(spark: SparkSession) -> None:
    ids = frame(spark, "id string", [("UNKNOWN",), ("Unknown",), ("c1",), (None,)])
    found = ids.select(member("id").alias("member"), known("id").alias("known"))
    assert_rows(found, "member string, known string", [
        ("unknown", "UNKNOWN"), ("unknown", "Unknown"), ("c1", "c1"), (None, "unknown"),
    ])  # fmt: skip


def test_cents_are_exact(spark: SparkSession) -> None:
    found = frame(spark, "amount decimal(20,4)", [("0.1000",), (None,)]).select(money(F.col("amount")).alias("m"))
    assert_rows(found, "m decimal(18,2)", [("0.10",), ("0.00",)])
