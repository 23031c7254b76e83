"""A writer that was taken over loads nothing: rows of (epochs of the ledger, of the load)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from spark_app.contracts.load import load_contracts
from spark_app.lake.holding import LeaseLost
from spark_app.lake.paths import Lake
from spark_app.warehouse.base import LoadedByLater
from spark_app.warehouse.duckdb import DuckDBWarehouse
from tests.support.leases import Holding
from tests.support.small_lakes import Gold

COHORTS = load_contracts()["gold.customer_cohorts"]


def cohort(months_since: int) -> dict[str, object]:
    counts = {"customers": 1, "orders": 2, "revenue": Decimal("3.45")}
    return {"cohort_month": date(2024, 1, 1), "months_since": months_since, **counts}


@pytest.fixture
def gold(tmp_path: Path) -> Gold:
    made = Gold(tmp_path / "lake", run="r")
    made.add(COHORTS)
    made.write(COHORTS, [cohort(0)])
    return made


@pytest.fixture
def house(tmp_path: Path) -> DuckDBWarehouse:
    return DuckDBWarehouse(tmp_path / "w.duckdb")


def by(gold: Gold, epoch: int, *, lost: bool = False) -> Lake:
    return replace(gold.lake, fence=Holding(epoch, lost=lost))


def ledger(house: DuckDBWarehouse) -> list[tuple[int, int | None, int]]:
    with duckdb.connect(str(house.path)) as connection:
        return connection.execute(
            "SELECT release_id, epoch, (SELECT count(*) FROM analytics.customer_cohorts) FROM etl.releases ORDER BY 1"
        ).fetchall()


def test_a_load_of_a_lesser_epoch_is_refused(house: DuckDBWarehouse, gold: Gold) -> None:
    first = gold.release()
    house.load(first, by(gold, 2), gold.contracts)
    gold.write(COHORTS, [cohort(1)])
    second = gold.release()
    with pytest.raises(LoadedByLater, match="found a load of epoch 2, expected none above 1") as late:
        house.load(second, by(gold, 1), gold.contracts)
    assert (late.value.exit_code, late.value.retry) == (1, True)
    assert ledger(house) == [(1, 2, 1)]
    house.load(second, by(gold, 3), gold.contracts)
    assert ledger(house) == [(1, 2, 2), (2, 3, 2)]
    assert house.load(first, by(gold, 3), gold.contracts) == []  # nor is an older release brought over a newer one


def test_one_that_lost_the_lake_while_it_loaded_commits_nothing(house: DuckDBWarehouse, gold: Gold) -> None:
    with pytest.raises(LeaseLost):
        house.load(gold.release(), by(gold, 1, lost=True), gold.contracts)
    assert house.loaded_release() is None


def test_a_ledger_from_before_there_were_epochs_gets_them(house: DuckDBWarehouse, gold: Gold) -> None:
    house.load(gold.release(), gold.lake, gold.contracts)
    with duckdb.connect(str(house.path)) as connection:
        connection.execute("ALTER TABLE etl.releases DROP COLUMN epoch")
    gold.write(COHORTS, [cohort(1)])
    house.load(gold.release(), by(gold, 1), gold.contracts)
    assert ledger(house) == [(1, None, 2), (2, 1, 2)]
