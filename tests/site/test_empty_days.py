"""Days, weeks and months that nothing is of keep their place; those that did not land are no zeros."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

from spark_app.report.cube import EPOCH
from tests.site.conftest import LAST, Shop

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def gappy(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The same shop, two days of whose last week did not land."""
    home = tmp_path_factory.mktemp("gappy")
    shutil.copytree(shop.home / "reports", home / "reports")
    missing = [(LAST - timedelta(days=back) - EPOCH).days for back in (4, 3)]
    for page in (home / "reports/site").glob("*.html"):
        page.write_text(page.read_text().replace('"missing":[]', f'"missing":{missing}'))
    return Shop(home)


def test_a_day_that_did_not_land_has_no_figure(opened, gappy):
    shown = opened("sales", f"from={LAST - timedelta(days=6)}&to={LAST}&grain=day&compare=none", of=gappy)
    found = {line[0]: line[-1] for line in shown.table("trend")[1:]}
    assert [name for name, value in found.items() if value == "–"] == [
        "Wed 18 Nov 2026 (not landed)",
        "Thu 19 Nov 2026 (not landed)",
    ]
    assert "(7 days, 2 of which did not land)" in shown.page.locator("#chosen").inner_text()
    tile = shown.page.locator("[data-metric=revenue]")
    assert tile.locator(".unripe").inner_text() == "Not judged: 2 of these days did not land."
    assert tile.locator(".good, .bad").count() == 0
    assert shown.troubles == []


def test_a_week_of_which_days_did_not_land_says_so(opened, gappy):
    shown = opened("payments", f"from={LAST - timedelta(days=13)}&to={LAST}&grain=week&compare=none", of=gappy)
    assert [line[0] for line in shown.table("trend")[1:]] == [
        "week of 9 Nov 2026",
        "week of 16 Nov 2026 (2 of 7 days not landed)",
    ]
    assert "week of 16 Nov 2026 (2 of 7 days not landed)" in {line[0] for line in shown.table("methods_over_time")[1:]}


def test_every_weekday_has_its_place(opened):
    shown = opened("sales", f"from={LAST - timedelta(days=2)}&to={LAST}&compare=none")
    found = {line[0]: line[1] for line in shown.table("weekday")[1:]}
    assert list(found) == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert [name for name, value in found.items() if value == "–"] == ["Mon", "Tue", "Wed", "Thu"]


def test_every_month_has_its_place_also_without_a_sale_of_a_kind(opened, shop):
    """The rarest category is not sold in every month."""
    [(rare,)] = shop.ask("SELECT category FROM daily_products GROUP BY 1 ORDER BY sum(items), 1 LIMIT 1")
    shown = opened("products", f"from={LAST - timedelta(days=459)}&to={LAST}&grain=month&compare=none&category={rare}")
    months = [line[0] for line in shown.table("over_time")[1:]]
    assert len(months) == 16
    assert (months[0], months[-1]) == ("Aug 2025 (part)", "Nov 2026 (part)")


def test_a_day_alone_is_a_point(opened):
    """A line of one day is none."""
    shown = opened("sales", f"from={LAST}&to={LAST}&grain=day&compare=none")
    points = shown.page.locator("#trend .mark-symbol.role-mark path").evaluate_all(
        "all => all.filter(one => Number(getComputedStyle(one).opacity) > 0).length"
    )
    assert points == 1
