"""Dashboards in the browser: opened, awaited, read."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, Request, Response, expect
from superset_assets.dashboards import Chart, Dashboard

from tests.support import chromium

_TRIES = 3


def open_dashboard(page: Page, dashboard: Dashboard) -> None:
    """Open it and wait until every chart is drawn; AssertionError says which query or chart failed."""
    for _ in range(_TRIES):
        failed = _opened(page, dashboard)
        # Chromium drops what is under way when a network interface of the machine comes or goes.
        if not any("ERR_NETWORK_CHANGED" in one for one in failed):
            break
    failed += page.locator(".ant-alert-error").all_inner_texts()
    assert not failed, "\n".join(failed)


def _opened(page: Page, dashboard: Dashboard) -> list[str]:
    """What went wrong while it was opened."""
    wrong: list[str] = []

    def answered(response: Response) -> None:
        if response.status >= 400:
            wrong.append(f"{response.status} {response.url}: {response.text()[:400]}")

    def dropped(request: Request) -> None:
        # What Superset asks of the web is kept from leaving; what a page asked for that was left is cut off.
        if "//127.0.0.1" in request.url and "ERR_ABORTED" not in str(request.failure):
            wrong.append(f"{request.failure} {request.url}")

    page.on("response", answered)
    page.on("requestfailed", dropped)
    page.goto(f"/superset/dashboard/{dashboard.name}/")
    page.locator(".grid-container").wait_for()
    # Charts are drawn as they come into view: one window that holds them all.
    page.set_viewport_size({"width": 1400, "height": 2600})
    try:
        wait_until_drawn(page, dashboard)
    except AssertionError as error:
        wrong.append(str(error))
    page.remove_listener("response", answered)
    page.remove_listener("requestfailed", dropped)
    return wrong


def wait_until_drawn(page: Page, dashboard: Dashboard) -> None:
    """Every chart is there, none is loading, and each shows something."""
    expect(page.locator('[data-test="chart-grid-component"]')).to_have_count(len(dashboard.charts), timeout=240_000)
    expect(page.locator('[data-test="dashboard-content-wrapper"] [data-test="loading-indicator"]')).to_have_count(
        0, timeout=240_000
    )
    for chart in dashboard.charts:
        drawn = tile(page, chart).locator("canvas, table, .header-line, svg.superset-chart").first
        expect(drawn, f"{dashboard.name}: {chart.title}").to_be_visible(timeout=120_000)


def tile(page: Page, chart: Chart) -> Locator:
    """The chart's place on the open dashboard."""
    kinds = {
        "last_day": "big_number",
        "number": "big_number",
        "share": "pie",
        "table": "table",
        "grid": "pivot_table_v2",
    }
    kind = kinds.get(chart.kind)
    of_kind = f'[data-test-viz-type="{kind}"]' if kind else '[data-test-viz-type^="echarts"]'
    return page.locator(f'{of_kind}[data-test-chart-name="{chart.title}"]')


def big_number(page: Page, chart: Chart) -> float:
    """The number that a tile shows; a share as a part of 1."""
    text = tile(page, chart).locator(".header-line").inner_text()
    value = float(re.sub(r"[^0-9.\-]", "", text))
    return value / 100 if "%" in text else value


def keep_picture(page: Page, name: str) -> None:
    """A picture of a dashboard for the docs."""
    chromium.keep_picture(page, f"superset-{name}", width=1400)
