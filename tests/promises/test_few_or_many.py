"""Promise 1: whether rows are few or many decides who reads and writes them, and nothing else."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.lake import few
from spark_app.shops.demo import generate
from tests.support.drops import gold, run_days, table_rows
from tests.support.frames import nothing_cached

FIRST, DAYS = date(2024, 2, 27), 6
SILVER = ("customers", "products", "orders", "order_items", "payments", "reviews")


def test_a_night_of_few_rows_equals_one_of_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spark: SparkSession
) -> None:
    """Two nights over the turn of a month, late and corrected files among them."""
    few_home, many_home, last = tmp_path / "few", tmp_path / "many", FIRST + timedelta(days=DAYS - 1)
    generate(str(tmp_path / "all"), FIRST, DAYS, orders_per_day=15)
    shutil.copytree(tmp_path / "all", few_home / "landing")
    run_days(few_home, FIRST, last - timedelta(days=2))
    shutil.copytree(few_home, many_home)
    nights = [last - timedelta(days=1), last]
    for night in nights:
        run_days(few_home, night)
    asked = [0]
    for name in ("matching", "of_days", "everything", "changes", "collected"):
        monkeypatch.setattr(few, name, _too_many(asked))
    for night in nights:
        run_days(many_home, night)
    assert asked[0] > 20, "the second home's rows were taken to be many"
    assert gold(few_home) == gold(many_home)
    for entity in SILVER:
        assert table_rows(few_home, f"silver.{entity}") == table_rows(many_home, f"silver.{entity}"), entity
    assert nothing_cached(spark), "a session that lives on for days would fill up"


def _too_many(asked: list[int]) -> object:
    """Stands for a function of few rows: there are more than few."""

    def none(*_: object, **__: object) -> None:
        asked[0] += 1

    return none
