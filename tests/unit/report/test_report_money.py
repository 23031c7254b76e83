"""Pages of a shop that has discounts, returns, taxes and channels, and of one that has none."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.report import customers, morning, sales
from spark_app.report.data import ReportData, open_release
from spark_app.report.money import Money, bridge, what_there_is
from spark_app.report.site import render
from tests.support.gold_shop import make_gold
from tests.support.small_lakes import Gold
from tests.unit.report.conftest import LAST


@pytest.fixture(scope="module")
def lowered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportData]:
    made = make_gold(tmp_path_factory.mktemp("lowered"), days=70, customers=120, orders=700, last=LAST, lowered=40)
    made.release()
    with open_release(made.lake, load_contracts(), "local", 800) as found:
        assert found is not None
        yield found


def test_what_a_shop_never_sends_is_not_there(data: ReportData) -> None:
    money = what_there_is(data)
    assert money == Money(discounts=False, returns=False, taxes=False, costs=True, channels=False)
    assert money.headline == "revenue"
    assert money.note == "Not shown, as no order of these days has any: discounts, returns, taxes, several channels."
    page = sales.page(data)
    assert not {"net_sales", "returns", "taxes", "total_sales"} & {tile.metric for tile in page.tiles}
    assert page.filters == []
    assert "channel" not in page.figures
    assert "bridge" not in morning.page(data).figures


def test_net_sales_come_first_where_something_lowers_them(lowered: ReportData) -> None:
    money = what_there_is(lowered)
    assert money == Money(discounts=True, returns=True, taxes=True, costs=True, channels=True)
    assert money.note is None
    page = sales.page(lowered)
    assert page.tiles[0].metric == "net_sales"
    assert "channel" in page.figures
    assert "store_id" not in page.figures  # one store alone is no choice
    first = morning.page(lowered)
    assert first.more["tiles"][0].metric.name == "net_sales"
    assert {"discounts", "returns"} <= {tile.metric.name for tile in first.more["tiles"]}
    assert "Net sales were" in render(lowered)["index.html"]


def test_what_was_sold_in_no_store_says_so(lowered: ReportData) -> None:
    assert sales.page(lowered).cubes["channels"]["by"]["store_id"]["words"] == ["no store"]


def test_margin_is_never_shown_without_the_share_of_goods_whose_cost_is_known(lowered: ReportData) -> None:
    shown = {tile.metric for tile in sales.page(lowered).tiles}
    assert {"gross_margin", "cost_known"} <= shown
    assert {"gross_margin", "cost_known"} <= {tile.metric.name for tile in morning.page(lowered).more["tiles"]}


def test_the_bridge_goes_from_gross_to_total_sales_step_by_step(lowered: ReportData) -> None:
    steps = bridge(lowered, what_there_is(lowered)).values
    assert [step["step"] for step in steps] == [
        "Gross sales", "Discounts", "Returns", "Net sales", "Shipping", "Taxes", "Total sales",
    ]  # fmt: skip
    assert [step["kind"] for step in steps] == ["whole", "less", "less", "whole", "more", "more", "whole"]
    for before, step in pairwise(steps):
        assert step["to"] == before["to"] if step["kind"] == "whole" else step["from"] == before["to"]
    [row] = lowered.rows("SELECT sum(net_sales) n, sum(total_sales) t FROM sales_daily WHERE order_date > ?",
                         (lowered.day_before(28),))  # fmt: skip
    amounts = {step["step"]: step["value"] for step in steps}
    assert (amounts["Net sales"], amounts["Total sales"]) == (row["n"], row["t"])
    assert amounts["Returns"] < Decimal(0)


def test_amounts_are_in_the_currency_that_gold_was_made_in(lowered: ReportData, tmp_path: Path) -> None:
    assert lowered.reporting.text == "USD, days of UTC"
    page = render(lowered)["index.html"]
    assert "Money is in USD." in page
    assert "in the zone UTC." in page


@pytest.mark.parametrize(("shop", "said"), [("Kettle & Co", "Kettle &amp; Co"), (None, "local shop")])
def test_pages_bear_the_shops_name(seventy_days: Gold, shop: str | None, said: str) -> None:
    with open_release(seventy_days.lake, load_contracts(), "local", 31, shop=shop) as data:
        assert data is not None
        assert f'<p class="shop">{said}</p>' in render(data)["index.html"]


def test_what_a_customer_has_brought_is_in_net_sales_where_there_are_any(data: ReportData, lowered: ReportData) -> None:
    assert customers.page(data).figures["lifetime"].columns[1].title == "Revenue per customer so far"
    shown = customers.page(lowered).figures["lifetime"]
    assert shown.columns[1].title == "Net sales per customer so far"
    rows = lowered.rows(
        "SELECT customer_id, strftime(order_date, '%Y-%m') AS month,"
        " items_amount - discount_amount - returned_amount AS net FROM orders WHERE is_live"
    )
    first: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: str(row["month"])):
        first.setdefault(row["customer_id"], row["month"])
    whole = {name for name, month in first.items() if month < f"{LAST:%Y-%m}"}
    brought = sum(
        row["net"] for row in rows if row["customer_id"] in whole and row["month"] == first[row["customer_id"]]
    )
    newest = shown.values[0]
    assert (newest["months_since"], newest["customers"]) == (0, len(whole))
    assert newest["value"] == pytest.approx(float(brought) / len(whole))
