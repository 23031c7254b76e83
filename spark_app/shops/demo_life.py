"""What becomes of an order of the demo shop: its fate, the moments of its steps, its rows day by day."""

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from spark_app.shops.demo_rows import COLUMNS, Row, as_shown, later, row

CARDS = ("credit_card", "debit_card")
_SLOW = ("boleto", "bank_transfer")
_FATES = {"delivered": 925, "returned": 25, "canceled_unpaid": 20, "canceled_paid": 18, "unavailable": 12}
_APPROVED_AT = COLUMNS["orders"].index("approved_at")
_ENDS = {"canceled_paid": "canceled", "unavailable": "unavailable"}


@dataclass(slots=True)
class Life:
    """Moments in UTC, None where never; `ended` is the cancellation, unavailability or return."""

    purchased: datetime
    estimated: datetime
    steps: list[tuple[datetime, str]]
    approved: datetime | None = None
    shipped: datetime | None = None
    delivered: datetime | None = None
    ended: datetime | None = None
    retried: bool = False  # the first attempt to pay failed


def draw_fate(rng: random.Random) -> str:
    """How an order ends: a key of _FATES, by weight."""
    return rng.choices(tuple(_FATES), tuple(_FATES.values()))[0]


def plan_life(rng: random.Random, purchased: datetime, method: str, fate: str) -> Life:
    """The whole life of an order placed at `purchased` (UTC) and paid by `method`."""
    promised = purchased.date() + timedelta(days=rng.randint(12, 24))
    life = Life(purchased, datetime.combine(promised, time()), [(purchased, "created")])
    if fate == "canceled_unpaid":
        _end(life, later(rng, purchased, 12, 72), "canceled")
        return life
    _approve(rng, life, method)
    if fate in _ENDS:
        _end(life, later(rng, life.steps[-1][0], 6, 60), _ENDS[fate])
        return life
    _deliver(rng, life)
    if fate == "returned":
        _end(life, later(rng, life.steps[-1][0], 72, 400), "returned")
    return life


def order_rows(
    life: Life,
    order_id: str,
    customer_id: str,
    terms: tuple[str, ...],
    dirt: str | None = None,
    every_state: bool = False,
) -> list[Row]:
    """Rows of `orders`, one a day at most (or `every_state`), as known at each step; the first with `dirt` is marked.

    `terms` are the texts of the columns from `currency` on. With times_out_of_order the approval, once known, is
    dated two hours before the purchase.
    """
    backwards = dirt == "times_out_of_order"
    approval = life.purchased - timedelta(hours=2) if backwards else life.approved
    steps = [
        row(
            "orders", at, order_id, customer_id, status, life.purchased,
            approval if _known(life.approved, at) else None, _known(life.shipped, at),
            _known(life.delivered, at), life.estimated, *terms,
        )
        for at, status in life.steps
    ]  # fmt: skip
    rows = as_shown(steps, every_state)
    shown = (row for row in rows if row.values[_APPROVED_AT]) if backwards else iter(rows)
    next(shown).dirt = dirt
    return rows


def _approve(rng: random.Random, life: Life, method: str) -> None:
    life.retried = method in CARDS and rng.random() < 0.03
    hours = (14, 40) if life.retried else (6, 72) if method in _SLOW else (0.05, 2)
    life.approved = later(rng, life.purchased, *hours)
    life.steps.append((life.approved, "approved"))


def _deliver(rng: random.Random, life: Life) -> None:
    at = life.steps[-1][0]
    for status, chance, hours in (("processing", 0.6, 20), ("invoiced", 0.5, 12)):
        if rng.random() < chance:
            at = later(rng, at, 1, hours)
            life.steps.append((at, status))
    life.shipped = later(rng, at, 12, 60)
    slow_hours = 240 if rng.random() < 0.06 else 0
    life.delivered = later(rng, life.shipped, 30 + slow_hours, 220 + slow_hours)
    life.steps += [(life.shipped, "shipped"), (life.delivered, "delivered")]


def _end(life: Life, at: datetime, status: str) -> None:
    life.ended = at
    life.steps.append((at, status))


def _known(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment is not None and moment <= at else None
