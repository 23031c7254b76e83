"""The page of costs: there only where runs have bills, and what it says then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.costs.loads import load_step
from spark_app.costs.reads import TableReads, keep_look
from spark_app.report import cost
from spark_app.report.data import ReportData, open_release
from spark_app.report.page import Page
from spark_app.report.site import render
from tests.support.gold_shop import make_gold
from tests.support.ops_rows import put
from tests.support.small_lakes import Gold

LAST = date(2026, 11, 22)
TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)
D = Decimal


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Gold:
    """Two nights: 0.60 yesterday with two days, 0.20 today with one."""
    made = make_gold(tmp_path_factory.mktemp("shop"), days=10, customers=20, orders=200, last=LAST)
    made.release()
    run = {"command": "run", "landed_days": 1, "released": True, "billed_by": "machine"}
    put(made.lake.table("ops.bills"), [{**run, "run_id": "r1", "day": YESTERDAY, "dollars": D("0.60")}])
    put(made.lake.table("ops.bills"), [{**run, "run_id": "r2", "day": TODAY, "dollars": D("0.20")}])
    shares = [("r1", YESTERDAY, "silver", "orders", "0.45"), ("r1", YESTERDAY, "gold", "daily_sales", "0.15")]
    shares += [("r2", TODAY, "silver", "orders", "0.20")]
    names = ("run_id", "day", "layer", "table_name")
    costs = [{**dict(zip(names, one[:4], strict=True)), "seconds": 1.0, "dollars": D(one[4])} for one in shares]
    put(made.lake.table("ops.costs"), costs)
    days = [("r1", LAST - timedelta(days=1)), ("r1", LAST), ("r2", LAST)]
    put(
        made.lake.table("ops.ingested_files"),
        [{"run_id": r, "batch_date": day, "dataset": "orders"} for r, day in days],
    )
    return made


@pytest.fixture
def opened(gold: Gold) -> Iterator[ReportData]:
    with open_release(gold.lake, load_contracts(), "local", 100) as found:
        assert found is not None
        yield found


@pytest.fixture
def page(opened: ReportData) -> Page:
    found = cost.page(opened)
    assert found is not None
    return found


def test_where_no_run_has_a_bill_there_is_no_page(data: ReportData) -> None:
    assert cost.page(data) is None
    files = render(data)
    assert "cost.html" not in files
    assert not any('href="cost.html"' in text for text in files.values())


def test_days_tables_and_layers_add_up_to_the_same(page: Page) -> None:
    assert [row["dollars"] for row in page.figures["days"].values] == ["$0.6000", "$0.2000"]
    tables = [(row["name"], row["dollars"], row["share"]) for row in page.figures["tables"].values]
    assert tables == [("silver orders", "$0.6500", 0.8125), ("gold daily_sales", "$0.1500", pytest.approx(0.1875))]
    for name in ("days", "tables", "layers"):
        assert sum(row["value"] for row in page.figures[name].values) == pytest.approx(80), "cents"
        assert page.figures[name].title.endswith("in cents")


def test_a_thousand_orders_by_the_orders_of_what_was_taken_in(page: Page, gold: Gold) -> None:
    orders = {row[0]: row[1] for row in gold.rows(gold.contracts["gold.daily_sales"])}
    last, before = orders[LAST], orders[LAST - timedelta(days=1)]
    first, second = page.figures["orders"].values
    assert (first["orders"], second["orders"]) == (last + before, last)
    assert (first["value"], second["value"]) == pytest.approx((600 / (last + before), 200 / last)), (
        "dollars, for it is more than one"
    )


def test_the_page_says_what_is_spent_and_what_is_left_out(page: Page, opened: ReportData) -> None:
    assert page.note is not None
    assert "if each day costs a usual $0.6000" in page.note
    assert "storage, the warehouse and the run that wrote this page are not in it" in page.note
    text = render(opened)["cost.html"]
    assert "A thousand orders, in dollars" in text
    assert 'href="cost.html" aria-current="page"' in text


def test_runs_the_newest_first(page: Page) -> None:
    assert [(row["run"], row["dollars"]) for row in page.figures["runs"].values] == [
        ("r2", "$0.2000"),
        ("r1", "$0.6000"),
    ]


def test_a_lake_that_was_never_billed_stays_as_it_was(tmp_path: Path) -> None:
    gold = make_gold(tmp_path, days=3, customers=5, orders=9, last=LAST)
    gold.release()
    with open_release(gold.lake, load_contracts(), "local", 100) as found:
        assert found is not None
        assert list(render(found))[-1] == "index.html"


def test_tables_that_nobody_reads_are_named_once_redshift_was_watched_for_thirty_days(tmp_path: Path) -> None:
    made = make_gold(tmp_path, days=10, customers=20, orders=200, last=LAST)
    made.release()
    bill = {"run_id": "r1", "day": TODAY, "command": "run", "landed_days": 1, "released": True, "billed_by": "machine"}
    put(made.lake.table("ops.bills"), [{**bill, "dollars": D("0.20")}])
    share = {"run_id": "r1", "day": TODAY, "layer": "publish", "seconds": 1.0, "dollars": D("0.10")}
    steps = [load_step("daily_channels"), load_step("fact_refunds")]
    put(made.lake.table("ops.costs"), [{**share, "table_name": step} for step in steps])
    now = datetime.now(UTC)

    def shown() -> Page:
        with open_release(made.lake, load_contracts(), "local", 100) as opened:
            assert opened is not None
            found = cost.page(opened)
            assert found is not None
            assert 'href="cost.html"' in render(opened)["index.html"]
            return found

    page = shown()
    assert "unread" not in page.figures
    assert "who reads" not in (page.note or "").lower(), "no Redshift was ever asked"
    for watched in (29, 31):
        since = now - timedelta(days=watched)
        look = [TableReads("daily_channels", now, since, None), TableReads("fact_refunds", now, since, now)]
        keep_look(made.lake, f"look {watched}", look)
        now += timedelta(seconds=1)
        page = shown()
        if watched == 29:
            assert "unread" not in page.figures
            assert "after 30 days it is said of which nobody." in (page.note or "")
    rows = [(row["what"], row["dollars"], row["setting"]) for row in page.figures["unread"].values]
    assert rows == [("leave daily_channels out of Redshift", "$0.1000", "redshift.leave_out: [daily_channels]")]
    assert f"Who reads which table is watched since {since.date()}." in (page.note or "")
