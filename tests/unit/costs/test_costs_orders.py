"""Orders that runs were paid for."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from spark_app.costs.history import RunCost
from spark_app.costs.orders import orders_of, per_thousand, thousand_by_day
from spark_app.lake.paths import Lake
from tests.support.gold_shop import make_gold
from tests.support.ops_rows import put

LAST = date(2026, 11, 22)


def test_each_day_taken_in_counts_once(tmp_path: Path) -> None:
    gold = make_gold(tmp_path, days=10, customers=20, orders=200, last=LAST)
    gold.release()
    sales = gold.contracts["gold.daily_sales"]
    by_day = {row[0]: row[1] for row in gold.rows(sales)}
    before = LAST - timedelta(days=1)
    taken = [("r1", before, "orders"), ("r2", LAST, "orders"), ("r2", LAST, "payments"), ("r2", before, "payments")]
    put(gold.lake.table("ops.ingested_files"), [{"run_id": r, "batch_date": day, "dataset": d} for r, day, d in taken])
    assert orders_of(gold.lake, {"r2"}) == by_day[LAST] + by_day[before] > 0
    assert orders_of(gold.lake, {"r1"}) == by_day[before]
    runs = [RunCost(r, LAST, "run", 1, True, "machine", Decimal(d)) for r, d in (("r1", 2), ("r2", 3), ("none", 1))]
    assert thousand_by_day(gold.lake, runs) == {LAST: Decimal(6000) / (by_day[LAST] + by_day[before])}
    assert thousand_by_day(gold.lake, runs[2:]) == {}
    assert orders_of(gold.lake, {"other"}) == orders_of(gold.lake, set()) == 0


def test_without_a_release_there_are_none(tmp_path: Path) -> None:
    assert orders_of(Lake(str(tmp_path)), {"r1"}) == 0


def test_by_the_thousand() -> None:
    assert per_thousand(Decimal("0.30"), 1500) == Decimal("0.2")
    assert per_thousand(Decimal("0.30"), 0) is None
