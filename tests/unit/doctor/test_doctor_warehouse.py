"""What doctor says of the warehouse."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.contracts.views import load_views
from spark_app.doctor.warehouse import warehouse_line
from spark_app.runtime.settings import load_settings
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


def test_doctors_line_says_what_the_warehouse_is(gold):
    house = load(gold)
    assert warehouse_line(load_settings("local"), house) == "duckdb: release 1"


def test_doctors_line_says_which_loader_brings_releases_into_redshift(gold, tmp_path, monkeypatch):
    (tmp_path / "base.yaml").write_text("{}")
    text = "warehouse: redshift\nredshift: {host: rs.example.com, user: loader, temp: 's3://b/t', loader: connector}\n"
    (tmp_path / "shop.yaml").write_text(text)
    monkeypatch.setenv("LAKEHOUSE_CONF", str(tmp_path))
    line = warehouse_line(load_settings("shop"), load(gold))
    assert line == (
        "redshift rs.example.com:5439/dev: release 1; loader connector: Spark's connector for Redshift, "
        "by way of s3://b/t"
    )


def test_doctors_line_says_what_redshift_is_left_without(gold, tmp_path, monkeypatch):
    (tmp_path / "base.yaml").write_text("{}")
    text = "warehouse: redshift\nredshift: {host: h, user: u, temp: 's3://b/t', leave_out: [daily_products]}\n"
    (tmp_path / "shop.yaml").write_text(text)
    house = load(gold)
    monkeypatch.setenv("LAKEHOUSE_CONF", str(tmp_path))
    line = warehouse_line(load_settings("shop"), house, VIEWS)
    assert line.endswith("; left out: daily_products (with views products_daily, products_monthly)")
