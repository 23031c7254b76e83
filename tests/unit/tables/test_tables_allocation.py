"""What an order has as a whole, on its lines: exact, in proportion, and the last cent where it belongs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from spark_app.tables.allocation import shares
from tests.support.frames import frame

pytestmark = pytest.mark.core
LINES = "order_id string, item_number int, line_amount decimal(18,2)"
ORDERS = "order_id string, discount decimal(18,2), tax decimal(18,2)"
Orders = list[tuple[list[Decimal], Decimal, Decimal]]


def shared(spark: SparkSession, orders: Orders) -> list[list[tuple[Decimal, Decimal]]]:
    """Each line's share of the first and of the second amount of its order; none of orders without an amount."""
    lines = [(str(n), i, a) for n, (amounts, *_) in enumerate(orders) for i, a in enumerate(amounts, 1)]
    heads = [(str(n), discount, tax) for n, (_, discount, tax) in enumerate(orders)]
    found = shares(frame(spark, LINES, lines), frame(spark, ORDERS, heads), {"discount": "d", "tax": "t"})
    by_line = {(row.order_id, row.item_number): (row.d, row.t) for row in found.collect()}
    return [
        [by_line[str(n), i] for i in range(1, len(amounts) + 1) if (str(n), i) in by_line]
        for n, (amounts, *_) in enumerate(orders)
    ]


def texts(values: str) -> list[Decimal]:
    return [Decimal(value) for value in values.split()]


@pytest.mark.parametrize(
    ("lines", "amount", "expected"),
    [
        ("60.00 40.00", "10.00", "6.00 4.00"),
        ("10.00 10.00 10.00", "10.00", "3.34 3.33 3.33"),  # equals: the first
        ("70.00 30.00", "0.05", "0.04 0.01"),  # equal remainders: the larger line
        ("50.00 30.00 20.00", "0.99", "0.49 0.30 0.20"),  # to those that lost most
        ("0.00 0.00", "0.05", "0.03 0.02"),  # equal shares
        ("0.00 5.00", "1.00", "0.00 1.00"),
        ("1.00", "7.77", "7.77"),
        ("1.00 1.00 1.00 1.00 1.00", "0.03", "0.01 0.01 0.01 0.00 0.00"),
    ],
)
def test_shares(spark: SparkSession, lines: str, amount: str, expected: str) -> None:
    [found] = shared(spark, [(texts(lines), Decimal(amount), Decimal(0))])
    assert [discount for discount, _ in found] == texts(expected)


def test_lines_of_an_order_without_amounts_have_no_share(spark: SparkSession) -> None:
    assert shared(spark, [(texts("1.00"), Decimal(0), Decimal(0)), (texts("1.00"), Decimal(0), Decimal(1))]) == [
        [],
        [(Decimal(0), Decimal(1))],
    ]


cents = st.integers(0, 10**8).map(lambda value: Decimal(value) / 100)
orders = st.lists(st.tuples(st.lists(cents, min_size=1, max_size=12), cents, cents), min_size=1, max_size=20)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders)
def test_shares_add_up_and_are_off_by_less_than_a_cent(spark: SparkSession, orders: Orders) -> None:
    for (amounts, discount, tax), found in zip(orders, shared(spark, orders), strict=True):
        if not found:
            assert discount == tax == 0
            continue
        assert sum(one for one, _ in found) == discount
        assert sum(one for _, one in found) == tax
        weights = amounts if any(amounts) else [Decimal(1)] * len(amounts)
        for weight, (share, _) in zip(weights, found, strict=True):
            assert abs(share - discount * weight / sum(weights)) < Decimal("0.01")
