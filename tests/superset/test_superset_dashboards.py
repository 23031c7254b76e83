"""The dashboards in a real Superset and a real Chromium: every chart is drawn, and numbers equal the warehouse's."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from boards import big_number, keep_picture, open_dashboard, wait_until_drawn
from playwright.sync_api import Page
from superset_assets.dashboards import Chart, Dashboard, load_dashboards
from superset_assets.datasets import FORMATS

from spark_app.contracts.load import load_contracts
from spark_app.contracts.metrics import load_metrics
from spark_app.contracts.views import load_views

pytestmark = pytest.mark.superset

VIEWS = {view.name: view for view in load_views(load_contracts())}
DASHBOARDS = {one.name: one for one in load_dashboards(load_metrics(VIEWS.values()), VIEWS)}
# What a number is rounded to where it is shown.
STEPS = {",.2f": 0.005, ",d": 0.5, ".1%": 0.0005, ",.1f": 0.05, ".2f": 0.005}


def figure(warehouse: Path, chart: Chart, where: str = "TRUE") -> float:
    """What a tile should show, by the metric's SQL."""
    if chart.kind == "last_day":
        where = f"{chart.day} = (SELECT MAX({chart.day}) FROM analytics.{chart.view.name})"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        row = connection.execute(f"SELECT {chart.metrics[0].sql} FROM analytics.{chart.view.name} WHERE {where}")
        return float(row.fetchone()[0])


def compare(page: Page, warehouse: Path, tiles: list[Chart], where: str = "TRUE") -> None:
    """Hold tiles of the open dashboard against the warehouse."""
    assert tiles
    for chart in tiles:
        step = STEPS[FORMATS[chart.metrics[0].unit]]
        assert big_number(page, chart) == pytest.approx(figure(warehouse, chart, where), abs=step * 1.01), chart.name


def tiles_of(dashboard: Dashboard) -> list[Chart]:
    return [chart for chart in dashboard.charts if chart.kind in ("last_day", "number")]


@pytest.mark.parametrize("name", sorted(DASHBOARDS))
def test_every_chart_is_drawn_and_numbers_equal_the_warehouse(page: Page, warehouse: Path, name: str) -> None:
    open_dashboard(page, DASHBOARDS[name])
    compare(page, warehouse, tiles_of(DASHBOARDS[name]))
    keep_picture(page, name)


def test_a_state_may_be_chosen(page: Page, warehouse: Path) -> None:
    customers = DASHBOARDS["customers"]
    open_dashboard(page, customers)
    before = big_number(page, customers.charts[1])
    choose(page, "Place", "CA, US")
    with page.expect_response(lambda answer: "/api/v1/chart/data" in answer.url):
        page.locator('[data-test="filter-bar__apply-button"]').click()
    wait_until_drawn(page, customers)
    by_place = [chart for chart in tiles_of(customers) if "place" in {column.name for column in chart.view.columns}]
    compare(page, warehouse, by_place, "place = 'CA, US'")
    # As the dashboard's description says.
    compare(page, warehouse, [chart for chart in tiles_of(customers) if chart not in by_place])
    assert big_number(page, customers.charts[1]) < before
    keep_picture(page, "customers-in-ca")


def choose(page: Page, filter_name: str, value: str) -> None:
    """Take a value in a filter of the bar on the left."""
    named = page.locator('[data-test="filter-control-name"]').filter(has_text=filter_name).first
    control = named.locator("xpath=ancestor::*[.//*[@data-test='form-item-value']][1]").locator(".ant-select").first
    control.click()
    page.keyboard.type(value)
    page.locator(f'.ant-select-item-option[title="{value}"]').first.click()
    page.keyboard.press("Escape")


def test_reading_leaves_the_warehouse_free_for_the_next_release(page: Page, warehouse: Path) -> None:
    open_dashboard(page, DASHBOARDS["delivery"])
    with duckdb.connect(str(warehouse)) as writer:
        writer.execute("CREATE TABLE etl.written (a INTEGER)")
        writer.execute("DROP TABLE etl.written")


def test_an_analyst_reads_dashboards_and_may_not_change_them(analyst: Page, warehouse: Path) -> None:
    open_dashboard(analyst, DASHBOARDS["sales"])
    compare(analyst, warehouse, tiles_of(DASHBOARDS["sales"]))
    assert analyst.get_by_text("Edit dashboard").count() == 0
