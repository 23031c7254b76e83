"""Ids that a spreadsheet rounded, day by day and at once: what is set apart follows from the files, not from when."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.support.drops import drop, run_days, table_rows
from tests.support.files import GOOD, quarantined
from tests.support.frames import nothing_cached

pytestmark = pytest.mark.long  # four runs, three of which correct a day

ID = "4.50001E+14"
LAYERS = {"layers": ("bronze", "silver")}


def order(order_id: str, customer_id: str) -> dict[str, str]:
    return {**GOOD["orders"], "order_id": order_id, "customer_id": customer_id}


def told(home: Path) -> list[tuple[str, str, str]]:
    """(file, rule, id) of every quarantined row."""
    return [(row["file"], row["reasons"][0]["rule"], row["reasons"][0]["found"]) for row in quarantined(home)]


def test_day_by_day_corrected_and_at_once_agree(home: Path, spark: SparkSession) -> None:
    landing = home / "landing"
    drop(landing, "orders", "2024-03-01", [order(ID, "k1"), order(ID, "k2"), order("1", "k1")])
    run_days(home, "2024-03-01", **LAYERS)
    assert told(home) == [("a.csv", "rows of a rounded id are of one thing", ID)] * 2
    assert [row[0] for row in table_rows(home, "silver.orders", ["order_id"])] == ["1"]

    # A later day's row of the same id stands alone in its day; the first day comes again, with one of the two.
    drop(landing, "orders", "2024-03-01", [order(ID, "k1"), order("1", "k1")])
    drop(landing, "orders", "2024-03-02", [{**order(ID, "k3"), "updated_at": "2024-03-02 09:00:00"}])
    run_days(home, "2024-03-02", **LAYERS)
    assert told(home) == []
    assert table_rows(home, "silver.orders", ["order_id", "customer_id"]) == [("1", "k1"), (ID, "k3")]

    # The second day is set apart in its turn: the first day's row holds again, whichever way it is worked out.
    drop(landing, "orders", "2024-03-02", [order(ID, "k3"), order(ID, "k4")], "b.csv")
    run_days(home, "2024-03-02", **LAYERS)
    at_once = home / "at once"
    shutil.copytree(landing, at_once / "landing")
    run_days(at_once, "2024-03-01", "2024-03-02", **LAYERS)
    assert table_rows(home, "silver.orders") == table_rows(at_once, "silver.orders")
    assert (ID, "k1") in table_rows(home, "silver.orders", ["order_id", "customer_id"])
    assert sorted(told(home)) == sorted(told(at_once))
    assert len(told(home)) == 3
    assert nothing_cached(spark)
