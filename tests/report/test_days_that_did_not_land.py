"""A day that never landed is not a day without orders: in words, in comparisons, in charts and in a run's summary."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

from spark_app.cli.queries import last_days
from spark_app.lake import releases
from spark_app.report import morning
from spark_app.report.site import render
from spark_app.report.trust import trust
from tests.support.nights import CONTRACTS, DAYS, LAST, Night, started

BEFORE, WEEK = LAST - timedelta(days=1), LAST - timedelta(days=7)


def sold_nothing(night: Night, *days: date) -> None:
    """Take the days' rows out of what pages read of them."""
    listed = ", ".join(f"'{day}'" for day in days)
    for name in ("daily_sales", "daily_customers", "fact_orders"):
        DeltaTable(night.lake.table(f"gold.{name}").path).delete(f"order_date IN ({listed})")


def night_without(root: Path, *days: date, lacking: dict[str, list[date]] | None = None) -> Night:
    night = started(root)
    sold_nothing(night, *days)
    night.takes_in(lacking=lacking)
    night.releases()
    return night


def texts(night: Night) -> list[str]:
    with night.opened() as data:
        return [f"{check.state}: {check.text}" for check in trust(data).checks]


def test_a_day_that_did_not_land_is_said_and_is_no_zero(tmp_path: Path) -> None:
    night = night_without(tmp_path, BEFORE, WEEK, lacking={"orders": [BEFORE, WEEK]})
    assert "care: Not landed, so that their figures are not known: Sat 21 Nov 2026." in texts(night)
    with night.opened() as data:
        page = morning.page(data)
        text = render(data)["index.html"]
    tiles: list[Any] = page.more["tiles"]
    assert tiles[0].unknown == ("the day before", "a week before")
    assert [value for _, _, value in tiles[0].against] == [None, None]
    weeks = {row["label"]: (row["value"], row["state"]) for row in page.figures["weeks"].values}
    assert weeks["Sat 21 Nov 2026"] == (None, "not landed")
    assert "the day before did not land; a week before did not land." in text
    assert "<li>a week before: not landed</li>" in text
    assert "Of the last 14 days 2 did not land." in text


def test_a_day_without_orders_is_zero_and_said(tmp_path: Path) -> None:
    night = night_without(tmp_path, BEFORE)
    assert "care: Not one order, though files landed: Sat 21 Nov 2026." in texts(night)
    with night.opened() as data:
        page = morning.page(data)
    tiles: list[Any] = page.more["tiles"]
    by_name = {tile.metric.name: tile.against[0][2] for tile in tiles}
    assert (by_name["revenue"], by_name["orders"], by_name["average_order_value"]) == (0, 0, None)
    weeks = {row["label"]: (row["value"], row["state"]) for row in page.figures["weeks"].values}
    assert weeks["Sat 21 Nov 2026"] == (0, "no orders")


def test_the_last_day_without_orders_is_the_day_shown(tmp_path: Path) -> None:
    night = night_without(tmp_path, LAST)
    with night.opened() as data:
        assert data.last == LAST
        assert "Revenue was <strong>$0.00</strong>" in render(data)["index.html"]


def test_a_last_day_whose_orders_did_not_land_has_no_revenue(tmp_path: Path) -> None:
    night = night_without(tmp_path, LAST, lacking={"orders": [LAST]})
    with night.opened() as data:
        assert data.last == LAST
        text = render(data)["index.html"]
    assert "What was sold on this day is not known: its orders did not land." in text
    assert "Revenue was" not in text


def test_weeks_without_orders_are_bad(tmp_path: Path) -> None:
    week = [LAST - timedelta(days=back) for back in range(7)]
    night = night_without(tmp_path, *week)
    assert any(text.startswith("bad: Not one order, though files landed: Mon 16 Nov 2026, ") for text in texts(night))


def test_more_quiet_days_are_told_beside_the_last_sale(tmp_path: Path) -> None:
    quiet = [LAST - timedelta(days=back) for back in range(9)]
    night = night_without(tmp_path, *quiet)
    with night.opened() as data:
        assert data.last == LAST - timedelta(days=9)
    said = "bad: 9 days after Fri 13 Nov 2026, to Sun 22 Nov 2026, landed without a single order."
    assert said in texts(night)


def test_another_daily_entity_that_did_not_land_is_named(tmp_path: Path) -> None:
    night = night_without(tmp_path, date(2000, 1, 1), lacking={"order_items": [BEFORE]})
    assert "care: Without a drop of order_items: Sat 21 Nov 2026." in texts(night)


def test_orders_without_revenue_are_told(tmp_path: Path) -> None:
    night = started(tmp_path)
    DeltaTable(night.lake.table("gold.daily_sales").path).update(
        updates={"revenue": "0"}, predicate=f"order_date = '{BEFORE}'"
    )
    night.takes_in()
    night.releases()
    assert "care: Orders, but no revenue: Sat 21 Nov 2026." in texts(night)


def test_a_day_that_was_withheld_is_not_the_day_shown(tmp_path: Path) -> None:
    night = started(tmp_path)
    night.takes_in(DAYS)
    night.releases()
    night.takes_in([LAST + timedelta(days=1)], run="run-2")  # and no release follows
    with night.opened() as data:
        assert (data.last, data.landed) == (LAST, LAST)


def test_the_summary_of_a_run_says_why_a_day_has_no_figures(tmp_path: Path) -> None:
    night = night_without(tmp_path, BEFORE, WEEK, lacking={"orders": [WEEK]})
    latest, before, week = last_days(night.lake, releases.latest(night.lake), CONTRACTS)
    assert (latest.day, latest.why) == (LAST, "")
    assert (before.why, before.figures["revenue"], before.figures["average_order_value"]) == ("without orders", 0, None)
    assert (week.why, dict(week.figures)) == ("not landed", {})
