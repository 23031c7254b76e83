"""The terms on which the demo shop sells: where and in which money, with what taken off and what put on."""

import random
from dataclasses import dataclass, replace
from datetime import date

from spark_app.shops.demo_goods import Product
from spark_app.shops.demo_rates import HOME_CURRENCY, rate_of

_CURRENCIES = {"DE": "EUR", "FR": "EUR", "BR": "BRL"}
_TAX_PERCENT = {"US": 8, "DE": 19, "FR": 20, "BR": 0}
_STORES = {"US": ("New York", "Los Angeles"), "DE": ("Berlin",), "FR": ("Paris",), "BR": ("São Paulo",)}
_IN_STORE = 0.22
_WELCOMED = 0.35  # of orders of the day a customer signed up
_THANKED = 0.06  # of all others
_ON_SALE = 0.12  # of lines
_EXPRESS = 0.1  # of orders that are sent


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order; amounts in cents of the order's currency."""

    product_id: str
    seller_id: str
    quantity: int
    unit_price: int
    freight: int
    discount: int = 0
    tax: int = 0

    @property
    def goods(self) -> int:
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a whole order; amounts in cents of its currency, those of the lines apart."""

    currency: str
    channel: str
    store_id: str = ""
    discount: int = 0
    shipping: int = 0
    tax: int = 0


def basket_line(rng: random.Random, product: Product) -> Line:
    """A line at today's price in dollars, before any terms."""
    return Line(
        product_id=product.product_id,
        seller_id=f"S{1 + int(product.product_id[1:]) % 23:03d}",
        quantity=rng.choices((1, 2, 3, 6), (80, 14, 5, 1))[0],
        unit_price=product.price,
        freight=290 + product.weight_g * rng.randrange(8, 13) // 100,
    )


def agree(
    rng: random.Random, basket: list[Line], country: str, day: date, new_customer: bool
) -> tuple[Terms, list[Line]]:
    """An order's terms and its lines on them: prices in the customer's money, what a sale or a code takes off, taxes.

    Where a code takes something off the whole order its taxes are the order's, else those of its lines.
    """
    currency = _CURRENCIES.get(country, HOME_CURRENCY)
    store = rng.choice(_STORES[country]) if rng.random() < _IN_STORE else ""
    lines = [_priced(rng, line, rate_of(currency, day), bool(store)) for line in basket]
    express = rng.random() < _EXPRESS and not store
    code = _code(rng, new_customer)
    after_sale = sum(line.goods - line.discount for line in lines)
    off = {"": 0, "WELCOME10": after_sale // 10, "THANKS5": min(500, after_sale // 2)}[code]
    terms = Terms(currency, "store" if store else "web", store, off, 990 if express else 0)
    percent = _TAX_PERCENT[country]
    if code:
        return replace(terms, tax=(after_sale - off) * percent // 100), lines
    return terms, [replace(line, tax=(line.goods - line.discount) * percent // 100) for line in lines]


def total(terms: Terms, lines: list[Line]) -> int:
    """What the customer is to pay, in cents."""
    of_lines = sum(line.goods - line.discount + line.freight + line.tax for line in lines)
    return of_lines - terms.discount + terms.shipping + terms.tax


def _priced(rng: random.Random, line: Line, rate: int, in_store: bool) -> Line:
    price = max(line.unit_price * 1_000_000 // rate // 10 * 10, 10)
    freight = 0 if in_store else line.freight * 1_000_000 // rate
    percent = rng.choice((10, 15, 20, 25)) if rng.random() < _ON_SALE else 0
    return replace(line, unit_price=price, freight=freight, discount=line.quantity * price * percent // 100)


def _code(rng: random.Random, new_customer: bool) -> str:
    if new_customer:
        return "WELCOME10" if rng.random() < _WELCOMED else ""
    return "THANKS5" if rng.random() < _THANKED else ""
