"""Products of the demo shop: what is on sale, and how prices change."""

import random
from dataclasses import dataclass, replace
from datetime import datetime

from spark_app.shops.demo_rows import Row, later, money, row
from spark_app.shops.demo_words import ADJECTIVES, CATEGORIES, UNTRANSLATED_CATEGORIES

FIRST_PRODUCTS = 320
_ODD_EVERY = 80  # one product in so many has no category, and one a category nobody translated
_PRICE_CHANGES_PER_DAY = 0.004  # of all products
_NEW_PRODUCTS_PER_DAY = 0.3


@dataclass(frozen=True, slots=True)
class Product:
    """A product as of now; `cost` and `price` in cents, `size` in cm."""

    product_id: str
    name: str
    category: str
    brand: str
    cost: int
    price: int
    weight_g: int
    size: tuple[int, int, int]
    photos: int
    oddity: str | None


def new_product(rng: random.Random, number: int) -> Product:
    """Product `number`, counted from 1."""
    category = rng.choice(CATEGORIES)
    brand = rng.choice(category.brands)
    low, high = category.prices
    price = int(low + (high - low) * rng.random() ** 2.5) // 100 * 100 + 90
    name, oddity = category.name, None
    if number % _ODD_EVERY == 20:
        name, oddity = "", "missing_category"
    elif number % _ODD_EVERY == 60:
        name, oddity = rng.choice(UNTRANSLATED_CATEGORIES), "untranslated_category"
    return Product(
        product_id=f"P{number:05d}",
        name=f"{brand} {rng.choice(ADJECTIVES)} {rng.choice(category.nouns)}",
        category=name,
        brand=brand,
        cost=price * rng.randrange(45, 75) // 100,
        price=price,
        weight_g=rng.randint(*category.weights),
        size=(rng.randint(8, 60), rng.randint(3, 40), rng.randint(5, 50)),
        photos=rng.randint(1, 6),
        oddity=oddity,
    )


def product_row(product: Product, at: datetime, dirt: str | None = None) -> Row:
    """The product's version of `at`."""
    return row(
        "products", at, product.product_id, product.name, product.category, product.brand,
        money(product.cost), money(product.price), product.weight_g, *product.size, product.photos, dirt=dirt,
    )  # fmt: skip


def changes_of_day(rng: random.Random, products: list[Product], midnight: datetime) -> list[Row]:
    """New products and new prices of a day, all before 01:00; updates `products`.

    A product's oddity is marked on its first row only, so that counts are of products.
    """
    rows = []
    for _ in range(int(len(products) * _PRICE_CHANGES_PER_DAY + rng.random())):
        position = rng.randrange(len(products))
        products[position] = _repriced(rng, products[position])
        rows.append(product_row(products[position], later(rng, midnight, 0, 1)))
    for _ in range(_arrivals(rng, len(products))):
        products.append(new_product(rng, len(products) + 1))
        rows.append(product_row(products[-1], later(rng, midnight, 0, 1), products[-1].oddity))
    return rows


def _arrivals(rng: random.Random, on_sale: int) -> int:
    return FIRST_PRODUCTS if not on_sale else int(_NEW_PRODUCTS_PER_DAY + rng.random())


def _repriced(rng: random.Random, product: Product) -> Product:
    price = max(product.price * rng.randrange(80, 116) // 100, product.cost + 10)
    return replace(product, price=price)
