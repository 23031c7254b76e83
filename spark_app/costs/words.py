"""How dollars are written."""

from __future__ import annotations

from decimal import Decimal


def in_dollars(value: Decimal) -> str:
    """Cents; of less than a dollar what is there of it, to the hundredth of a cent."""
    return f"${value:,.2f}" if value >= 1 or not value else f"${value:,.4f}"
