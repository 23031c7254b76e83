"""How far the orders of a day have come: a row an order in, the share out."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from spark_app.contracts.load import load_contracts
from spark_app.report import customers, morning, ripeness, site
from spark_app.report.data import open_release
from tests.support.gold_shop import make_gold

LAST = date(2026, 11, 22)
DAY = LAST - timedelta(days=20)


def come(kind, *, ordered=20, status="shipped", due=None, delivered=None, score=None):
    """(counted, come) of an order; days are days ago, negative ones are still to come."""
    rule = ripeness.rules(LAST)[kind]
    day = {name: None if ago is None else LAST - timedelta(days=ago) for name, ago in
           {"ordered": ordered, "due": due, "delivered": delivered}.items()}  # fmt: skip
    order = (day["ordered"], status, day["due"], day["delivered"], score)
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT count(*) FILTER ({rule.of}), count(*) FILTER (({rule.of}) AND ({rule.come})) FROM "
            "(SELECT ?::DATE AS order_date, ? AS order_status, ?::TIMESTAMP AS estimated_delivery_at, "
            "?::TIMESTAMP AS delivered_at, ?::DOUBLE AS review_score)",
            order,
        ).fetchone()


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ({"due": -1, "delivered": 3}, (1, 0)),  # quick, but of its day only the quick ones are known
        ({"due": 0, "delivered": 3}, (1, 1)),
        ({"due": 5, "delivered": 1}, (1, 1)),
        ({"due": 5}, (1, 0)),  # late, and not counted as such yet
        ({"due": 29}, (1, 0)),
        ({"due": 30}, (1, 1)),  # lost
        ({"delivered": 3}, (1, 1)),
        ({}, (1, 0)),
        ({"ordered": 60}, (1, 1)),
        ({"status": "completed"}, (1, 1)),
        ({"status": "canceled", "due": -1}, (0, 0)),
    ],
)
def test_a_delivery_is_known_once_it_is_due_and_there(order, found):
    assert come("delivery", **order) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ({"score": 4}, (1, 1)),
        ({"delivered": 13}, (1, 0)),
        ({"delivered": 14}, (1, 1)),
        ({"ordered": 59}, (1, 0)),
        ({"ordered": 60}, (1, 1)),
    ],
)
def test_a_review_is_waited_for_after_the_delivery(order, found):
    assert come("review", **order) == found


@pytest.mark.parametrize(
    ("kind", "order", "found"),
    [
        ("payment", {"ordered": 29, "status": "delivered"}, (1, 0)),
        ("payment", {"ordered": 30}, (1, 1)),
        ("refund", {"ordered": 59}, (1, 0)),
        ("refund", {"ordered": 60}, (1, 1)),
        ("ending", {"ordered": 3}, (1, 0)),
        ("ending", {"ordered": 3, "status": "canceled"}, (1, 1)),
        ("ending", {"ordered": 3, "status": "delivered"}, (1, 1)),
        ("ending", {"ordered": 60}, (1, 1)),
    ],
)
def test_payments_refunds_and_cancellations_take_their_time(kind, order, found):
    assert come(kind, **order) == found


def test_what_is_not_ripe_is_not_judged_and_says_how_far_it_is():
    found = ripeness.Ripeness(
        {"delivery": {DAY: (100, 94), LAST: (10, 0)}}, {"delivery": ripeness.rules(LAST)["delivery"].words}
    )

    class Late:
        ripens = "delivery"

    said = "Not due yet, so not judged: {} of these days' orders are due and delivered."
    assert found.unripe(Late, DAY, DAY) == said.format("94%")
    assert found.unripe(Late, LAST, LAST) == said.format("none")
    assert found.unripe(Late, DAY, LAST) == said.format("85%")
    assert found.unripe(Late, date(2020, 1, 1), date(2020, 1, 2)) is None  # nothing to wait for


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    gold = make_gold(tmp_path_factory.mktemp("gold"), days=140, customers=60, orders=900, last=LAST)
    gold.release()
    with open_release(gold.lake, load_contracts(), "local", 800) as found:
        yield found


def test_yesterdays_cancellations_are_no_news_yet(data):
    tiles = {tile.metric.name: tile for tile in morning.page(data).more["tiles"]}
    assert "Cancellations are still to come" in tiles["cancellation_rate"].unripe
    assert tiles["revenue"].unripe is None
    html = site.render(data)["index.html"]
    tile = html[html.index('data-metric="cancellation_rate"') :].split("</li>\n  <li class=")[0]
    assert "▲" not in tile.split("definition")[0]
    assert "▼" not in tile.split("definition")[0]


def test_cohorts_have_every_month_and_mark_the_one_that_runs(data):
    rows = {(row["cohort"], row["months_since"]): row for row in customers.page(data).figures["came_back"].values}
    cohorts = sorted({cohort for cohort, _ in rows})
    assert cohorts == ["2026-07", "2026-08", "2026-09", "2026-10"]
    assert [since for cohort, since in sorted(rows) if cohort == "2026-07"] == [1, 2, 3, 4]
    assert [key for key, row in sorted(rows.items()) if row["running"]] == [
        ("2026-07", 4), ("2026-08", 3), ("2026-09", 2), ("2026-10", 1)]  # fmt: skip


def test_a_cohort_without_customers_has_no_share_and_one_without_orders_has_none(data):
    data.connection.execute(
        "CREATE OR REPLACE VIEW analytics.cohorts AS SELECT * FROM (VALUES (DATE '2026-08-01', 0, 4, 4, 10.0), "
        "(DATE '2026-08-01', 2, 1, 1, 5.0), (DATE '2026-10-01', 0, 2, 2, 6.0)) "
        "t(cohort_month, months_since, customers, orders, revenue)"
    )
    page = customers.page(data)
    found = [(row["cohort"], row["months_since"], row["share"]) for row in page.figures["came_back"].values]
    assert found == [("2026-08", 1, 0), ("2026-08", 2, 0.25), ("2026-08", 3, 0), ("2026-09", 1, None),
                     ("2026-09", 2, None), ("2026-10", 1, 0)]  # fmt: skip
    # November is not over: October's cohort is a whole month old only in its first.
    lifetime = [(row["months_since"], float(row["value"])) for row in page.figures["lifetime"].values]
    assert lifetime == [(0, 16 / 6), (1, 10 / 4), (2, 15 / 4)]
