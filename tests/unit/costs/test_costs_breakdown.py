"""Costs by day, layer, table and run: each sum is the whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from spark_app.costs.breakdown import By, breakdown
from spark_app.lake.paths import Lake
from tests.support.ops_rows import put

FIRST, LAST = date(2026, 11, 27), date(2026, 11, 28)
D = Decimal


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    found = Lake(str(tmp_path))
    rows = [
        ("r1", FIRST, "silver", "orders", 30.0, "0.300001"),
        ("r1", FIRST, "gold", "orders", 5.0, "0.05"),
        ("r2", LAST, "silver", "orders", 40.0, "0.40"),
        ("r2", LAST, None, None, 0.0, "0.01"),
        ("r0", date(2026, 10, 1), "silver", "orders", 40.0, "9"),
    ]
    names = ("run_id", "day", "layer", "table_name", "seconds", "dollars")
    put(found.table("ops.costs"), [{**dict(zip(names, row, strict=True)), "dollars": D(row[-1])} for row in rows])
    return found


@pytest.mark.parametrize("by", get_args(By))
def test_every_breakdown_adds_up_to_the_same(lake: Lake, by: By) -> None:
    rows = breakdown(lake, by, FIRST, LAST)
    assert sum(row["dollars"] for row in rows) == D("0.760001")
    assert sum(row["share"] for row in rows) == pytest.approx(1)


def test_tables_by_name_and_layer_the_dearest_first(lake: Lake) -> None:
    rows = breakdown(lake, "table", FIRST, LAST)
    found = [(r["layer"], r["table_name"], r["runs"], r["seconds"], r["dollars"]) for r in rows]
    assert found == [
        ("silver", "orders", 2, 70.0, D("0.700001")),
        ("gold", "orders", 1, 5.0, D("0.05")),
        (None, None, 1, 0.0, D("0.01")),
    ]


def test_days_and_runs_the_newest_first(lake: Lake) -> None:
    assert [row["day"] for row in breakdown(lake, "day", FIRST, LAST)] == [LAST, FIRST]
    assert [row["run_id"] for row in breakdown(lake, "run", FIRST, LAST)] == ["r2", "r1"]


def test_what_cost_nothing_has_no_share(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    assert breakdown(lake, "day", FIRST, LAST) == []
    put(lake.table("ops.costs"), [{"run_id": "r", "day": LAST, "dollars": D(0)}])
    assert breakdown(lake, "day", FIRST, LAST)[0]["share"] is None
