"""The demo shop at a moment: its goods and people, an order more, and the rows that are due on days to come."""

import random
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from spark_app.shops.demo_faults import SPOILED_KINDS
from spark_app.shops.demo_goods import Product
from spark_app.shops.demo_orders import ORDER_ODDITIES, Order, Sold, fill_basket, sell
from spark_app.shops.demo_people import Customer, customer_row, new_customer
from spark_app.shops.demo_rows import Row
from spark_app.shops.demo_terms import agree

_NEW_CUSTOMERS = 0.45  # of all orders


@dataclass
class Shop:
    """Its stock and customers, and the rows that are due. Numbers go on from `orders` and `customers_before`."""

    seed: int
    customers: list[Customer] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    orders: int = 0
    customers_before: int = 0
    agenda: defaultdict[date, list[Row]] = field(default_factory=lambda: defaultdict(list))
    oddities: deque[str] = field(default_factory=lambda: deque(ORDER_ODDITIES))
    spoils: deque[str] = field(default_factory=lambda: deque(SPOILED_KINDS))


def sell_one(
    shop: Shop, rng: random.Random, purchased: datetime, oddity: str | None = None, *, every_state: bool = False
) -> Sold:
    """An order, by a customer who may be new; its rows are not scheduled yet. `every_state`: as `sell`."""
    customer = _customer(shop, rng, purchased)
    earlier = f"O{max(1, shop.orders - rng.randrange(50)):08d}"
    shop.orders += 1
    basket = fill_basket(rng, shop.products)
    own = random.Random(f"{shop.seed}/terms/{shop.orders}")
    is_new = customer.created_at.date() == purchased.date()
    terms, lines = agree(own, basket, customer.place.country, purchased.date(), is_new)
    if oddity == "order_without_items":
        terms = replace(terms, discount=0, tax=0)
    order = Order(shop.orders, customer.customer_id, purchased, terms, lines, oddity)
    return sell(rng, own, order, earlier, every_state=every_state)


def _customer(shop: Shop, rng: random.Random, purchased: datetime) -> Customer:
    if shop.customers and rng.random() >= _NEW_CUSTOMERS:
        return rng.choice(shop.customers)
    midnight = datetime.combine(purchased.date(), time())
    signed_up = max(midnight, purchased - timedelta(seconds=rng.randrange(60, 1800)))
    customer = new_customer(rng, shop.customers_before + len(shop.customers) + 1, signed_up)
    shop.customers.append(customer)
    schedule(shop, [customer_row(customer, signed_up)])
    return customer


def schedule(shop: Shop, rows: Iterable[Row]) -> None:
    """Put rows into the agenda of the days they come about."""
    for row in rows:
        shop.agenda[row.at.date()].append(row)
