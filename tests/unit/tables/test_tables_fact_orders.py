"""fact_orders: what an order holds, was paid, how it was delivered and liked."""

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_app.tables.fact_orders import BUYER, derive, is_first_order, item_sums, review_means, touched
from tests.support.frames import Rows, assert_rows, frame

pytestmark = pytest.mark.core

ORDERS = (
    "order_id string, customer_id string, status string, purchased_at timestamp, approved_at timestamp, "
    "shipped_at timestamp, delivered_at timestamp, estimated_delivery_at timestamp"
)
ITEMS = (
    "order_id string, item_number int, line_amount decimal(18,2), freight_amount decimal(18,2), "
    "updated_at timestamp, _batch_date date"
)
PAYMENTS = (
    "order_id string, payment_sequence int, status string, amount decimal(18,2), updated_at timestamp, _batch_date date"
)
QUARANTINED = (
    "entity string, batch_date date, order_id string, item_number int, payment_sequence int, updated_at timestamp"
)
REVIEWS = "order_id string, score int"
CUSTOMERS = "customer_id string, customer_key bigint, valid_from timestamp, valid_to timestamp"


def test_item_sums_count_lines_and_add_up_their_amounts(spark: SparkSession) -> None:
    items = [("o", "0.30", "1.00"), ("o", "0.10", "0.05"), ("x", "7.00", "0.00")]
    schema = "order_id string, line_amount decimal(18,2), freight_amount decimal(18,2), _answered int"
    found = item_sums(frame(spark, schema, [(*item, 0) for item in items])).selectExpr(
        "order_id",
        "item_count",
        "cast(items_amount as decimal(18,2)) items_amount",
        "cast(freight_amount as decimal(18,2)) freight_amount",
    )
    schema = "order_id string, item_count bigint, items_amount decimal(18,2), freight_amount decimal(18,2)"
    assert_rows(found, schema, [("o", 2, "0.40", "1.05"), ("x", 1, "7.00", "0.00")])


@pytest.mark.parametrize(
    ("scores", "mean"),
    [([5], "5.00"), ([4, 5], "4.50"), ([1, 1, 2], "1.33"), ([1, 2, 2], "1.67"), ([1, 1, 1, 1, 1, 1, 1, 2], "1.13")],
)
def test_review_score_is_the_mean_rounded_half_up(spark: SparkSession, scores: list[int], mean: str) -> None:
    reviews = frame(spark, REVIEWS, [("o", score) for score in scores])
    assert_rows(review_means(reviews), "order_id string, review_score decimal(4,2)", [("o", mean)])


@pytest.mark.parametrize(
    ("orders", "first"),
    [
        pytest.param([("o1", "delivered", "2024-01-01"), ("o2", "created", "2024-01-02")], "o1", id="the earliest"),
        pytest.param([("o1", "canceled", "2024-01-01"), ("o2", "created", "2024-01-02")], "o2", id="of live ones"),
        pytest.param(
            [("o2", "created", "2024-01-01"), ("o1", "created", "2024-01-01")], "o1", id="of one second by id"
        ),
        pytest.param([("o1", "unavailable", "2024-01-01")], None, id="none is live"),
        pytest.param([("o1", "returned", "2024-01-01")], "o1", id="returned is live"),
    ],
)
def test_first_order(spark: SparkSession, orders: Rows, first: str | None) -> None:
    rows = frame(spark, "order_id string, order_status string, purchased_at timestamp", orders).selectExpr(
        "*", "'c' customer_id"
    )
    found = rows.withColumn("is_first_order", is_first_order())
    expected = [(order, order == first) for order, *_ in orders]
    assert_rows(found, "order_id string, is_first_order boolean", expected)


def test_no_order_of_the_unknown_customer_is_a_first_one(spark: SparkSession) -> None:
    orders = [("o1", "unknown", "created", "2024-01-01"), ("o2", "c", "created", "2024-01-02")]
    schema = "order_id string, customer_id string, order_status string, purchased_at timestamp"
    found = frame(spark, schema, orders).withColumn("is_first_order", is_first_order())
    assert_rows(found, "order_id string, is_first_order boolean", [("o1", False), ("o2", True)])


def test_orders_of_unknown_customers_are_derived_again_each_for_itself(spark: SparkSession) -> None:
    """The orders of all guests together are no scope: it would grow with the shop's history."""
    schema = "order_id string, customer_id string"
    orders = frame(spark, schema, [("o1", "unknown"), ("o2", "c")])
    every = frame(spark, schema, [("o1", "unknown"), ("o2", "c"), ("o3", "unknown"), ("o4", "d")])
    none, items = frame(spark, schema, []), frame(spark, schema, [("o4", "")])
    found = touched(orders, items, none, none, none, frame(spark, QUARANTINED, []), every)
    assert sorted(row[BUYER] for row in found.collect()) == ["c", "d", "unknown of o1"]


def test_a_change_of_the_quarantine_touches_whose_line_or_payment_it_is(spark: SparkSession) -> None:
    schema = "order_id string, customer_id string"
    every = frame(spark, schema, [(f"o{n}", f"c{n}") for n in range(4)])
    none = frame(spark, schema, [])
    quarantined = [
        ("payments", "2024-01-01", "o1", None, 1, None),
        ("order_items", "2024-01-01", "o2", None, None, None),
        ("orders", "2024-01-01", "o3", None, None, None),
        ("order_items", "2024-01-01", None, 1, None, None),
    ]
    found = touched(none, none, none, none, none, frame(spark, QUARANTINED, quarantined), every)
    assert sorted(row[BUYER] for row in found.collect()) == ["c1", "c2"]


@pytest.mark.parametrize(
    ("delivered", "estimated", "days", "late"),
    [
        ("2024-01-10 23:59:59", "2024-01-10 00:00:00", 9, False),
        ("2024-01-11 00:00:00", "2024-01-10 00:00:00", 10, True),
        ("2024-01-01 13:00:00", "2024-01-10 00:00:00", 0, False),
        (None, "2024-01-10 00:00:00", None, None),
        ("2024-01-10 00:00:00", None, 9, None),
    ],
)
def test_lateness_is_a_matter_of_days(
    spark: SparkSession, delivered: str | None, estimated: str | None, days: int | None, late: bool | None
) -> None:
    order = ("o", "c", "delivered", "2024-01-01 12:00:00", None, None, delivered, estimated)
    found = _derived(spark, [order])
    assert_rows(found, "delivery_days int, is_late boolean", [(days, late)])


def test_an_order_without_anything_is_an_order(spark: SparkSession) -> None:
    found = _derived(spark, [("o", "c", "created", "2024-01-01 23:59:59", None, None, None, None)])
    schema = (
        "order_id string, customer_key bigint, order_date date, item_count int, order_amount decimal(18,2), "
        "paid_amount decimal(18,2), payment_status string, review_score decimal(4,2)"
    )
    assert_rows(found, schema, [("o", -1, "2024-01-01", 0, "0.00", "0.00", "none", None)])


def test_an_order_points_to_the_customer_as_of_its_purchase(spark: SparkSession) -> None:
    customers = [("c", 1, "1900-01-01", "2024-01-05 10:00:00"), ("c", 2, "2024-01-05 10:00:00", None)]
    times = {"before": "2024-01-05 09:59:59", "at": "2024-01-05 10:00:00"}
    orders = [(name, "c", "created", time, None, None, None, None) for name, time in times.items()]
    found = _derived(spark, orders, customers)
    assert_rows(found, "order_id string, customer_key bigint", [("before", 1), ("at", 2)])


def _derived(spark: SparkSession, orders: Rows, customers: Rows = ()) -> DataFrame:
    return derive(
        frame(spark, ORDERS, orders),
        frame(spark, ITEMS, []),
        frame(spark, PAYMENTS, []),
        frame(spark, REVIEWS, []),
        frame(spark, CUSTOMERS, customers),
        frame(spark, QUARANTINED, []),
    )
