"""How dollars are written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from spark_app.costs.words import in_dollars


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "$0.00"), ("0.000149", "$0.0001"), ("1", "$1.00"), ("1234.5", "$1,234.50")],
)
def test_cents_and_what_is_less(value: str, text: str) -> None:
    assert in_dollars(Decimal(value)) == text
