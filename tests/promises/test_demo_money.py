"""The demo shop's money: gold against SQL over the shop's own ledger, which no row of landing has passed through."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from spark_app.shops.demo import generate
from spark_app.shops.demo_orders import Sale
from spark_app.shops.demo_rates import rate_of
from tests.support.drops import run_days

FIRST, DAYS = date(2024, 1, 1), 45
# By then every row has landed, the late ones and those that were sent again too.
SETTLED = FIRST + timedelta(days=DAYS - 14)

# An order's own discount, shipping and tax are shared by largest remainder, of equal ones to the larger line, then the
# first; each line's amounts are rounded once, half up, in dollars.
SHARES = """
CREATE VIEW shares AS
WITH weighed AS (
    SELECT order_id, position, goods AS weight, sum(goods) OVER (PARTITION BY order_id) AS whole FROM lines
), exact AS (
    SELECT w.order_id, w.position, w.weight, share.figure, share.cents,
           share.cents * weight // whole AS low, share.cents * weight % whole AS rest
    FROM weighed w JOIN orders o USING (order_id)
    CROSS JOIN LATERAL (VALUES ('discount', o.discount), ('shipping', o.shipping), ('tax', o.tax)) share(figure, cents)
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY order_id, figure ORDER BY rest DESC, weight DESC, position) AS place,
           cents - sum(low) OVER (PARTITION BY order_id, figure) AS left_over
    FROM exact
)
SELECT order_id, position, figure, low + CASE WHEN place <= left_over THEN 1 ELSE 0 END AS cents FROM ranked
"""
SALES = ("gross_sales", "discounts", "returns", "net_sales")
FIGURES = """
WITH amounts AS (
    SELECT o.day, o.channel, o.rate, l.goods, l.discount + d.cents AS discounts, l.freight + s.cents AS shipping,
           l.tax + t.cents AS taxes
    FROM lines l JOIN orders o USING (order_id)
    JOIN shares d ON d.order_id = l.order_id AND d.position = l.position AND d.figure = 'discount'
    JOIN shares s ON s.order_id = l.order_id AND s.position = l.position AND s.figure = 'shipping'
    JOIN shares t ON t.order_id = l.order_id AND t.position = l.position AND t.figure = 'tax'
    WHERE o.is_live
), entries AS (
    SELECT day, channel, dollars(goods, rate) AS gross_sales, dollars(discounts, rate) AS discounts, 0 AS returns,
           dollars(shipping, rate) AS shipping, dollars(taxes, rate) AS taxes
    FROM amounts
    UNION ALL
    SELECT r.day, o.channel, 0, 0, dollars(r.goods, o.rate), -dollars(r.shipping, o.rate), -dollars(r.tax, o.rate)
    FROM refunds r JOIN orders o USING (order_id) WHERE o.is_live
), figures AS (
    SELECT *, gross_sales - discounts - returns AS net_sales, net_sales + shipping + taxes AS total_sales FROM entries
)
SELECT {by}, {figures} FROM figures WHERE day <= ? GROUP BY ALL ORDER BY ALL
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, spark: object) -> Path:
    """The shop taken in as one range, its last day as a night; `ledger.duckdb` holds what was true."""
    home = tmp_path_factory.mktemp("shop")
    ledger: list[Sale] = []
    generate(str(home / "landing"), FIRST, DAYS, orders_per_day=25, ledger=ledger)
    with duckdb.connect(str(home / "ledger.duckdb")) as book:
        _write(book, ledger)
    last = FIRST + timedelta(days=DAYS - 1)
    run_days(home, FIRST, last - timedelta(days=1), allow_missing=False)
    run_days(home, last, allow_missing=False)
    return home


def _write(book: duckdb.DuckDBPyConnection, ledger: Iterable[Sale]) -> None:
    book.execute("CREATE MACRO dollars(cents, millionths) AS (cents * millionths + 500000) // 1000000")
    book.execute(
        "CREATE TABLE orders (order_id TEXT, day DATE, currency TEXT, channel TEXT, is_live BOOLEAN, discount BIGINT,"
        " shipping BIGINT, tax BIGINT, rate BIGINT)"
    )
    book.execute(
        "CREATE TABLE lines (order_id TEXT, position INT, goods BIGINT, discount BIGINT, freight BIGINT, tax BIGINT)"
    )
    book.execute("CREATE TABLE refunds (order_id TEXT, day DATE, goods BIGINT, shipping BIGINT, tax BIGINT)")
    for sale in ledger:
        order, terms, day = sale.order, sale.order.terms, sale.order.purchased.date()
        rate = rate_of(terms.currency, day)
        book.execute(
            "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [order.order_id, day, terms.currency, terms.channel, sale.is_live, terms.discount, terms.shipping,
             terms.tax, rate],
        )  # fmt: skip
        for position, line in enumerate(sale.lines):
            book.execute(
                "INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?)",
                [order.order_id, position, line.goods, line.discount, line.freight, line.tax],
            )
        for refund in sale.refunds:
            book.execute(
                "INSERT INTO refunds VALUES (?, ?, ?, ?, ?)",
                [order.order_id, refund.at.date(), refund.goods, refund.shipping, refund.tax],
            )
    book.execute(SHARES)


def _told(home: Path, by: str, *figures: str) -> list[tuple[object, ...]]:
    """The figures by `by`, in dollars, of the days that are settled."""
    sums = ", ".join(f"sum({figure})::DECIMAL(18, 0) * 0.01" for figure in figures)
    with duckdb.connect(str(home / "ledger.duckdb"), read_only=True) as book:
        return book.execute(FIGURES.format(by=by, figures=sums), [SETTLED]).fetchall()


def _shown(home: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        return warehouse.execute(query, [SETTLED]).fetchall()


def test_every_figure_of_every_day_is_the_ledgers(home: Path) -> None:
    truth = _told(home, "day", *SALES, "shipping", "taxes", "total_sales")
    shown = _shown(
        home,
        "SELECT order_date, gross_sales, discounts, returns, net_sales, shipping, taxes, total_sales"
        " FROM analytics.daily_sales WHERE order_date <= ? ORDER BY ALL",
    )
    assert shown == truth
    assert len(truth) == (SETTLED - FIRST).days + 1
    assert all(any(row[at] for row in truth) for at in range(1, 8)), "a figure is zero on every day"


def test_channels_add_up_to_the_ledger(home: Path) -> None:
    shown = _shown(
        home,
        "SELECT channel, sum(gross_sales), sum(discounts), sum(returns), sum(net_sales)"
        " FROM analytics.daily_channels WHERE order_date <= ? GROUP BY ALL ORDER BY ALL",
    )
    assert shown == _told(home, "channel", *SALES)


def test_most_of_what_was_sold_has_a_cost(home: Path) -> None:
    [(covered, margin)] = _shown(
        home,
        "SELECT sum(net_sales * cost_coverage) / sum(net_sales), sum(gross_margin) / sum(net_sales)"
        " FROM analytics.daily_sales WHERE order_date <= ?",
    )
    assert 0.9 < float(str(covered)) <= 1
    assert 0.1 < float(str(margin)) < 0.6
