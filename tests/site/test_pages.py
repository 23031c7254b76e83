"""Every page opens from a folder, whole, without an error, for every eye and hand."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, time, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.site.conftest import LAST, PAGES

pytestmark = pytest.mark.site

# Numbers all that a keyboard should reach, and counts it.
NUMBERED = """[...document.querySelectorAll("a[href], button, select, input, summary, [tabindex='0']")]
    .filter(one => one.checkVisibility()).map((one, n) => one.dataset.n = n).length"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_renders_without_errors_and_without_a_network(opened, name):
    shown = opened(name)
    assert shown.troubles == []
    for figure in shown.page.locator("figure[data-figure]").all():
        about = figure.get_attribute("data-figure")
        empty = figure.locator(".empty").is_visible()
        assert empty or figure.locator("svg, table").count(), about
        assert figure.locator("h2").inner_text(), about
        source = "as of " if name == "quality" else "release 1"
        assert source in figure.locator(".source").inner_text().lower(), about
        assert empty or len(figure.locator(".definition").inner_text()) > 10, about
    assert shown.page.title()
    assert shown.page.locator("h1").count() == 1


def test_only_the_quality_page_may_have_nothing_to_show(opened):
    for name in PAGES[:-1]:
        empty = [one for one in opened(name).page.locator(".empty").all() if one.is_visible()]
        assert not empty, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(opened, name, scheme):
    shown = opened(name, scheme=scheme)
    shown.page.evaluate("document.querySelectorAll('figure details').forEach(one => { one.open = true; })")
    filled = "() => [...document.querySelectorAll('figure table')].every(one => one.rows.length)"
    shown.page.wait_for_function(filled)
    found = Axe().run(shown.page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_scrolls_down_only(opened, name):
    shown = opened(name, width=360)
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 360
    beyond = "all => all.filter(one => one.getBoundingClientRect().right > 361).length"
    assert shown.page.locator("figure svg").evaluate_all(beyond) == 0


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_reaches_everything(opened, name):
    shown = opened(name)
    # What a closed details hides is not visible; a date field is several stops.
    wanted = shown.page.evaluate(NUMBERED)
    reached = set()
    for _ in range(wanted * 3 + 20):
        shown.page.keyboard.press("Tab")
        reached.add(shown.page.evaluate("document.activeElement.dataset.n ?? null"))
        if len(reached - {None}) == wanted:
            break
    assert len(reached - {None}) == wanted
    outline = shown.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_the_skip_link_comes_first_and_leads_to_the_figures(opened):
    page = opened("sales").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the figures"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


@pytest.mark.parametrize(
    ("days", "verdict", "says", "first"),
    [
        (1, "good", "Yes: every check passed", "All is well."),
        (2, "good", "Yes: every check passed", "All is well."),
        (
            5,
            "care",
            "With care: these figures are old",
            "⚠ The newest day of these figures is 5 days ago",
        ),
    ],
)
def test_a_page_that_no_run_has_written_anew_says_so_itself(browser, shop, tmp_path, days, verdict, says, first):
    """Nobody else would: where runs have stopped, the page of the last one stays."""
    site = shop.home / "reports" / "site"
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    page = (copy / "index.html").read_text().replace("card verdict care", "card verdict good")
    page = re.sub(r"With care: not all is as it should be", "Yes: every check passed", page)
    page = re.sub(r"<li>⚠ .*?</li>", "<li>All is well.</li>", page)
    (copy / "index.html").write_text(page)
    shown = browser.new_page()
    shown.clock.set_fixed_time(datetime.combine(LAST + timedelta(days=days), time(8), UTC))
    shown.goto((copy / "index.html").as_uri())
    shown.wait_for_function("Number(document.documentElement.dataset.drawn) >= 1")
    assert verdict in shown.locator(".verdict").get_attribute("class")
    assert shown.locator(".verdict .says").inner_text() == says
    assert shown.locator(".verdict li").first.inner_text().startswith(first)
    assert shown.locator("#age").inner_text() == ("up to date" if days < 2 else f"{days} days old")
    shown.close()


def test_the_theme_is_switched_and_kept(opened):
    shown = opened("sales")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = shown.page.evaluate(ground)
    shown.page.get_by_role("button", name="Light / dark").press("Enter")
    dark = shown.page.evaluate(ground)
    assert dark != light
    shown.page.goto(shown.page.url.replace("sales", "payments"))
    assert shown.page.evaluate(ground) == dark


def test_pages_lead_to_each_other(opened):
    shown = opened("index")
    links = shown.page.get_by_role("navigation").get_by_role("link")
    names = [link.get_attribute("href") for link in links.all()]
    assert names == [f"{name}.html" for name in PAGES]
    links.nth(1).click()
    assert shown.page.locator("nav a[aria-current=page]").inner_text() == "Sales"


def test_what_a_shop_calls_its_products_is_text_and_no_more(opened):
    shown = opened("products")
    assert shown.troubles == []
    assert shown.page.locator("img").count() == 0
