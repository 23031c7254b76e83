"""What advice is given of bills and peaks that are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from spark_app.costs.advise import advise, used_of
from spark_app.costs.prices import load_prices
from spark_app.lake.paths import Lake
from spark_app.runtime.cost_settings import CostSettings
from spark_app.runtime.settings import Settings
from tests.support.ops_rows import put

NOW = datetime(2026, 11, 29, 6, tzinfo=UTC)
TODAY = NOW.date()
D = Decimal


def test_bills_since_they_began_and_peaks_of_runs_that_released(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    line = {"billed_by": "kubernetes", "item": "driver memory"}
    sums = [("r1", 20, "1.5"), ("r2", 28, "0.5"), ("r0", 1, "9")]
    rows = [{**line, "run_id": r, "day": date(2026, 11, day), "dollars": D(d), "quantity": D(1)} for r, day, d in sums]
    rows[-1]["day"] = date(2026, 9, 1)
    put(lake.table("ops.bills"), rows)
    at = datetime(2026, 11, 20, tzinfo=UTC)
    runs = [{"run_id": f"r{n}", "started_at": at, "release_id": 1, "peak_memory": 2**30 * n} for n in range(1, 6)]
    put(lake.table("ops.runs"), [*runs, {"run_id": "failed", "started_at": at, "peak_memory": 2**40}])
    used = used_of(lake, TODAY)
    assert used is not None
    assert (used.days, [one.dollars for one in used.lines], max(used.peaks)) == (10, [D(2)], 5 * 2**30)
    cost = CostSettings.model_validate({"billed_by": "kubernetes", "driver": {"vcpu": 1, "memory_gb": 14}})
    cost = cost.model_copy(update={"architecture": "arm64"})
    (driver,) = advise(Settings(environment="x", home=str(tmp_path), cost=cost), lake, load_prices(), (), NOW)
    assert (driver.what, driver.dollars_a_month) == ("give the driver 7 GB", D(3)), "half of 2 dollars, thrice"


def test_without_bills_nothing_is_said(tmp_path: Path) -> None:
    settings = Settings(environment="x", home=str(tmp_path))
    assert advise(settings, Lake(str(tmp_path / "lake")), load_prices(), (), NOW) == []
