"""Products: what sells by category, which products rise and fall, and what buyers say of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from spark_app.report import charts
from spark_app.report.cube import cube
from spark_app.report.data import DAY, ReportData
from spark_app.report.money import what_there_is
from spark_app.report.numbers import verdict
from spark_app.report.page import Column, Figure, Filter, Page, Query, Tile

SOLD = ("product_revenue", "product_items", "product_units")
WINDOW = 28  # days over which single products are compared
LISTED = 20
COLUMNS = [
    Column("product", "Product"),
    Column("category", "Category"),
    Column("value", f"{WINDOW} days", "money"),
    Column("before", f"{WINDOW} days before", "money"),
    Column("difference", "Difference", "money"),
    Column("change", "Change", "change"),
    Column("score", "Review score", "score"),
]


MARGIN = Column("margin", "Gross margin", "money")
COSTS_KNOWN = "Margins are of goods whose cost is known: how many that are, the page of sales says (cost known)."


def page(data: ReportData) -> Page:
    """Figures of `products_daily`, `order_lines` and `orders`."""
    products, money = _products(data), what_there_is(data)
    sales = (*(("product_net_sales",) if money.has_net_sales else ()), *SOLD)
    sales += ("product_margin",) if money.costs else ()
    columns = [*COLUMNS, *([MARGIN] if money.costs else [])]
    definition = f"{data.metrics['line_revenue'].title}: {data.metrics['line_revenue'].description}."
    note = f"{WINDOW} days to {data.last} against the {WINDOW} before, whatever days are chosen."
    # Where the days before are not all there, nothing has risen or fallen.
    compared = products if data.last - timedelta(days=2 * WINDOW - 1) >= data.first else []
    rising = sorted((row for row in compared if row["difference"] > 0), key=_difference, reverse=True)[:LISTED]
    falling = sorted((row for row in compared if row["difference"] < 0), key=_difference)[:LISTED]
    sold = [row for row in products if row["value"] > 0]
    early = "" if compared else f" There are no {2 * WINDOW} days of sales yet to compare."
    return Page(
        "products",
        "Products",
        tiles=[Tile(name, "categories") for name in sales] + [Tile("review_score", "reviews")],
        figures={
            "categories": Figure(
                "Categories",
                chart=charts.ranking("category"),
                query=Query("categories", ("category",), sales, compare=True, top=25),
                note="The mark is the days compared with.",
            ),
            "changed": Figure(
                "Categories that rose and fell",
                chart=charts.changes("category", "unit"),
                query=Query("categories", ("category",), sales, compare=True, top=25, order="change"),
                empty="No category rose or fell, or there are no days to compare with.",
            ),
            "over_time": Figure(
                "The greatest categories over time",
                chart=charts.stacked("category"),
                query=Query("categories", ("period", "category"), sales, top=7),
                wide=True,
            ),
            "top": Figure(
                "Top products", definition, charts.ranking("product", "money"), None, sold[:LISTED], columns, note
            ),
            "rising": Figure(
                "Products that rose most",
                definition,
                charts.changes("product"),
                values=rising,
                columns=COLUMNS,
                note=note,
                empty=f"No product rose.{early}",
            ),
            "falling": Figure(
                "Products that fell most",
                definition,
                charts.changes("product"),
                values=falling,
                columns=COLUMNS,
                note=note,
                empty=f"No product fell.{early}",
            ),
            "reviews": Figure(
                "Review score over time",
                chart=charts.trend(),
                query=Query("reviews", ("period",), ("review_score",), compare=True),
            ),
            "scores": Figure(
                "Review score by category",
                chart=charts.ranking("category"),
                query=Query("scores", ("category",), ("line_review_score",), compare=True, top=25),
            ),
        },
        cubes={
            "categories": cube(data, [DAY, "category"], sales),
            "scores": cube(data, [DAY, "category"], ("line_review_score",), where="review_score IS NOT NULL"),
            "reviews": cube(data, [DAY], ("review_score",)),
        },
        filters=[Filter("category", "Category")],
        note=COSTS_KNOWN if money.costs else None,
    )


def _products(data: ReportData) -> list[dict[str, Any]]:
    """Revenue of each product sold in the last days or those before, with its review score; the greatest first."""
    revenue, score, margin = (data.metrics[name].sql for name in ("line_revenue", "line_review_score", "line_margin"))
    middle, first = (data.last - timedelta(days=back * WINDOW) for back in (1, 2))
    rows = data.rows(
        "SELECT *, value - before AS difference, CASE WHEN before > 0 THEN (value - before) / before END AS change "
        "FROM (SELECT coalesce(any_value(product_name), product_id) AS product, any_value(category) AS category, "
        f"coalesce({revenue} FILTER ({DAY} > ?), 0) AS value, coalesce({revenue} FILTER ({DAY} <= ?), 0) AS before, "
        f"{score} AS score, coalesce({margin} FILTER ({DAY} > ?), 0) AS margin "
        f"FROM order_lines WHERE {DAY} > ? GROUP BY product_id) "
        "WHERE value > 0 OR before > 0 ORDER BY value DESC, product",
        (middle, middle, middle, first),
    )
    better = data.metrics["line_revenue"].better
    return [{**row, "news": verdict(row["difference"], better)} for row in rows]


def _difference(row: dict[str, Any]) -> Any:
    return row["difference"]
