"""Refunds of the demo shop: whole orders and single pieces that come back, some weeks later, and money for goodwill."""

import random
from dataclasses import dataclass
from datetime import datetime

from spark_app.shops.demo_life import Life
from spark_app.shops.demo_rows import Row, later, money, row
from spark_app.shops.demo_terms import Line, Terms

_IN_PART = 0.05  # of the orders that arrive and stay
_GOODWILL = 0.15  # of these: money for a line that is not named
_REASONS = ("does not fit", "arrived damaged", "changed my mind", "not as described", "")
_GOODWILL_REASON = "goodwill"


@dataclass(frozen=True, slots=True)
class Refund:
    """What goes back `at` (UTC) for one line, or for none of them; amounts in cents of the order's currency."""

    at: datetime
    reason: str
    goods: int
    tax: int
    shipping: int = 0
    line: int | None = None  # its place in the order, from 0
    quantity: int | None = None


def plan_refunds(rng: random.Random, life: Life, terms: Terms, lines: list[Line]) -> list[Refund]:
    """All of a returned order, shipping too; of one that was delivered, now and then a piece or a little money."""
    if life.delivered is None:
        return []
    reason = rng.choice(_REASONS)
    if life.ended is not None:
        at = later(rng, life.ended, 1, 40)
        refunds = [_whole_line(at, reason, terms, lines, position) for position in range(len(lines))]
        return [refund for refund in refunds if refund.goods + refund.tax + refund.shipping]
    if rng.random() >= _IN_PART:
        return []
    at = later(rng, life.delivered, 30, 45 * 24)
    position = rng.randrange(len(lines))
    quantity = rng.randint(1, lines[position].quantity)
    goods, tax = _left_of(terms, lines, position)
    if rng.random() < _GOODWILL:
        return [Refund(at, _GOODWILL_REASON, max(goods // 20, 1), 0)]
    pieces = lines[position].quantity
    return [Refund(at, reason, goods * quantity // pieces, tax * quantity // pieces, 0, position, quantity)]


def refund_rows(refunds: list[Refund], number: int, order_id: str) -> list[Row]:
    """Rows of `refunds`: one refund of the order, a line for each part of it."""
    return [
        row(
            "refunds", refund.at, f"F{number:08d}", at, order_id,
            None if refund.line is None else refund.line + 1, refund.quantity,
            money(refund.goods), money(refund.shipping), money(refund.tax), refund.reason, refund.at,
        )
        for at, refund in enumerate(refunds, 1)
    ]  # fmt: skip


def _whole_line(at: datetime, reason: str, terms: Terms, lines: list[Line], position: int) -> Refund:
    goods, tax = _left_of(terms, lines, position)
    shipping = lines[position].freight + (terms.shipping if position == 0 else 0)
    return Refund(at, reason, goods, tax, shipping, position, lines[position].quantity)


def _left_of(terms: Terms, lines: list[Line], position: int) -> tuple[int, int]:
    """What was paid for a line's goods, and its taxes, with its share of what is the order's (rounded down)."""
    line = lines[position]
    goods = sum(line.goods for line in lines) or 1
    return (
        line.goods - line.discount - terms.discount * line.goods // goods,
        line.tax + terms.tax * line.goods // goods,
    )
