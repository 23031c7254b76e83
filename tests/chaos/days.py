"""Three days of a tiny shop, other ones for each seed: every table changes each day, some rows cannot be used."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from tests.support.drops import drop
from tests.support.shop import customer, item, order, payment, product, review

FIRST = date(2024, 1, 31)  # a month ends between the first day and the second
DAYS = [FIRST + timedelta(days=n) for n in range(3)]
CITIES = (("Paris", "FR"), ("Lima", "PE"), ("Berlin", "DE"))


def land(landing: Path, seed: int) -> None:
    """Write all three days."""
    dice = random.Random(seed)
    for number, day in enumerate(DAYS):
        _land(landing, dice, number, day)


def _land(landing: Path, dice: random.Random, number: int, day: date) -> None:
    at = f"{day} {dice.randrange(8, 20):02d}:00:00"
    ids = [f"O{number}{n}" for n in range(dice.randrange(3, 6))]
    people = [customer(f"C{n}", at, *dice.choice(CITIES)) for n in range(number + 2)]
    goods = [product(f"P{n}", at, dice.choice(("toys", "games")), f"{dice.randrange(5, 50)}.00") for n in range(3)]
    orders = [order(one, f"C{dice.randrange(number + 2)}", at) for one in ids]
    lines = [
        item(one, 1, f"P{dice.randrange(3)}", f"{dice.randrange(5, 50)}.{dice.randrange(100):02d}", at) for one in ids
    ]
    paid = [payment(one, f"{dice.randrange(5, 50)}.00", "paid", at) for one in ids]
    if number:
        before = DAYS[number - 1]
        orders.append(order(f"O{number - 1}0", "C0", f"{before} 08:00:00", "delivered", delivered_at=at, updated_at=at))
        orders.append(order(f"O{number - 1}1", "C1", f"{before} 08:00:00", "canceled", updated_at=at))
        paid.append(payment(f"O{number - 1}1", "1.00", "dreamt of", at, sequence=2))  # cannot be used
    reviews = [review(f"R{number}", f"O{max(number - 1, 0)}0", dice.randrange(1, 6), at)]
    rows = {"customers": people, "products": goods, "orders": orders, "order_items": lines}
    for entity, listed in {**rows, "payments": paid, "reviews": reviews}.items():
        drop(landing, entity, day, listed)
