"""The real gold contracts and views in Redshift: DDL that runs as it is, twice; who may read what."""

from __future__ import annotations

import json
from dataclasses import replace

import psycopg
import pytest
from click.testing import CliRunner

from spark_app.cli import lakehouse
from spark_app.contracts.ddl import redshift_type
from spark_app.contracts.ddl_script import redshift_script
from spark_app.contracts.load import load_contracts
from spark_app.contracts.migrate import Found
from spark_app.contracts.views import load_views
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.settings import conf_dir
from spark_app.warehouse.redshift_schema import plan_changes, read_state
from spark_app.warehouse.redshift_session import connected
from tests.support.redshift import load
from tests.support.small_lakes import Gold
from tests.support.standin import logged_in

pytestmark = pytest.mark.stack
CONTRACTS = load_contracts()
GOLD = {c.name: c for c in CONTRACTS.values() if c.layer == "gold"}
VIEWS = load_views(CONTRACTS)


@pytest.fixture
def made(warehouse, redshift):
    """The warehouse as the printed script makes it, run twice."""
    with connected(warehouse.settings) as session, redshift.postgres.admin(redshift.database) as admin:
        for statement in redshift_script(GOLD.values(), VIEWS, redshift.user) * 2:
            if statement.startswith(("CREATE OR REPLACE PROCEDURE", "CALL")):
                admin.execute(statement)  # the stand-in passes no procedures on; their PL/pgSQL is PostgreSQL's
            else:
                session.run(statement)
    return warehouse


def test_the_script_makes_every_table_and_view_as_contracts_say(made):
    with connected(made.settings) as session:
        columns = read_state(session).columns
    for contract in GOLD.values():
        assert columns[contract.name] == [Found(c.name, redshift_type(c), not c.required) for c in contract.columns]
    for view in VIEWS:
        assert [found.name for found in columns[view.name]] == [column.name for column in view.columns]


def test_layout_and_comments_are_as_contracts_say(made, query):
    found = query("SELECT \"table\", diststyle, sortkey1 FROM svv_table_info WHERE schema = 'analytics'")
    laid = {table: (style, sort) for table, style, sort in found}
    assert laid["fact_orders"] == ("KEY(order_id)", "order_date")
    assert laid["daily_sales"] == ("ALL", "order_date")
    assert laid["dim_customers"] == ("AUTO(ALL)", "customer_id")
    remarks = dict(query("SELECT table_name, remarks FROM svv_tables WHERE table_schema = 'analytics'"))
    assert all("Grain: one row per" in remarks[name] for name in [*GOLD, *(view.name for view in VIEWS)])


def test_analysts_read_tables_and_views_also_later_ones_and_nothing_of_etl(made, redshift):
    with connected(made.settings) as session:
        session.run("CREATE USER ada PASSWORD 'Analyst-1'")
        session.run("GRANT ROLE analyst TO ada")
        session.run("CREATE TABLE analytics.later (a INTEGER)")
        session.run("CREATE VIEW analytics.later_view AS SELECT a FROM analytics.later")
    try:
        with logged_in(redshift, "ada", "Analyst-1") as ada:
            for name in ("orders", "sales_daily", "fact_orders", "later", "later_view"):
                assert ada.execute(f"SELECT count(*) FROM analytics.{name}").fetchone() == (0,)
            for refused in (
                "SELECT * FROM etl.releases",
                "DELETE FROM analytics.later",
                "CREATE TABLE analytics.x (a INT)",
            ):
                with pytest.raises(psycopg.Error, match="permission denied"):
                    ada.execute(refused)
    finally:
        with connected(made.settings) as session:
            session.run("REVOKE ROLE analyst FROM ada")
            session.run("DROP USER ada")


def test_a_load_makes_tables_and_views_itself_and_only_once(warehouse, query, tmp_path):
    gold = Gold(tmp_path)
    for contract in GOLD.values():
        gold.add(contract)
    warehouse = replace(warehouse, views=VIEWS)
    load(warehouse, gold)
    assert query("SELECT count(*) FROM analytics.orders") == [(0,)]
    assert query("SELECT count(*) FROM etl.definitions") == [(len(GOLD) + len(VIEWS),)]
    with connected(warehouse.settings) as session:
        plan = plan_changes(GOLD, VIEWS, read_state(session))
    assert (plan.before, plan.within, plan.news) == ((), (), ())


def test_a_changed_view_and_a_changed_layout_are_brought_in_by_the_next_load(warehouse, query, tmp_path):
    gold = Gold(tmp_path)
    for contract in GOLD.values():
        gold.add(contract)
    load(replace(warehouse, views=VIEWS), gold)
    # sales_weekly and sales_monthly are over this one: they make way for it, and come again.
    views = [replace(v, columns=_without(v, "is_weekend")) if v.name == "sales_daily" else v for v in VIEWS]
    laid = replace(GOLD["fact_orders"].serving, dist_key="customer_key", sort_key=("order_date", "order_id"))
    gold.contracts["gold.fact_orders"] = replace(GOLD["fact_orders"], serving=laid)
    load(replace(warehouse, views=views), gold)
    counted = "SELECT table_name, count(*) FROM svv_columns WHERE table_schema = 'analytics' GROUP BY 1"
    found = dict(query(counted))
    assert {name: found[name] for name in ("sales_daily", "sales_monthly")} == {
        view.name: len(view.columns) for view in views if view.name in ("sales_daily", "sales_monthly")
    }
    where = "WHERE schema = 'analytics' AND \"table\" = 'fact_orders'"
    assert query(f"SELECT diststyle, sortkey_num FROM svv_table_info {where}") == [("KEY(customer_key)", 2)]


def _without(view, name):
    left = type(view.columns)(column for column in view.columns if column.name != name)
    assert len(left) == len(view.columns) - 1
    return left


def test_the_command_prints_the_script_and_what_is_still_to_change(made, tmp_path, monkeypatch):
    printed = CliRunner().invoke(lakehouse, ["ddl", "--warehouse", "redshift"], catch_exceptions=False).output
    assert printed.count("CREATE VIEW") == len(VIEWS)
    environment(made.settings, tmp_path, monkeypatch)
    with connected(made.settings) as session:
        session.run("DROP VIEW analytics.orders CASCADE")
        session.run("ALTER TABLE analytics.dim_products DROP COLUMN brand CASCADE")
    printed = CliRunner().invoke(lakehouse, ["ddl", "--env", "stack", "--changes"], catch_exceptions=False).output
    assert 'ALTER TABLE "analytics"."dim_products" ADD COLUMN "brand" VARCHAR(400)' in printed
    assert 'CREATE VIEW "analytics"."orders"' in printed
    assert 'CREATE VIEW "analytics"."delivery_monthly"' in printed
    assert "-- The next load brings these whole: dim_products" in printed


def test_the_command_knows_what_is_left_out(warehouse, tmp_path, monkeypatch):
    gold = Gold(tmp_path)
    for contract in GOLD.values():
        gold.add(contract)
    load(replace(warehouse, views=VIEWS), gold)
    settings = warehouse.settings.model_copy(update={"leave_out": ("daily_channels",)})
    environment(settings, tmp_path, monkeypatch)
    printed = CliRunner().invoke(lakehouse, ["ddl", "--env", "stack"], catch_exceptions=False).output
    assert printed.count("CREATE VIEW") == len(VIEWS) - 1
    assert "daily_channels" not in printed
    printed = CliRunner().invoke(lakehouse, ["ddl", "--env", "stack", "--changes"], catch_exceptions=False).output
    drops = ['DROP VIEW "analytics"."channels_daily";', 'DROP TABLE "analytics"."daily_channels";']
    assert [line for line in printed.splitlines() if line.startswith("DROP")] == drops
    environment(settings.model_copy(update={"leave_out": ("dim_dates",)}), tmp_path, monkeypatch)
    with pytest.raises(SettingsError, match="found dim_dates, which daily_channels refers to"):
        CliRunner().invoke(lakehouse, ["ddl", "--env", "stack"], catch_exceptions=False)


def environment(settings, tmp_path, monkeypatch):
    """`stack`, whose warehouse is the one of these settings."""
    conf = tmp_path / "conf"
    if not conf.exists():
        conf.mkdir()
        (conf / "base.yaml").write_text("{}")
        for name in ("contracts", "views", "sources", "metrics.yaml"):
            (conf / name).symlink_to((conf_dir() / name).resolve())
    given = {"warehouse": "redshift", "redshift": settings.model_dump(mode="json", exclude_none=True)}
    (conf / "stack.yaml").write_text(json.dumps(given))
    monkeypatch.setenv("LAKEHOUSE_CONF", str(conf))
