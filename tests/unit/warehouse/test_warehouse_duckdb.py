"""The views named for people in DuckDB, made by a load; and the command that prints them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from click.testing import CliRunner

from spark_app.cli import lakehouse
from spark_app.contracts.load import load_contracts
from spark_app.contracts.views import load_views
from spark_app.warehouse.duckdb import DuckDBWarehouse
from tests.support.small_lakes import Gold

CONTRACTS = load_contracts()
VIEWS = load_views(CONTRACTS)
COHORTS = CONTRACTS["gold.customer_cohorts"]
ROW = {"cohort_month": date(2024, 1, 1), "months_since": 0, "customers": 1, "orders": 2, "revenue": Decimal("3.45")}


@pytest.fixture
def gold(tmp_path) -> Gold:
    made = Gold(tmp_path)
    made.add(COHORTS)
    made.write(COHORTS, [ROW])
    return made


def load(gold, views=VIEWS):
    house = DuckDBWarehouse(gold.root / "warehouse.duckdb", views)
    house.load(gold.release(), gold.lake, gold.contracts)
    return house


def ask(gold, sql):
    with duckdb.connect(str(gold.root / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_load_makes_the_views_whose_tables_it_has(gold):
    load(gold)
    assert ask(gold, "SELECT view_name FROM duckdb_views() WHERE schema_name = 'analytics'") == [("cohorts",)]
    assert ask(gold, "SELECT orders, revenue FROM analytics.cohorts") == [(2, Decimal("3.45"))]
    assert ask(gold, "SELECT orders FROM cohorts") == [(2,)]
    comments = ask(
        gold, "SELECT comment FROM duckdb_columns() WHERE table_name = 'cohorts' AND schema_name = 'analytics'"
    )
    assert [text for (text,) in comments] == [column.description for column in COHORTS.columns]


def test_a_view_follows_its_definition_and_its_table(gold):
    load(gold)
    shorter = [replace(view, columns=view.columns[:2]) for view in VIEWS if view.name == "cohorts"]
    gold.write(COHORTS, [{**ROW, "months_since": 1}])
    load(gold, shorter)
    assert ask(gold, "SELECT * FROM cohorts ORDER BY 2") == [(date(2024, 1, 1), 0), (date(2024, 1, 1), 1)]


def test_the_printed_script_of_duckdb_runs_twice():
    printed = CliRunner().invoke(lakehouse, ["ddl", "--warehouse", "duckdb"], catch_exceptions=False).output
    with duckdb.connect() as connection:
        connection.execute(printed)
        connection.execute(printed)
        assert connection.execute("SELECT count(*) FROM analytics.orders").fetchone() == (0,)


def test_changes_are_asked_of_redshift_only():
    result = CliRunner().invoke(lakehouse, ["ddl", "--changes"])
    assert "found warehouse duckdb in environment local, expected redshift" in str(result.exception)
