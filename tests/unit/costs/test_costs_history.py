"""What runs have cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from spark_app.costs.history import RunCost, run_costs
from spark_app.lake.paths import Lake
from tests.support.ops_rows import put

DAY = date(2026, 11, 28)


def test_a_run_costs_the_lines_of_its_bill(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    run = {"command": "run", "landed_days": 2, "released": True, "billed_by": "kubernetes", "day": DAY}
    lines = [("r1", "driver vCPU", "0.10"), ("r1", "driver memory", "0.05"), ("r2", "driver vCPU", "0.30")]
    put(lake.table("ops.bills"), [{**run, "run_id": r, "item": item, "dollars": Decimal(d)} for r, item, d in lines])
    put(lake.table("ops.bills"), [{**run, "run_id": "r0", "dollars": Decimal(9), "day": date(2026, 10, 1)}])
    assert run_costs(lake, date(2026, 11, 1), DAY) == [
        RunCost("r1", DAY, "run", 2, True, "kubernetes", Decimal("0.15")),
        RunCost("r2", DAY, "run", 2, True, "kubernetes", Decimal("0.30")),
    ]


def test_of_a_lake_without_bills_nothing(tmp_path: Path) -> None:
    assert run_costs(Lake(str(tmp_path)), DAY, DAY) == []
