"""What goes wrong between the demo shop's systems and landing: late, repeated and spoiled rows."""

import random
from collections import Counter, deque
from dataclasses import replace
from typing import NamedTuple

from spark_app.shops.demo_rows import COLUMNS, Row

_LATE = 0.01
_TWICE = 0.005
_ROWS_PER_SPOILED = 220
_SPOILED_FROM = 6  # rows in an entity's drop: a drop that is mostly spoiled would be another failure


class Spoil(NamedTuple):
    """One way to spoil a row of `entity`: `text` in place of a column's value; no column: the row's shape."""

    kind: str
    entity: str
    column: str = ""
    text: str = ""


_SPOILS = (
    Spoil("missing_key", "order_items", "item_number"),
    Spoil("missing_key", "payments", "order_id"),
    Spoil("missing_key", "customers", "customer_id"),
    Spoil("missing_key", "products", "product_id"),
    Spoil("missing_required", "orders", "purchased_at"),
    Spoil("missing_required", "order_items", "unit_price"),
    Spoil("missing_required", "payments", "amount"),
    Spoil("missing_required", "reviews", "score"),
    Spoil("bad_date", "orders", "purchased_at", "31/02/2017"),
    Spoil("bad_date", "customers", "updated_at", "2017-02-31 10:00:00"),
    Spoil("bad_date", "reviews", "created_at", "yesterday"),
    Spoil("bad_money", "order_items", "unit_price", "1.234,56"),
    Spoil("bad_money", "payments", "amount", "1.234,56"),
    Spoil("bad_quantity", "order_items", "quantity", "abc"),
    Spoil("unknown_method", "payments", "method", "not_defined"),
    Spoil("unknown_status", "orders", "status", "teleported"),
    Spoil("negative_amount", "order_items", "unit_price", "-12.00"),
    Spoil("negative_amount", "payments", "amount", "-7.50"),
    Spoil("too_many_fields", "orders"),
    Spoil("too_many_fields", "payments"),
    Spoil("too_few_fields", "orders"),
    Spoil("too_few_fields", "payments"),
)
SPOILED_KINDS: tuple[str, ...] = tuple(dict.fromkeys(spoil.kind for spoil in _SPOILS))


def disturb(
    rng: random.Random, due: list[Row], kinds: deque[str], quirks: Counter[str]
) -> tuple[list[Row], list[tuple[int, Row]]]:
    """What of a day's rows lands that day, and what lands later as (days later, row).

    Kinds of dirt take turns: `kinds` holds them, the next one first, and is left turned for the next day.
    Late and repeated rows are counted into `quirks` on the day they should have landed alone.
    """
    now, postponed = _delay_and_repeat(rng, due, quirks)
    for _ in range(max(1, len(now) // _ROWS_PER_SPOILED)):
        found = _next_spoil(rng, now, kinds)
        if found is None:
            break
        position, spoil = found
        good, now[position] = now[position], _spoiled(now[position], spoil)
        good.settled = True
        # The system sends the row again: at once, or repaired some days later.
        if rng.random() < 0.5:
            now.append(good)
        else:
            postponed.append((rng.randint(1, 3), good))
    return now, postponed


def _delay_and_repeat(
    rng: random.Random, due: list[Row], quirks: Counter[str]
) -> tuple[list[Row], list[tuple[int, Row]]]:
    now: list[Row] = []
    postponed: list[tuple[int, Row]] = []
    for row in due:
        chance = 1.0 if row.settled else rng.random()
        if chance < _LATE:
            row.settled = True
            quirks["late"] += 1
            postponed.append((rng.randint(1, 5), row))
            continue
        now.append(row)
        if chance < _LATE + _TWICE:
            row.settled = True
            quirks["landed_twice"] += 1
            copy = replace(row, dirt=None)
            days = rng.choice((0, 0, 1, 3))
            now.append(copy) if days == 0 else postponed.append((days, copy))
    return now, postponed


def _next_spoil(rng: random.Random, rows: list[Row], kinds: deque[str]) -> tuple[int, Spoil] | None:
    """The position of a row for the first kind in turn that any row can have, and how to spoil it."""
    drops = Counter(row.entity for row in rows)
    large = {entity for entity, count in drops.items() if count >= _SPOILED_FROM}
    for kind in list(kinds):
        spoils = {spoil.entity: spoil for spoil in _SPOILS if spoil.kind == kind}
        places = large.intersection(spoils)
        positions = [i for i, row in enumerate(rows) if row.entity in places and not row.settled]
        if positions:
            kinds.remove(kind)
            kinds.append(kind)
            position = rng.choice(positions)
            return position, spoils[rows[position].entity]
    return None


def _spoiled(row: Row, spoil: Spoil) -> Row:
    if not spoil.column:
        return replace(row, shape=spoil.kind, dirt=spoil.kind, settled=True)
    position = COLUMNS[spoil.entity].index(spoil.column)
    values = (*row.values[:position], spoil.text, *row.values[position + 1 :])
    return replace(row, values=values, dirt=spoil.kind, settled=True)
