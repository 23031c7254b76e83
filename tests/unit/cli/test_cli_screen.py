"""Values as commands show them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from spark_app.cli.screen import text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1234.50", "1,234.50"), ("12.5000", "12.50"), ("24.0000", "24.00"), ("0.0833", "0.0833"), ("2.459", "2.459"),
        ("4.000", "4"), ("1000.000", "1,000"), ("0.745", "0.745"), ("2.500", "2.50"), ("-2.000", "-2"), ("0.000", "0"),
    ],
)  # fmt: skip
def test_a_number_is_shown_with_all_that_it_has(value: str, shown: str) -> None:
    assert text(Decimal(value)) == shown
