"""The guide's queries: their answers are the demo's, on DuckDB and, as an analyst, on Redshift's stand-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser
from redshift_standin import Standin, start
from superset_assets.answers import Answer, answered, in_duckdb
from superset_assets.queries import GUIDE, PAGES

from spark_app.contracts.load import load_contracts
from spark_app.contracts.views import load_views
from tests.support.chromium import keep_picture
from tests.support.demo_shop import into_redshift
from tests.support.standin import logged_in

pytestmark = pytest.mark.superset

VIEWS = load_views(load_contracts())
MORNING = datetime(2024, 3, 1, 8, tzinfo=UTC)  # after the demo's last day
_STALE = "answers are stale: make guide (after make demo), and look at what changed"


@pytest.fixture(scope="module")
def redshift(warehouse: Path) -> Iterator[Standin]:
    with start(s3_endpoint="http://127.0.0.1:1") as standin:
        into_redshift(warehouse, standin, "ada", "Analyst-1")
        yield standin


@pytest.fixture
def analyst(redshift: Standin) -> Iterator[psycopg.Connection]:
    """A session of somebody with the role `analyst` and no other rights."""
    with logged_in(redshift, "ada", "Analyst-1") as session:
        session.execute("SET search_path TO analytics")
        yield session


@pytest.mark.parametrize("name", ["index", "quality"])
def test_the_pages_that_the_guide_shows(browser: Browser, demo: Path, name: str) -> None:
    page = browser.new_page()
    page.clock.set_fixed_time(MORNING)
    page.goto((demo / "reports" / "site" / f"{name}.html").as_uri())
    page.wait_for_function("Number(document.documentElement.dataset.drawn) >= 1", timeout=120_000)
    assert "Can it be trusted?" in page.content()
    keep_picture(page, f"site-{name}", width=1280)
    page.close()


@pytest.mark.parametrize("page", PAGES)
def test_answers_are_the_demos(warehouse: Path, page: str) -> None:
    written = (GUIDE / page).read_text(encoding="utf-8")
    assert written.count("```sql") >= 10
    assert answered(written, in_duckdb(warehouse)) == written, _STALE


@pytest.mark.parametrize("page", PAGES)
def test_redshift_gives_the_same_answers_to_an_analyst(analyst: psycopg.Connection, page: str) -> None:
    def ask(sql: str) -> Answer:
        found = analyst.execute(sql)
        return [column.name for column in found.description or ()], found.fetchall()

    written = (GUIDE / page).read_text(encoding="utf-8")
    assert answered(written, ask) == written


def test_an_analyst_of_redshift_reads_what_every_column_is(analyst: psycopg.Connection) -> None:
    rows = analyst.execute(
        "SELECT c.relname, a.attname, d.description FROM pg_catalog.pg_class AS c "
        "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
        "JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 "
        "LEFT JOIN pg_catalog.pg_description AS d ON d.objoid = c.oid AND d.objsubid = a.attnum "
        "WHERE n.nspname = 'analytics' AND c.relkind = 'v'"
    ).fetchall()
    described = {(view.name, column.name): column.description for view in VIEWS for column in view.columns}
    assert {(view, column): text for view, column, text in rows} == described


@pytest.mark.parametrize(
    "refused",
    ["SELECT * FROM etl.releases", "DELETE FROM analytics.fact_orders", "CREATE TABLE analytics.mine (a INTEGER)"],
)
def test_an_analyst_only_reads(analyst: psycopg.Connection, refused: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        analyst.execute(refused)


def test_the_query_of_a_wrong_number_runs(warehouse: Path) -> None:
    sql = re.findall(r"```sql\n(.*?)```", (GUIDE / "wrong-number.md").read_text(encoding="utf-8"), re.DOTALL)
    assert [len(list(in_duckdb(warehouse)(one)[1])) for one in sql] == [1]
