"""fact_orders: what an order holds, was paid, how it was delivered and liked."""

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark_app.runtime.reporting import Reporting
from spark_app.tables.fact_orders import BUYER, derive, is_first_order, line_sums, review_means, touched
from tests.support.frames import Rows, assert_rows, frame
from tests.support.table_rows import PLAIN, rows_of

pytestmark = pytest.mark.core

QUARANTINED = (
    "entity string, batch_date date, order_id string, item_number int, payment_sequence int, updated_at timestamp"
)
REVIEWS = "order_id string, score int"


def test_line_sums_count_lines_and_add_up_their_amounts(spark: SparkSession) -> None:
    lines = [("o", "0.30", "1.00", "0.10", "2.5"), ("o", "0.10", "0.05", None, "1"), ("x", "7.00", "0.00", None, "1")]
    given = [
        {"order_id": order, "item_amount": goods, "freight_amount": freight, "cost_amount": cost, "quantity": pieces}
        for order, goods, freight, cost, pieces in lines
    ]
    schema = "order_id string, item_count bigint, units decimal(18,3), cost_amount decimal(18,2)"
    found = line_sums(rows_of(spark, "gold.fact_order_items", *given))
    assert_rows(found, schema, [("o", 2, "3.5", "0.10"), ("x", 1, "1", None)])
    goods = found.selectExpr(
        "order_id", "cast(items_amount as decimal(18,2)) items", "cast(_freight as decimal(18,2)) f"
    )
    schema = "order_id string, items decimal(18,2), f decimal(18,2)"
    assert_rows(goods, schema, [("o", "0.40", "1.05"), ("x", "7.00", "0.00")])


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
    every = [("o1", "unknown"), ("o2", "c"), ("o3", "unknown"), ("o4", "d")]
    found = _touched(spark, orders=every[:2], items=[{"order_id": "o4"}], all_orders=every)
    assert found == ["c", "d", "unknown of o1"]


def test_a_change_of_the_quarantine_touches_whose_line_or_payment_it_is(spark: SparkSession) -> None:
    quarantined = [
        ("payments", "2024-01-01", "o1", None, 1, None),
        ("order_items", "2024-01-01", "o2", None, None, None),
        ("orders", "2024-01-01", "o3", None, None, None),
        ("order_items", "2024-01-01", None, 1, None, None),
    ]
    found = _touched(spark, quarantined=quarantined, all_orders=[(f"o{n}", f"c{n}") for n in range(4)])
    assert found == ["c1", "c2"]


def test_a_refund_and_a_rate_touch_whose_orders_they_are(spark: SparkSession) -> None:
    every = [("o1", "c1"), ("o2", "c2"), ("o3", "c3"), ("o4", "c4")]
    currencies = {"o2": "EUR", "o3": "GBP"}
    found = _touched(
        spark,
        refunds=[{"order_id": "o1", "refund_id": "r"}],
        rates=[{"currency": "EUR", "rate_date": "2024-01-05"}, {"currency": "GBP", "rate_date": "2024-01-06"}],
        all_payments=[{"order_id": "o4", "currency": "EUR"}],
        all_orders=every,
        currencies=currencies,
    )
    assert found == ["c1", "c2", "c4"]  # the rate of pounds is of a later day


def _touched(
    spark: SparkSession,
    *,
    orders: Rows = (),
    all_orders: Rows = (),
    quarantined: Rows = (),
    currencies: dict[str, str] | None = None,
    **changed: list[dict[str, object]],
) -> list[str]:
    """The buyers whose orders are derived again; all orders are of 5 January."""

    def heads(rows: Rows) -> DataFrame:
        day = "2024-01-05 12:00:00"
        told = [
            {"order_id": o, "customer_id": c, "currency": (currencies or {}).get(o), "purchased_at": day}
            for o, c in rows
        ]
        return rows_of(spark, "silver.orders", *told)

    tables = {
        "lines": "gold.fact_order_items", "items": "silver.order_items", "payments": "silver.payments",
        "reviews": "silver.reviews", "customers": "gold.dim_customers", "refunds": "silver.refunds",
        "rates": "silver.exchange_rates", "all_payments": "silver.payments",
    }  # fmt: skip
    given = {name: rows_of(spark, table, *changed.get(name, ())) for name, table in tables.items()}
    aside = frame(spark, QUARANTINED, quarantined)
    found = touched(orders=heads(orders), all_orders=heads(all_orders), quarantined=aside, reporting=PLAIN, **given)
    return sorted({row[BUYER] for row in found.collect()})


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
    order = {"status": "delivered", "delivered_at": delivered, "estimated_delivery_at": estimated}
    found = _derived(spark, order)
    assert_rows(found, "delivery_days int, is_late boolean", [(days, late)])


def test_an_order_without_anything_is_an_order(spark: SparkSession) -> None:
    found = _derived(spark, {"purchased_at": "2024-01-01 23:59:59"}, customers=[])
    schema = (
        "order_id string, customer_key bigint, order_date date, item_count int, order_amount decimal(18,2), "
        "paid_amount decimal(18,2), payment_status string, review_score decimal(4,2)"
    )
    assert_rows(found, schema, [("o", -1, "2024-01-01", 0, "0.00", "0.00", "none", None)])


def test_an_order_points_to_the_customer_as_of_its_purchase(spark: SparkSession) -> None:
    versions = [("1900-01-01", "2024-01-05 10:00:00"), ("2024-01-05 10:00:00", None)]
    customers: list[dict[str, object]] = [
        {"customer_id": "c", "customer_key": n, "valid_from": since, "valid_to": until}
        for n, (since, until) in enumerate(versions, 1)
    ]
    times = {"before": "2024-01-05 09:59:59", "at": "2024-01-05 10:00:00"}
    orders = [{"order_id": name, "purchased_at": time} for name, time in times.items()]
    found = _derived(spark, *orders, customers=customers)
    assert_rows(found, "order_id string, customer_key bigint", [("before", 1), ("at", 2)])


@pytest.mark.parametrize(
    ("purchased", "zone", "day"),
    [
        ("2014-11-29 01:30:00", "America/New_York", "2014-11-28"),
        ("2014-11-29 01:30:00", "UTC", "2014-11-29"),
        ("2024-03-10 04:59:59", "America/New_York", "2024-03-09"),  # the day of 23 hours begins
        ("2024-03-10 05:00:00", "America/New_York", "2024-03-10"),
        ("2024-03-11 03:59:59", "America/New_York", "2024-03-10"),  # and ends an hour early
        ("2024-03-11 04:00:00", "America/New_York", "2024-03-11"),
        ("2024-11-04 04:59:59", "America/New_York", "2024-11-03"),  # the day of 25 hours
        ("2024-04-06 13:00:00", "Australia/Sydney", "2024-04-07"),
        ("2024-04-07 13:59:59", "Australia/Sydney", "2024-04-07"),  # 25 hours, in the other half of the world
    ],
)
def test_the_day_is_the_shops_own(spark: SparkSession, purchased: str, zone: str, day: str) -> None:
    found = _derived(spark, {"purchased_at": purchased}, reporting=Reporting("USD", zone))
    assert_rows(found, "order_date date", [(day,)])


def test_amounts_are_those_of_the_lines(spark: SparkSession) -> None:
    lines = [
        {
            "order_id": "o",
            "item_amount": "70.00",
            "discount_amount": "7.00",
            "freight_amount": "3.00",
            "tax_amount": "2.00",
        }
    ]
    items = [{"order_id": "o", "line_amount": "70.00"}]
    order = {"discount_amount": "7.00", "shipping_amount": "3.00", "tax_amount": "2.00"}
    found = _derived(spark, order, lines=lines, items=items)
    schema = "items_amount decimal(18,2), discount_amount decimal(18,2), order_amount decimal(18,2), "
    schema += "order_amount_original decimal(18,2)"
    assert_rows(found, schema, [("70.00", "7.00", "68.00", "68.00")])


def test_an_order_without_lines_keeps_what_it_has_as_a_whole(spark: SparkSession) -> None:
    order = {"currency": "EUR", "discount_amount": "1.00", "shipping_amount": "5.00", "tax_amount": "2.00"}
    rates = [{"currency": "EUR", "rate_date": "2023-12-31", "rate": "1.5"}]
    schema = "discount_amount decimal(18,2), freight_amount decimal(18,2), tax_amount decimal(18,2), "
    schema += "order_amount decimal(18,2), order_amount_original decimal(18,2), exchange_rate decimal(18,8)"
    found = _derived(spark, order, rates=rates)
    assert_rows(found, schema, [("1.50", "7.50", "3.00", "9.00", "6.00", "1.5")])


def test_what_went_back_stands_at_the_rate_of_the_order(spark: SparkSession) -> None:
    back: list[dict[str, object]] = [
        {"order_id": "o", "refund_id": "r1", "amount": "10.00", "shipping_amount": "1.00", "tax_amount": "0.50"},
        {"order_id": "o", "refund_id": "r2", "amount": "12.00", "tax_amount": "2.00", "prices_include_tax": True},
        {"order_id": "other", "refund_id": "r3", "amount": "99.00"},
    ]
    paid = [{"order_id": "o", "payment_sequence": 1, "status": "paid", "amount": "100.00"}]
    rates = [{"currency": "EUR", "rate_date": "2024-01-01", "rate": "2"}]
    found = _derived(spark, {"currency": "EUR"}, refunds=back, payments=paid, rates=rates)
    schema = (
        "returned_amount decimal(18,2), refunded_amount decimal(18,2), paid_amount decimal(18,2), payment_status string"
    )
    assert_rows(found, schema, [("40.00", "47.00", "200.00", "partially_refunded")])


def test_without_a_rate_there_is_none(spark: SparkSession) -> None:
    rates = [{"currency": "EUR", "rate_date": "2024-01-02", "rate": "2"}]
    found = _derived(spark, {"currency": "EUR"}, rates=rates)
    assert_rows(found, "currency string, exchange_rate decimal(18,8)", [("EUR", None)])


def _derived(
    spark: SparkSession, *orders: dict[str, object], reporting: Reporting = PLAIN, **inputs: list[dict[str, object]]
) -> DataFrame:
    usual = {"order_id": "o", "customer_id": "c", "status": "created", "purchased_at": "2024-01-01 12:00:00"}
    tables = {
        "lines": "gold.fact_order_items", "items": "silver.order_items", "payments": "silver.payments",
        "reviews": "silver.reviews", "customers": "gold.dim_customers", "refunds": "silver.refunds",
        "rates": "silver.exchange_rates",
    }  # fmt: skip
    given = {name: rows_of(spark, table, *inputs.get(name, ())) for name, table in tables.items()}
    heads = rows_of(spark, "silver.orders", *({**usual, **order} for order in orders))
    return derive(heads, quarantined=frame(spark, QUARANTINED, []), reporting=reporting, **given)
