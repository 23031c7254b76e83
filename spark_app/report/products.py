"""Products: what sells by category, which products rise and fall, and what buyers say of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from spark_app.report import charts
from spark_app.report.cube import cube
from spark_app.report.data import DAY, ReportData
from spark_app.report.page import Column, Figure, Filter, Page, Query, Tile

SOLD = ("product_revenue", "product_items")
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


def page(data: ReportData) -> Page:
    """Figures of `products_daily`, `order_lines` and `orders`."""
    products = _products(data)
    definition = f"{data.metrics['line_revenue'].title}: {data.metrics['line_revenue'].description}."
    note = f"{WINDOW} days to {data.last} against the {WINDOW} before, whatever days are chosen."
    rising = sorted(products, key=_difference, reverse=True)[:LISTED]
    falling = sorted(products, key=_difference)[:LISTED]
    return Page(
        "products",
        "Products",
        tiles=[Tile(name, "categories") for name in SOLD] + [Tile("review_score", "reviews")],
        figures={
            "categories": Figure(
                "Categories",
                chart=charts.ranking("category"),
                query=Query("categories", ("category",), SOLD, compare=True, top=25),
                note="The mark is the days compared with.",
            ),
            "changed": Figure(
                "Categories that rose and fell",
                chart=charts.changes("category", "unit"),
                query=Query("categories", ("category",), SOLD, compare=True, top=25, order="change"),
            ),
            "over_time": Figure(
                "The greatest categories over time",
                chart=charts.stacked("category"),
                query=Query("categories", ("period", "category"), SOLD, top=7),
                wide=True,
            ),
            "top": Figure(
                "Top products", definition, charts.ranking("product", "money"), None, products[:LISTED], COLUMNS, note
            ),
            "rising": Figure(
                "Products that rose most", definition, charts.changes("product"), None, rising, COLUMNS, note
            ),
            "falling": Figure(
                "Products that fell most", definition, charts.changes("product"), None, falling, COLUMNS, note
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
            "categories": cube(data, [DAY, "category"], SOLD),
            "scores": cube(data, [DAY, "category"], ("line_review_score",), where="review_score IS NOT NULL"),
            "reviews": cube(data, [DAY], ("review_score",)),
        },
        filters=[Filter("category", "Category")],
    )


def _products(data: ReportData) -> list[dict[str, Any]]:
    """Revenue of each product sold in the last days or those before, with its review score; the greatest first."""
    revenue, score = data.metrics["line_revenue"].sql, data.metrics["line_review_score"].sql
    middle, first = (data.last - timedelta(days=back * WINDOW) for back in (1, 2))
    return data.rows(
        "SELECT *, value - before AS difference, CASE WHEN before > 0 THEN (value - before) / before END AS change "
        "FROM (SELECT coalesce(any_value(product_name), product_id) AS product, any_value(category) AS category, "
        f"coalesce({revenue} FILTER ({DAY} > ?), 0) AS value, coalesce({revenue} FILTER ({DAY} <= ?), 0) AS before, "
        f"{score} AS score FROM order_lines WHERE {DAY} > ? GROUP BY product_id) "
        "WHERE value > 0 OR before > 0 ORDER BY value DESC, product",
        (middle, middle, first),
    )


def _difference(row: dict[str, Any]) -> Any:
    return row["difference"]
