"""What a live order is, said once: to Spark, to DuckDB, in views and in contracts."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from spark_app.contracts.live_orders import LIVE_SQL, NOT_LIVE, with_not_live
from spark_app.contracts.load import load_contracts
from spark_app.contracts.views import load_views

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(("status", "live"), [("delivered", True), ("returned", True), *((s, False) for s in NOT_LIVE)])
def test_an_order_is_live_by_its_status(status: str, live: bool) -> None:
    sql = f"SELECT {LIVE_SQL} FROM (SELECT '{status}' AS order_status)"
    assert duckdb.execute(sql).fetchone() == (live,)


def test_views_and_contracts_have_it_from_here() -> None:
    contracts = load_contracts()
    [orders] = [view for view in load_views(contracts) if view.name == "orders"]
    [is_live] = [column.sql for column in orders.columns if column.name == "is_live"]
    assert is_live == "\"o\".\"order_status\" NOT IN ('canceled', 'unavailable')"
    [rule] = [rule for rule in contracts["gold.fact_orders"].rules if rule.name == "first orders are live"]
    assert LIVE_SQL in rule.passes


def test_a_text_without_the_place_stays() -> None:
    assert with_not_live("order_status = 'paid'") == "order_status = 'paid'"


def test_nobody_says_it_a_second_time() -> None:
    """In code that makes figures; a shop's own files and statuses in a contract's list are something else."""
    listed = "'canceled', 'unavailable')"
    files = [*(ROOT / "conf").rglob("*.yaml"), *(ROOT / "spark_app").rglob("*.py")]
    found = {str(path.relative_to(ROOT)) for path in files if listed in path.read_text()}
    assert found <= {"spark_app/shops/olist_drops.py"}
