"""What is said of a day whose orders lack something, and that nothing is said where none does."""

import pytest

from spark_app.report.incomplete import incomplete_in_words


@pytest.mark.parametrize(("incomplete", "orders"), [(0, 5), (None, 5), (None, None), (0, 0)])
def test_nothing_is_said_where_nothing_is_known_to_be_missing(incomplete: int | None, orders: int | None) -> None:
    assert incomplete_in_words(incomplete, orders) == ""


@pytest.mark.parametrize(
    ("incomplete", "orders", "begins"),
    [
        (1, 5, "1 order is incomplete, of 5: lines or payments of it could not be used"),
        (2, 1200, "2 orders are incomplete, of 1,200: lines or payments of them could not be used"),
    ],
)
def test_how_many_orders_lack_something(incomplete: int, orders: int, begins: str) -> None:
    assert incomplete_in_words(incomplete, orders).startswith(begins)
