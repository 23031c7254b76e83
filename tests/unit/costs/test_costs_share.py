"""Sharing out a bill: the shares are the whole, whatever the weights."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from spark_app.costs.bill import MICRO
from spark_app.costs.share import share_out

MONEY = st.decimals(min_value=0, max_value=100_000, places=6)
WEIGHTS = st.dictionaries(
    st.text(max_size=4), st.floats(min_value=0, max_value=1e7, allow_subnormal=False), min_size=1, max_size=40
)


@given(MONEY, WEIGHTS)
def test_the_sum_of_the_shares_is_the_whole(dollars: Decimal, weights: dict[str, float]) -> None:
    shares = share_out(dollars, weights)
    assert sum(shares.values()) == dollars
    assert shares.keys() == weights.keys()


@given(MONEY, WEIGHTS)
def test_a_share_is_its_part_but_for_the_smallest_unit(dollars: Decimal, weights: dict[str, float]) -> None:
    whole = sum(weights.values())
    for key, share in share_out(dollars, weights).items():
        part = dollars * Decimal(weights[key] / whole) if whole else dollars / len(weights)
        assert abs(share - part) <= MICRO + dollars * Decimal("1e-12")


def test_the_unit_that_is_left_goes_to_the_largest_remainder() -> None:
    assert share_out(Decimal("0.000010"), {"a": 1.0, "b": 1.0, "c": 1.0}) == {
        "a": Decimal("0.000004"),
        "b": Decimal("0.000003"),
        "c": Decimal("0.000003"),
    }
    assert share_out(Decimal("0.000003"), {"a": 5.0, "b": 1.0}) == {"a": Decimal("0.000003"), "b": Decimal("0")}


def test_by_hand() -> None:
    """0.90 over 60, 30 and 0 seconds."""
    assert share_out(Decimal("0.90"), {"a": 60.0, "b": 30.0, "c": 0.0}) == {
        "a": Decimal("0.6"),
        "b": Decimal("0.3"),
        "c": Decimal("0"),
    }


def test_nobody_gets_nothing_and_equal_shares_where_nothing_weighs() -> None:
    assert share_out(Decimal("1"), {}) == {}
    assert share_out(Decimal("1"), {"a": 0.0, "b": 0.0}) == {"a": Decimal("0.5"), "b": Decimal("0.5")}
