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


def test_each_days_name_is_its_own_also_of_those_compared_with(opened):
    first = LAST - timedelta(days=1)
    shown = opened("sales", f"from={first}&to={LAST}&grain=day&compare=year")
    names = [line[:2] for line in shown.table("trend")[1:]]
    assert names == [
        ["Sat 21 Nov 2026", "these days"],
        ["Sun 22 Nov 2026", "these days"],
        ["Sat 22 Nov 2025", "a year before"],
        ["Sun 23 Nov 2025", "a year before"],
    ]


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ("from=2026-10-05&to=2026-10-18&grain=week&compare=week", ["week of 28 Sep 2026", "week of 5 Oct 2026"]),
        ("from=2026-10-05&to=2026-10-18&grain=week&compare=year", ["week of 6 Oct 2025", "week of 13 Oct 2025"]),
        ("from=2026-10-01&to=2026-11-22&grain=month&compare=year", ["Oct 2025", "Nov 2025 (part)"]),
        # The days just before a month are of two months.
        ("from=2026-10-01&to=2026-10-31&grain=month&compare=before", ["Mon 31 Aug 2026 to Wed 30 Sep 2026"]),
    ],
)
def test_each_period_compared_with_has_its_own_name(opened, chosen, names):
    lines = opened("sales", chosen).table("trend")[1:]
    assert [line[0] for line in lines if line[1] != "these days"] == names


def test_what_a_filter_does_not_reach_says_so(opened, shop):
    """Tiles and figures that come ready with the page as well as those drawn from a cube."""
    shown = opened("customers", "state=RJ")
    said = "Not narrowed by state."
    tile = shown.page.locator("[data-metric=returning_customers]")
    assert tile.locator(".unfiltered").inner_text() == said
    asked = shop.one(f"SELECT sum(returning_customers) FROM daily_sales WHERE order_date > DATE '{LAST}' - 90")
    assert shown.tile("returning_customers") == asked
    for figure in ("trend", "gender", "age", "came_back", "lifetime"):
        assert shown.page.locator(f"#{figure} .unfiltered").inner_text() == said, figure
    for place in ("#state", "#states_over_time", "[data-metric=segment_revenue]"):
        assert not shown.page.locator(f"{place} .unfiltered").is_visible(), place
    shown.choose(lambda: shown.page.locator("[name=state]").select_option(""))
    assert not [one for one in shown.page.locator(".unfiltered").all() if one.is_visible()]


@pytest.mark.parametrize("name", ["customers", "payments", "products", "delivery"])
def test_every_figure_follows_each_filter_or_says_that_it_does_not(opened, name):
    """Of each filter's words the rarest: what does not change with it, and does not say so, ignores it."""
    shown = opened(name)
    for place in shown.page.locator("form.filters label select").all():
        column = place.get_attribute("name")
        if column in ("grain", "compare"):
            continue
        whole = figures_of(shown)
        word = place.locator("option").last.evaluate("option => option.value")
        shown.choose(lambda place=place, word=word: place.select_option(word))
        narrowed = figures_of(shown)
        for figure, (said, text) in narrowed.items():
            assert (text == whole[figure][1]) == bool(said), (column, word, figure, said)
        shown.choose(lambda place=place: place.select_option(""))


def figures_of(shown):
    """Tile or figure → what it says it ignores, and what it shows."""
    found = {}
    for tile in shown.page.locator("[data-tile]").all():
        found[tile.get_attribute("data-metric")] = (tile, tile.locator(".value").get_attribute("data-value"))
    for figure in shown.page.locator("figure[data-figure]").all():
        name = figure.get_attribute("id")
        found[name] = (figure, str(shown.table(name)))
    return {
        name: (place.locator(".unfiltered").inner_text() if place.locator(".unfiltered").is_visible() else "", text)
        for name, (place, text) in found.items()
    }
