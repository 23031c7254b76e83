"""Views named for people: alike in both warehouses, and refused where they name what is not there."""

from __future__ import annotations

import duckdb
import pytest

from spark_app.contracts.ddl import view_ddl, views_ddl
from spark_app.contracts.ddl_script import duckdb_script
from spark_app.contracts.load import load_contracts
from spark_app.contracts.view import with_all_tables
from spark_app.contracts.views import load_views

CONTRACTS = load_contracts()
GOLD = [contract for contract in CONTRACTS.values() if contract.layer == "gold"]
VIEWS = load_views(CONTRACTS)


@pytest.fixture
def warehouse():
    with duckdb.connect(":memory:") as connection:
        for statement in duckdb_script(GOLD, VIEWS) * 2:
            connection.execute(statement)
        yield connection


def test_there_are_views_for_the_daily_tables_and_for_orders():
    assert {"sales_daily", "payments_daily", "customers_daily", "products_daily", "orders"} <= {v.name for v in VIEWS}


def test_every_view_and_each_of_its_columns_is_commented(warehouse):
    found = warehouse.execute(
        "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE schema_name = 'analytics' "
        f"AND table_name IN ({', '.join(repr(v.name) for v in VIEWS)}) ORDER BY table_name, column_index"
    ).fetchall()
    in_order = sorted(VIEWS, key=lambda view: view.name)
    assert found == [(view.name, column.name, column.description) for view in in_order for column in view.columns]
    abouts = warehouse.execute(
        "SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'analytics'"
    ).fetchall()
    assert all("Grain: one row per" in comment for _, comment in abouts)
    assert len(abouts) == len(VIEWS)


def test_views_over_views_come_after_them_and_are_dropped_before():
    statements = views_ddl(VIEWS)
    drops = [one for one in statements if one.startswith("DROP")]
    creates = [one for one in statements if one.startswith("CREATE")]
    assert statements[: len(VIEWS)] == drops

    def place(listed, name):
        return next(n for n, one in enumerate(listed) if f'"{name}"' in one.split("\n")[0])

    assert place(drops, "sales_monthly") < place(drops, "sales_daily")
    assert place(creates, "sales_monthly") > place(creates, "sales_daily")


def test_views_are_the_same_text_for_both_warehouses():
    for view in VIEWS:
        drop, create, *comments = view_ddl(view)
        assert drop == f'DROP VIEW IF EXISTS "analytics"."{view.name}"'
        assert create.startswith(f'CREATE VIEW "analytics"."{view.name}" AS\nSELECT\n')
        assert len(comments) == 1 + len(view.columns)


def test_a_view_waits_for_all_its_tables():
    assert [view.name for view in with_all_tables(VIEWS, ["customer_cohorts", "daily_sales"])] == ["cohorts"]
