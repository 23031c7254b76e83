"""One order of the demo shop as rows of orders, order_items, payments, refunds and reviews."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from spark_app.shops.demo_goods import Product
from spark_app.shops.demo_life import Life, draw_fate, order_rows, plan_life
from spark_app.shops.demo_money import Payment, draw_method, payment_rows, share_out
from spark_app.shops.demo_refunds import Refund, plan_refunds, refund_rows
from spark_app.shops.demo_reviews import review_rows
from spark_app.shops.demo_rows import Row, later, money, row
from spark_app.shops.demo_terms import Line, Terms, basket_line, total

# Each is planted on a whole order and kept by silver as merely odd.
ORDER_ODDITIES = (
    "order_without_items",
    "unknown_product",
    "zero_payment",
    "repeated_review",
    "times_out_of_order",
    "unknown_customer",
    "order_without_payments",
    "invalid_utf8",
    "payment_unlike_amount",
    "unknown_order",
)
_ONLY_ON = {
    "unknown_product": "order_items",
    "zero_payment": "payments",
    "payment_unlike_amount": "payments",
    "unknown_order": "payments",
    "repeated_review": "reviews",
    "invalid_utf8": "reviews",
}
_CORRECTED = 0.012  # of all orders


@dataclass(frozen=True, slots=True)
class Correction:
    """A line whose unit price was wrong by `difference` cents, put right `at` (UTC)."""

    line: int
    at: datetime
    difference: int


@dataclass(frozen=True, slots=True)
class Order:
    """Who ordered what and when; `oddity` is one of ORDER_ODDITIES or None."""

    number: int
    customer_id: str
    purchased: datetime
    terms: Terms
    lines: list[Line]
    oddity: str | None

    @property
    def order_id(self) -> str:
        return f"O{self.number:08d}"


def fill_basket(rng: random.Random, products: list[Product]) -> list[Line]:
    """One to four lines of different products, the older ones sold more often; prices as of now."""
    wanted = rng.choices((1, 2, 3, 4), (58, 26, 11, 5))[0]
    picks = {int(len(products) * rng.random() ** 1.6) for _ in range(wanted)}
    return [basket_line(rng, products[pick]) for pick in sorted(picks)]


@dataclass(frozen=True, slots=True)
class Sale:
    """What came of an order in truth, whatever its rows say on the way; `lines` as put right in the end."""

    order: Order
    lines: list[Line]
    is_live: bool
    refunds: list[Refund]


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale and every row it lands as, whatever the day."""

    sale: Sale
    rows: list[Row]


def sell(
    rng: random.Random, refund_rng: random.Random, order: Order, earlier_order_id: str, *, every_state: bool = False
) -> Sold:
    """The whole life of an order; a repeated review names `earlier_order_id` too.

    `every_state`: a row for each, not for the last of a day.
    """
    method = draw_method(rng)
    life = plan_life(rng, order.purchased, method, _fate(rng, order.oddity))
    marks = {_ONLY_ON.get(order.oddity, "orders"): order.oddity} if order.oddity else {}
    customer_id = order.customer_id
    if order.oddity == "unknown_customer":
        customer_id = f"C9{order.number:08d}"
    rows = order_rows(life, order.order_id, customer_id, _terms_texts(order.terms), marks.get("orders"), every_state)
    correction = _correction(rng, order)
    if order.oddity != "order_without_items":
        rows += _item_rows(order, correction)
    if order.oddity != "order_without_payments":
        rows += _payments(rng, order, life, method, correction, every_state)
    rows += review_rows(rng, life, order.number, order.order_id, marks.get("reviews"), earlier_order_id)
    lines = _lines_in_the_end(order, correction)
    refunds = plan_refunds(refund_rng, life, order.terms, lines)
    is_live = life.ended is None or life.delivered is not None
    return Sold(Sale(order, lines, is_live, refunds), rows + refund_rows(refunds, order.number, order.order_id))


def _terms_texts(terms: Terms) -> tuple[str, ...]:
    amounts = (money(cents) for cents in (terms.discount, terms.shipping, terms.tax))
    return (terms.currency, terms.channel, terms.store_id, *amounts)


def _fate(rng: random.Random, oddity: str | None) -> str:
    if oddity is None:
        return draw_fate(rng)
    return "unavailable" if oddity == "order_without_items" else "delivered"


def _correction(rng: random.Random, order: Order) -> Correction | None:
    if order.oddity is not None or rng.random() >= _CORRECTED:
        return None
    line = rng.randrange(len(order.lines))
    difference = order.lines[line].unit_price * rng.choice((-10, -5, 5, 10)) // 100
    return Correction(line, later(rng, order.purchased, 5, 60), difference)


def _lines_in_the_end(order: Order, correction: Correction | None) -> list[Line]:
    lines = list(order.lines)
    if correction is not None:
        wrong = lines[correction.line]
        lines[correction.line] = replace(wrong, unit_price=wrong.unit_price + correction.difference)
    return lines


def _item_rows(order: Order, correction: Correction | None) -> list[Row]:
    rows = [_item_row(order, number, line, order.purchased) for number, line in enumerate(order.lines)]
    if order.oddity == "unknown_product":
        odd = replace(order.lines[0], product_id=f"P9{order.number:08d}")
        rows[0] = _item_row(order, 0, odd, order.purchased)
        rows[0].dirt = order.oddity
    if correction is not None:
        right = _lines_in_the_end(order, correction)[correction.line]
        rows.append(_item_row(order, correction.line, right, correction.at))
    return rows


def _item_row(order: Order, position: int, line: Line, at: datetime) -> Row:
    return row(
        "order_items", at, order.order_id, position + 1, line.product_id, line.seller_id, line.quantity,
        money(line.unit_price), money(line.freight), money(line.discount), money(line.tax),
    )  # fmt: skip


def _payments(
    rng: random.Random, order: Order, life: Life, method: str, correction: Correction | None, every_state: bool
) -> list[Row]:
    cents = total(order.terms, order.lines)
    if order.oddity == "payment_unlike_amount":
        cents += rng.randrange(50, 900)
    parts = share_out(rng, method, order.terms.currency, cents)
    if correction is not None:
        difference = correction.difference * order.lines[correction.line].quantity
        parts = _corrected(parts, correction.at, difference)
    marked = order.oddity if order.oddity == "payment_unlike_amount" else None
    rows = []
    for part in parts:
        rows += payment_rows(rng, life, order.order_id, part, marked if part.sequence == 1 else None, every_state)
    return rows + _stray_payments(rng, order, life, len(parts) + 1)


def _corrected(parts: list[Payment], at: datetime, difference: int) -> list[Payment]:
    # The larger part bears the difference, at most a tenth of the order: no part falls below zero.
    largest = max(parts, key=lambda part: part.cents)
    corrected = replace(largest, corrected_cents=largest.cents + difference, corrected_at=at)
    return [corrected if part is largest else part for part in parts]


def _stray_payments(rng: random.Random, order: Order, life: Life, sequence: int) -> list[Row]:
    if order.oddity == "zero_payment":
        return payment_rows(
            rng, life, order.order_id, Payment(sequence, "voucher", order.terms.currency, 0, 0), order.oddity
        )
    if order.oddity == "unknown_order":
        at = order.purchased + timedelta(seconds=5)
        values = (f"X{order.number:08d}", 1, "paypal", "paid", 1, "19.90", order.terms.currency, at)
        return [row("payments", at, *values, dirt=order.oddity)]
    return []
