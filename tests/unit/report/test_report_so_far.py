"""The day that is running, on the morning page: as of when, with what figures, and what is said of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from spark_app.cli import lakehouse
from spark_app.lake import log, writes
from spark_app.report import site
from spark_app.report.data import RunningDay
from spark_app.report.so_far import so_far, title_of
from spark_app.runtime.record import RunRecord
from tests.support.nights import CONTRACTS, LAST, Night, started

DAYS = "gold.landed_days"
BEFORE = LAST - timedelta(days=1)
AT = datetime(2026, 11, 22, 14, 32, tzinfo=UTC)


def shown(night: Night, complete_to: date) -> dict[str, str]:
    """The site of a release of which nights have completed the days to that one."""
    night.takes_in()
    writes.create(night.lake.table(DAYS), CONTRACTS[DAYS].columns)
    writes.advance(night.lake.table(DAYS), log.note_text("r", {}, **{log.COMPLETE_TO: complete_to.isoformat()}))
    night.tallies(LAST, landed=40, rows_quarantined=3)
    night.releases("intraday", run="at-noon")
    record = RunRecord("watch", run_id="at-noon", started_at=AT)
    with night.opened(publishing=record) as data:
        return {name: " ".join(text.split()) for name, text in site.render(data).items() if name.endswith(".html")}


def test_what_is_known_stands_above_the_last_whole_day(tmp_path: Path) -> None:
    night = started(tmp_path)
    pages = shown(night, BEFORE)
    assert "<h2>Today so far, as of 14:32 (UTC)</h2>" in pages["index.html"]
    assert "nothing of it is judged until its night" in pages["index.html"]
    assert "3 of 40 rows of its drops cannot be used and are set aside" in pages["index.html"]
    assert "<h1>Sat 21 Nov 2026</h1>" in pages["index.html"]
    for text in pages.values():
        assert "Days to Sat 21 Nov 2026" in text
        assert "of Sun 22 Nov 2026, which is not over, there is only" in text
        assert "landed without a single order" not in text


def test_its_figures_are_those_of_gold_and_no_other_page_has_its_rows(tmp_path: Path) -> None:
    night = started(tmp_path)
    shown(night, BEFORE)
    with night.opened() as data:
        [there] = data.rows(f"SELECT orders, revenue FROM _daily_sales WHERE order_date = DATE '{LAST}'")
        found = so_far(data, ("revenue", "orders", "cancellation_rate"))
        assert found is not None
        assert {one.metric.name: one.value for one in found.figures} == there, "a rate of so few orders says nothing"
        margin = so_far(data, ("gross_margin", "cost_known", "margin_rate"))
        assert margin is not None
        assert [one.metric.name for one in margin.figures] == ["gross_margin", "cost_known"]
        assert data.last == BEFORE
        for table in ("daily_sales", "fact_orders", "sales_daily", "orders"):
            assert data.rows(f"SELECT max(order_date) AS last FROM {table}") == [{"last": BEFORE}]


def test_status_tells_it_from_the_days_that_are_over(tmp_path: Path) -> None:
    night = started(tmp_path)
    shown(night, BEFORE)
    said = CliRunner().invoke(lakehouse, ["status", "--home", str(tmp_path)], catch_exceptions=False).output
    assert f"days to {BEFORE}, and {LAST} so far" in said


def test_where_every_day_is_over_there_is_no_such_day(tmp_path: Path) -> None:
    pages = shown(started(tmp_path), LAST)
    assert "so far, as of" not in pages["index.html"]
    assert "<h1>Sun 22 Nov 2026</h1>" in pages["index.html"]


def test_a_shop_of_which_no_day_is_over_is_shown_so_far(tmp_path: Path) -> None:
    pages = shown(started(tmp_path), date.min)
    assert "Today so far, as of 14:32" in pages["index.html"]
    assert "<h1>Sun 22 Nov 2026</h1>" in pages["index.html"]


@pytest.mark.parametrize(
    ("zone", "as_of", "title"),
    [
        ("Europe/Berlin", AT, "Today so far, as of 15:32 (Europe/Berlin)"),
        ("UTC", AT + timedelta(hours=10), "Sun 22 Nov 2026 so far, as of Mon 23 Nov 2026, 00:32 (UTC): its night is"),
    ],
)
def test_today_is_the_shops(zone: str, as_of: datetime, title: str) -> None:
    assert title_of(RunningDay(LAST, as_of), zone).startswith(title)
