"""The public dump through the whole pipeline: the warehouse says what SQL over the raw files says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from spark_app.runs.request import Outcome
from spark_app.shops.olist import replay
from tests.olist import counts, figures
from tests.olist.tiny_dump import raw
from tests.support.drops import run_days
from tests.support.files import lake_rows, ops_rows, warehouse_rows

FIRST, LAST = "2016-09-01", "2018-12-31"
LIVE = "order_status NOT IN ('canceled', 'unavailable')"


@dataclass(frozen=True)
class Replayed:
    """The dump, the home that took its drops in, how that ended, and how a second run of the same days did."""

    dump: Path
    home: Path
    outcome: Outcome
    versions: dict[str, int]
    again: Outcome

    def warehouse(self, sql: str) -> list[tuple[Any, ...]]:
        return warehouse_rows(self.home, sql)


@pytest.fixture(scope="module")
def shop(spark: SparkSession, olist_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    home = tmp_path_factory.mktemp("olist")
    replay(olist_dir, str(home / "landing"))
    outcome = run_days(home, FIRST, LAST)
    versions = _versions(home)
    return Replayed(olist_dir, home, outcome, versions, run_days(home, FIRST, LAST))


def _versions(home: Path) -> dict[str, int]:
    """Each table of bronze, silver and gold at its version."""
    folders = [folder for layer in ("bronze", "silver", "gold") for folder in (home / "lake" / layer).iterdir()]
    return {f"{folder.parent.name}.{folder.name}": DeltaTable(str(folder)).version() for folder in folders}


def test_it_is_released(shop: Replayed) -> None:
    assert (shop.outcome.exit_code, shop.outcome.message) == (0, "release 1")


def test_the_same_days_again_change_nothing(shop: Replayed) -> None:
    assert (shop.again.exit_code, shop.again.message, shop.again.release) == (0, "nothing new", None)
    assert _versions(shop.home) == shop.versions
    sql = "SELECT count(*), max(release_id) FROM ops_rows"
    assert ops_rows(shop.home, "releases", sql) == [(1, 1)]


def test_orders_by_status(shop: Replayed) -> None:
    sql = "SELECT order_status, count(*) FROM fact_orders GROUP BY ALL ORDER BY ALL"
    assert shop.warehouse(sql) == figures.orders_by_status(shop.dump)


def test_revenue_by_month(shop: Replayed) -> None:
    sql = """
        SELECT date_trunc('month', order_date)::DATE AS month, sum(orders - canceled_orders)::BIGINT,
               sum(revenue)::DECIMAL(18,2)
        FROM daily_sales GROUP BY month HAVING sum(orders - canceled_orders) > 0 ORDER BY month
    """
    assert shop.warehouse(sql) == figures.revenue_by_month(shop.dump)


def test_daily_sales_row_for_row(shop: Replayed) -> None:
    assert shop.warehouse("SELECT * FROM daily_sales ORDER BY order_date") == figures.daily_sales(shop.dump)


def test_payments_by_method_and_status(shop: Replayed) -> None:
    sql = """
        SELECT payment_method, payment_status, sum(payments)::BIGINT, sum(amount)::DECIMAL(18,2)
        FROM daily_payments GROUP BY ALL ORDER BY ALL
    """
    assert shop.warehouse(sql) == figures.payments_by_method_and_status(shop.dump)


def test_customers_and_those_who_came_again(shop: Replayed) -> None:
    sql = f"""
        SELECT count(*), count(*) FILTER (orders >= 2), count(*) FILTER (live >= 2)
        FROM (SELECT count(*) AS orders, count(*) FILTER ({LIVE}) AS live FROM fact_orders GROUP BY customer_id)
    """
    assert shop.warehouse(sql) == figures.customers(shop.dump)


def test_new_and_returning_customers_by_month(shop: Replayed) -> None:
    sql = f"""
        SELECT month, count(*) FILTER (is_new), count(*) FILTER (NOT is_new)
        FROM (SELECT date_trunc('month', order_date)::DATE AS month, bool_or(is_first_order) AS is_new
              FROM fact_orders WHERE {LIVE} GROUP BY month, customer_id)
        GROUP BY month ORDER BY month
    """
    assert shop.warehouse(sql) == figures.customers_by_month(shop.dump)


def test_cohorts_hold_every_live_order(shop: Replayed) -> None:
    by_month = figures.revenue_by_month(shop.dump)
    sql = """
        SELECT (cohort_month + to_months(months_since))::DATE AS month, sum(orders)::BIGINT, sum(revenue)::DECIMAL(18,2)
        FROM customer_cohorts GROUP BY month ORDER BY month
    """
    assert shop.warehouse(sql) == by_month
    new = [(month, number) for month, number, _ in figures.customers_by_month(shop.dump) if number]
    sql = "SELECT cohort_month, customers FROM customer_cohorts WHERE months_since = 0 ORDER BY 1"
    assert shop.warehouse(sql) == new


def test_reviews_by_score(shop: Replayed) -> None:
    sql = "SELECT score, count(*) FROM data GROUP BY ALL ORDER BY ALL"
    assert lake_rows(shop.home, "silver.reviews", sql) == figures.reviews_by_score(shop.dump)


def test_items_and_revenue_by_category(shop: Replayed) -> None:
    sql = """
        SELECT category, sum(items)::BIGINT, sum(revenue)::DECIMAL(18,2)
        FROM daily_products GROUP BY category HAVING sum(items) > 0 ORDER BY category
    """
    expected = [
        (name or "unknown", items, revenue) for name, _, items, _, revenue in figures.sales_by_category(shop.dump)
    ]
    assert shop.warehouse(sql) == sorted(expected)


def test_fact_orders_row_for_row(shop: Replayed) -> None:
    columns = ", ".join(figures.FACT_ORDERS_COLUMNS)
    expected = [(*row[:-1], _two_digits(row[-1])) for row in figures.fact_orders(shop.dump)]
    assert shop.warehouse(f"SELECT {columns} FROM fact_orders ORDER BY order_id") == expected


def _two_digits(mean: float | None) -> Decimal | None:
    return None if mean is None else Decimal(str(mean)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_dimensions(shop: Replayed) -> None:
    sql = """
        SELECT 'customers', count(DISTINCT customer_id) FROM dim_customers WHERE customer_key <> -1
        UNION ALL SELECT 'customer versions', count(*) FROM dim_customers WHERE customer_key <> -1
        UNION ALL SELECT 'products', count(*) FROM dim_products WHERE product_key <> -1
    """
    assert shop.warehouse(sql) == counts.dimension_counts(shop.dump)
    sql = "SELECT min(date)::VARCHAR, max(date)::VARCHAR, count(*) FROM dim_dates"
    sold = [day for day, *_ in figures.daily_sales(shop.dump)]
    first, last = date(sold[0].year, 1, 1), date(sold[-1].year, 12, 31)
    assert shop.warehouse(sql) == [(str(first), str(last), (last - first).days + 1)]


def test_every_fact_finds_its_dimensions(shop: Replayed) -> None:
    for fact, key, dimension in (
        ("fact_orders", "customer_key", "dim_customers"),
        ("fact_payments", "customer_key", "dim_customers"),
        ("fact_order_items", "product_key", "dim_products"),
    ):
        sql = f"SELECT count(*) FROM {fact} WHERE {key} = -1 OR {key} NOT IN (SELECT {key} FROM {dimension})"
        assert shop.warehouse(sql) == [(0,)]


def test_silver_counts(shop: Replayed) -> None:
    expected = counts.silver_counts(shop.dump)
    found = [(name, lake_rows(shop.home, f"silver.{name}", "SELECT count(*) FROM data")[0][0]) for name, _ in expected]
    assert found == expected


@pytest.mark.parametrize(
    ("entity", "part", "columns"),
    [
        (
            "reviews",
            "reviews",
            {
                "review_id": "review_id",
                "order_id": "order_id",
                "score": "review_score",
                "title": "review_comment_title",
                "comment": "review_comment_message",
                "created_at": "review_creation_date",
                "answered_at": "review_answer_timestamp",
            },
        ),
        (
            "order_items",
            "items",
            {
                "order_id": "order_id",
                "item_number": "order_item_id",
                "product_id": "product_id",
                "seller_id": "seller_id",
                "unit_price": "price",
                "freight_amount": "freight_value",
            },
        ),
        (
            "payments",
            "payments",
            {
                "order_id": "order_id",
                "payment_sequence": "payment_sequential",
                "method": "payment_type",
                "installments": "payment_installments",
                "amount": "payment_value",
            },
        ),
        (
            "orders",
            "orders",
            {
                "order_id": "order_id",
                "status": "order_status",
                "purchased_at": "order_purchase_timestamp",
                "approved_at": "order_approved_at",
                "shipped_at": "order_delivered_carrier_date",
                "delivered_at": "order_delivered_customer_date",
                "estimated_delivery_at": "order_estimated_delivery_date",
            },
        ),
    ],
)
def test_silver_holds_what_the_dump_holds(shop: Replayed, entity: str, part: str, columns: dict[str, str]) -> None:
    expected = [tuple(row[name].strip(" \t\r\n") for name in columns.values()) for row in raw(shop.dump, part)]
    if entity == "payments":
        expected = [row for row in expected if row[2] != "not_defined"]
    casts = {name: "::TIMESTAMP" for name in columns if name.endswith("_at")} | {"unit_price": "::DECIMAL(18,2)"}
    names = ", ".join(f"{name}{casts.get(name, '')}" for name in columns)
    found = lake_rows(shop.home, f"silver.{entity}", f"SELECT {names} FROM data")
    assert sorted(tuple(map(_plain, row)) for row in found) == sorted(tuple(map(_number, row)) for row in expected)


def test_customers_keep_their_leading_zeros(shop: Replayed) -> None:
    held = dict(
        lake_rows(
            shop.home, "silver.customers", "SELECT customer_id, arg_max(postal_code, updated_at) FROM data GROUP BY 1"
        )
    )
    given = {(row["customer_unique_id"], row["customer_zip_code_prefix"]) for row in raw(shop.dump, "customers")}
    assert set(held.items()) <= given
    assert sum(str(code).startswith("0") for code in held.values()) > 0
    assert {len(str(code)) for code in held.values()} == {5}


def _plain(value: object) -> str:
    if value is None:
        return ""
    return _number(f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value))


def _number(text: str) -> str:
    """Money as silver shows it: the dump writes 58.9 for 58.90."""
    whole, point, cents = text.partition(".")
    return (
        f"{whole}.{cents.ljust(2, '0')}" if point and whole.isdigit() and cents.isdigit() and len(cents) < 3 else text
    )


def test_oddities_are_counted_and_listed_as_warnings(shop: Replayed) -> None:
    odd = counts.oddities(shop.dump)
    unlike = [row for row in figures.fact_orders(shop.dump) if row[10] == "paid" and row[8] != row[7]]
    sql = "SELECT table_name, rule, rows_broken FROM ops_rows WHERE effect = 'warned' AND rows_broken IS NOT NULL"
    found = {(table, rule): broken for table, rule, broken in ops_rows(shop.home, "quality_results", sql)}
    assert {
        ("gold.fact_orders", "order has items"): odd["orders_without_items"],
        ("gold.fact_orders", "paid what was ordered"): len(unlike),
        ("gold.fact_orders", "delivered orders say when"): odd["delivered_without_time"],
        ("silver.products", "has a category"): odd["products_without_category"],
    }.items() <= found.items()
    # An order and a payment come again with each change: counted as often as they landed.
    assert found["silver.orders", "times in order"] >= odd["times_out_of_order"] > 0
    assert found["silver.payments", "amount is not zero"] >= odd["payments_of_zero"] > 0


def test_every_day_is_balanced(shop: Replayed) -> None:
    sql = """
        SELECT entity, sum(rows_landed), sum(rows_accepted) + sum(rows_superseded) + sum(rows_quarantined),
               sum(rows_accepted), bool_and(balanced) FROM ops_rows GROUP BY entity
    """
    kept: dict[str, int] = dict(counts.silver_counts(shop.dump))
    rows = ops_rows(shop.home, "reconciliation", sql)
    assert {entity for entity, *_ in rows} == set(kept)
    for entity, landed, accounted, accepted, balanced in rows:
        assert (accounted, accepted, balanced) == (landed, kept[entity], True)


def test_the_share_of_quality_is_shown(shop: Replayed) -> None:
    assert not (shop.home / "reports" / "quality").exists(), "a laptop has no Data Docs, which take ten seconds"
    run = shop.outcome.record.run_id
    sql = f"SELECT coalesce(sum(seconds) FILTER (layer = 'audit'), 0) FROM ops_rows WHERE run_id = '{run}'"
    ((audit,),) = ops_rows(shop.home, "steps", sql)
    # Seconds vary with the machine: shown (pytest -s), not judged.
    print(f"audit: {audit:.1f} s of {shop.outcome.seconds:.1f} s, {100 * audit / shop.outcome.seconds:.1f} %")  # noqa: T201
    assert audit > 0
