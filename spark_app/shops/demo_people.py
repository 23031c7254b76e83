"""Customers of the demo shop: who they are, where they move to."""

import random
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from spark_app.shops.demo_rows import Row, later, row
from spark_app.shops.demo_words import FEMALE_NAMES, LAST_NAMES, MALE_NAMES, PLACES, Place

_PLACE_WEIGHTS = [place.weight for place in PLACES]
_MOVES_PER_DAY = 0.001  # of all customers


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as of now; `created_at` in UTC."""

    customer_id: str
    email: str
    name: str
    gender: str
    birth_date: date | None
    place: Place
    postal_code: str
    created_at: datetime


def new_customer(rng: random.Random, number: int, at: datetime) -> Customer:
    """Customer `number`, who signed up `at`."""
    gender = rng.choices(("female", "male", "other", ""), (48, 43, 2, 7))[0]
    first_names = {"female": FEMALE_NAMES, "male": MALE_NAMES}.get(gender, FEMALE_NAMES + MALE_NAMES)
    name = f"{rng.choice(first_names)} {rng.choice(LAST_NAMES)}"
    known_birth = rng.random() < 0.9
    birth_date = date(1945, 1, 1) + timedelta(days=int(rng.triangular(0, 22500, 15000)))
    place, postal_code = _address(rng)
    return Customer(
        customer_id=f"C{number:06d}",
        email=f"{_plain(name)}.{number}@example.com",
        name=name,
        gender=gender,
        birth_date=birth_date if known_birth else None,
        place=place,
        postal_code=postal_code,
        created_at=at,
    )


def customer_row(customer: Customer, at: datetime) -> Row:
    """The customer's version of `at`; a postal code that starts with a zero is marked as such."""
    return row(
        "customers", at, customer.customer_id, customer.email, customer.name, customer.gender,
        customer.birth_date, customer.postal_code, customer.place.city, customer.place.state,
        customer.place.country, customer.created_at,
        dirt="leading_zero_postal_code" if customer.postal_code.startswith("0") else None,
    )  # fmt: skip


def changes_of_day(rng: random.Random, customers: list[Customer], midnight: datetime) -> list[Row]:
    """New versions of the few customers who move or change their e-mail that day; updates `customers`."""
    rows = []
    for _ in range(int(len(customers) * _MOVES_PER_DAY + rng.random())):
        position = rng.randrange(len(customers))
        customers[position] = _changed(rng, customers[position])
        rows.append(customer_row(customers[position], later(rng, midnight, 6, 23)))
    return rows


def _changed(rng: random.Random, customer: Customer) -> Customer:
    if rng.random() < 0.25:
        return replace(customer, email=customer.email.replace("@", f"+{rng.randrange(10, 99)}@", 1))
    place, postal_code = _address(rng)
    return replace(customer, place=place, postal_code=postal_code)


def _address(rng: random.Random) -> tuple[Place, str]:
    place = rng.choices(PLACES, _PLACE_WEIGHTS)[0]
    return place, f"{rng.randint(place.low, place.high):0{place.digits}d}"


def _plain(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return ascii_name.lower().replace(" ", ".").replace("'", "")
