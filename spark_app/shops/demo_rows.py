"""Rows of the demo shop: the canonical columns, the text of values, and the day a row lands."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

# Every entity ends with updated_at: `row` relies on it.
COLUMNS: dict[str, tuple[str, ...]] = {
    "customers": (
        "customer_id", "email", "name", "gender", "birth_date", "postal_code",
        "city", "state", "country", "created_at", "updated_at",
    ),
    "products": (
        "product_id", "name", "category", "brand", "unit_cost", "list_price",
        "weight_g", "length_cm", "height_cm", "width_cm", "photos", "updated_at",
    ),
    "orders": (
        "order_id", "customer_id", "status", "purchased_at", "approved_at",
        "shipped_at", "delivered_at", "estimated_delivery_at", "currency", "channel", "store_id",
        "discount_amount", "shipping_amount", "tax_amount", "updated_at",
    ),
    "order_items": (
        "order_id", "item_number", "product_id", "seller_id", "quantity",
        "unit_price", "freight_amount", "discount_amount", "tax_amount", "updated_at",
    ),
    "payments": (
        "order_id", "payment_sequence", "method", "status", "installments",
        "amount", "currency", "paid_at", "updated_at",
    ),
    "reviews": (
        "review_id", "order_id", "score", "title", "comment", "created_at", "answered_at", "updated_at",
    ),
    "refunds": (
        "refund_id", "refund_line", "order_id", "item_number", "quantity",
        "amount", "shipping_amount", "tax_amount", "reason", "refunded_at", "updated_at",
    ),
    "exchange_rates": ("currency", "rate_date", "rate", "updated_at"),
}  # fmt: skip


@dataclass(slots=True)
class Row:
    """One row of a drop: its values as text in the order of COLUMNS, and what was done to it on purpose."""

    entity: str
    values: tuple[str, ...]
    at: datetime
    dirt: str | None = None
    shape: str = "whole"  # or too_many_fields, too_few_fields
    settled: bool = False  # already late, repeated or repaired: left alone from then on


def row(entity: str, at: datetime, *values: str | int | date | None, dirt: str | None = None) -> Row:
    """A row of `entity` that came about `at` (UTC); `values` are all its columns but updated_at."""
    texts = tuple("" if value is None else str(value) for value in values)
    return Row(entity, (*texts, str(at)), at, dirt)


def money(cents: int) -> str:
    """Exact two-decimals text of an amount in cents, none negative: 123450 -> '1234.50'."""
    return f"{cents // 100}.{cents % 100:02d}"


def later(rng: random.Random, at: datetime, low_hours: float, high_hours: float) -> datetime:
    """A moment `low_hours` to `high_hours` after `at`, in whole seconds."""
    return at + timedelta(seconds=rng.randrange(int(low_hours * 3600), int(high_hours * 3600)))


def as_shown(rows: Iterable[Row], every_state: bool) -> list[Row]:
    """The rows of one key in their order: every state, or as drops show them."""
    return sorted(rows, key=lambda row: row.at) if every_state else last_of_each_day(rows)


def last_of_each_day(rows: Iterable[Row]) -> list[Row]:
    """The rows of one key as the drops show them: of each day the state at its end.

    A row that came about at the same time as another follows it in the result's order.
    """
    return list({row.at.date(): row for row in sorted(rows, key=lambda row: row.at)}.values())
