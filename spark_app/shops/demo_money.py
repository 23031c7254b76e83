"""Payments of the demo shop: how an order is paid, in one part or two, and what becomes of each part."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from spark_app.shops.demo_life import CARDS, Life
from spark_app.shops.demo_rows import Row, as_shown, money, row

_METHODS = {"credit_card": 56, "debit_card": 12, "paypal": 14, "boleto": 10, "bank_transfer": 8}


@dataclass(frozen=True, slots=True)
class Payment:
    """A part of what is paid: `cents` agreed at purchase, `corrected_cents` from `corrected_at` (UTC) on."""

    sequence: int
    method: str
    currency: str
    cents: int
    corrected_cents: int
    corrected_at: datetime | None = None


def draw_method(rng: random.Random) -> str:
    """A payment method, by weight."""
    return rng.choices(tuple(_METHODS), tuple(_METHODS.values()))[0]


def share_out(rng: random.Random, method: str, currency: str, cents: int) -> list[Payment]:
    """The whole amount by `method`; for one order in twelve a part of it by voucher."""
    if cents < 200 or rng.random() >= 0.08:
        return [Payment(1, method, currency, cents, cents)]
    voucher = rng.randrange(100, cents)
    rest = cents - voucher
    return [Payment(1, method, currency, rest, rest), Payment(2, "voucher", currency, voucher, voucher)]


def payment_rows(
    rng: random.Random,
    life: Life,
    order_id: str,
    payment: Payment,
    dirt: str | None = None,
    every_state: bool = False,
) -> list[Row]:
    """Rows of `payments` for one part, one a day at most (or `every_state`); `dirt` is marked on the first."""
    installments = rng.choice((1, 1, 1, 2, 3, 6, 10)) if payment.method == "credit_card" else 1
    events = sorted(_events(rng, life, payment.method))
    if payment.corrected_at is not None:
        before = [status for at, status in events if at <= payment.corrected_at]
        events = sorted([*events, (payment.corrected_at, before[-1])])
    paid_at: datetime | None = None
    rows = []
    for at, status in events:
        paid_at = paid_at or (at if status == "paid" else None)
        corrected = payment.corrected_at is not None and at >= payment.corrected_at
        amount = money(payment.corrected_cents if corrected else payment.cents)
        values = (order_id, payment.sequence, payment.method, status, installments, amount, payment.currency, paid_at)
        rows.append(row("payments", at, *values))
    rows = as_shown(rows, every_state)
    rows[0].dirt = dirt
    return rows


def _events(rng: random.Random, life: Life, method: str) -> list[tuple[datetime, str]]:
    events = [(life.purchased, "pending")]
    card = method in CARDS
    if life.approved is None:
        assert life.ended is not None  # an order that is not approved is canceled
        return [*events, (life.ended, "failed" if card and rng.random() < 0.7 else "voided")]
    if life.retried:
        # The same payment tried again, not another one: the order's payments still add up to its amount.
        events.append((life.purchased + timedelta(seconds=40), "failed"))
    paid = life.approved
    if card:
        events.append((life.approved - timedelta(seconds=20), "authorized"))
        if rng.random() < 0.15:  # captured when the goods leave; never, if they do not
            paid = life.shipped or datetime.max
    if paid != datetime.max:
        events.append((paid, "paid"))
    if life.ended is not None and life.delivered is None:  # what comes back after delivery is among the refunds
        events.append((life.ended, "refunded" if paid <= life.ended else "voided"))
    return events
