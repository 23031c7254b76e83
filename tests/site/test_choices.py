"""What is chosen on a page: figures follow, the address keeps it, and comparisons without data are not made up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.site.conftest import LAST

pytestmark = pytest.mark.site


def test_quick_ranges_and_dates_change_the_figures_and_the_address(opened, shop):
    shown = opened("sales")
    shown.choose(lambda: shown.page.get_by_role("button", name="7 days").click())
    week = f"order_date > DATE '{LAST}' - 7"
    assert shown.tile("orders") == shop.one(f"SELECT sum(orders) FROM daily_sales WHERE {week}")
    first = LAST - timedelta(days=2)
    shown.choose(lambda: shown.page.locator("[name=from]").fill(str(first)))
    assert shown.tile("orders") == shop.one(f"SELECT sum(orders) FROM daily_sales WHERE order_date >= DATE '{first}'")
    assert f"from={first}" in shown.page.url
    shown.page.reload()
    shown.drawn()
    assert shown.tile("orders") == shop.one(f"SELECT sum(orders) FROM daily_sales WHERE order_date >= DATE '{first}'")
    shown.choose(lambda: shown.page.get_by_role("button", name="all").click())
    assert shown.tile("orders") == shop.one("SELECT sum(orders) FROM daily_sales")
    assert shown.page.locator("[name=grain]").input_value() == "month"


def test_a_state_is_chosen_by_keyboard(opened, shop):
    shown = opened("customers")
    place = shown.page.locator("[name=state]")
    place.focus()
    shown.choose(lambda: shown.page.keyboard.press("ArrowDown"))
    state = place.input_value()
    assert state == shop.one("SELECT min(state) FROM daily_customers")
    sql = f"SELECT sum(revenue) FROM daily_customers WHERE state = '{state}' AND order_date > DATE '{LAST}' - 90"
    assert shown.tile("segment_revenue") == float(shop.one(sql))


def test_a_figure_shows_another_metric_with_its_definition(opened):
    shown = opened("sales")
    figure = shown.page.locator("#trend")
    figure.locator("select").select_option("average_order_value")
    figure.locator(".definition", has_text="Average order value: revenue ÷ live orders").wait_for()
    assert shown.table("trend")[0][-1] == "Average order value"


def test_what_is_not_there_is_not_compared_with(opened):
    early = LAST - timedelta(days=459)
    shown = opened("sales", f"from={early}&to={early + timedelta(days=6)}&compare=year")
    assert "the days to compare with are not all there" in shown.page.locator("#chosen").inner_text()
    assert "nothing to compare with" in shown.page.locator("[data-metric=revenue]").inner_text()
    assert {line[1] for line in shown.table("trend")[1:]} == {"these days"}


def test_a_period_that_is_not_whole_says_so(opened):
    shown = opened("sales", f"from={LAST - timedelta(days=40)}&to={LAST}&grain=month&compare=none")
    labels = [line[0] for line in shown.table("trend")[1:]]
    assert labels == ["Oct 2026 (part)", "Nov 2026 (part)"]


def test_nonsense_in_the_address_is_passed_over(opened):
    shown = opened("sales", "from=yesterday&to=2099-01-01&grain=century&compare=x&state=x")
    assert shown.troubles == []
    assert shown.page.locator("[name=to]").input_value() == str(LAST)
