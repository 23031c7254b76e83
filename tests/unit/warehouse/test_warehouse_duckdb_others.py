"""A DuckDB file that holds something else than this lake's releases: nothing of it is replaced."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from spark_app.contracts.load import load_contracts
from spark_app.contracts.views import load_views
from spark_app.warehouse.base import NotOurs
from spark_app.warehouse.duckdb import DuckDBWarehouse
from tests.support.small_lakes import Gold

CONTRACTS = load_contracts()
COHORTS = CONTRACTS["gold.customer_cohorts"]


def cohort(months_since: int) -> dict[str, object]:
    month = date(2024, 1, 1)
    return {
        "cohort_month": month,
        "months_since": months_since,
        "customers": 1,
        "orders": 2,
        "revenue": Decimal("3.45"),
    }


def lake(root: Path, run: str) -> Gold:
    made = Gold(root, run=run)
    made.add(COHORTS)
    made.write(COHORTS, [cohort(0)])
    return made


@pytest.fixture
def house(tmp_path: Path) -> DuckDBWarehouse:
    return DuckDBWarehouse(tmp_path / "w.duckdb", load_views(CONTRACTS))


def ask(house: DuckDBWarehouse, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(house.path)) as connection:
        return connection.execute(sql).fetchall()


def test_another_lakes_release_is_refused_also_of_the_same_number(house: DuckDBWarehouse, tmp_path: Path) -> None:
    first, second = lake(tmp_path / "a", "a"), lake(tmp_path / "b", "b")
    house.load(first.release(), first.lake, first.contracts)
    second.write(COHORTS, [cohort(1)])
    with pytest.raises(NotOurs, match="found release 1 of run a-1, expected a release of the lake") as caught:
        house.load(second.release(), second.lake, second.contracts)
    assert (caught.value.exit_code, caught.value.retry) == (2, False)
    assert ask(house, "SELECT count(*) FROM analytics.customer_cohorts") == [(1,)]


@pytest.mark.parametrize("name", ["analytics.customer_cohorts", "main.customer_cohorts", "main.cohorts"])
def test_a_table_of_somebodys_own_stays(house: DuckDBWarehouse, tmp_path: Path, name: str) -> None:
    ask(house, f"CREATE SCHEMA analytics; CREATE TABLE {name} AS SELECT 'mine' AS note")
    gold = lake(tmp_path / "a", "a")
    with pytest.raises(NotOurs, match=f"found {name} with rows that no release brought"):
        house.load(gold.release(), gold.lake, gold.contracts)
    assert ask(house, f"SELECT * FROM {name}") == [("mine",)]


def test_empty_tables_that_the_ddl_made_are_filled(house: DuckDBWarehouse, tmp_path: Path) -> None:
    from spark_app.contracts.ddl_script import duckdb_script

    ask(house, ";".join(duckdb_script([COHORTS], [])))
    gold = lake(tmp_path / "a", "a")
    house.load(gold.release(), gold.lake, gold.contracts)
    gold.write(COHORTS, [cohort(1)])
    house.load(gold.release(), gold.lake, gold.contracts)
    assert ask(house, "SELECT count(*) FROM customer_cohorts") == [(2,)]
