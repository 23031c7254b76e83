"""`lakehouse demo`: the daily drops of a small made-up shop, dirt included, the same on every run.

Day by day the shop goes on from where it stood: its random numbers depend on the seed and the day alone, and
nothing depends on how many days are asked for. So the drops of a day are the same in a short and a long run.
"""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from spark_app.runtime.errors import UsageError
from spark_app.shops import demo_goods, demo_people, demo_rates
from spark_app.shops.demo_faults import SPOILED_KINDS, disturb
from spark_app.shops.demo_files import write_drop
from spark_app.shops.demo_orders import ORDER_ODDITIES, Sale
from spark_app.shops.demo_rows import COLUMNS, Row
from spark_app.shops.demo_shop import Shop, schedule, sell_one
from spark_app.shops.drop_files import local_root

__all__ = ["DIRT_KINDS", "DemoSummary", "generate"]

# What silver does with each: quarantine the row, or keep and count it.
DIRT_KINDS: tuple[tuple[str, str], ...] = (
    *((kind, "quarantined") for kind in SPOILED_KINDS),
    *((kind, "kept") for kind in ORDER_ODDITIES),
    ("untranslated_category", "kept"),
    ("missing_category", "kept"),
    ("leading_zero_postal_code", "kept"),
)

_WEEKDAYS = (1.1, 1.05, 1.0, 1.0, 1.1, 0.95, 0.8)  # from Monday
_GROWTH_PER_DAY = 0.0004
_HOURS = (1, 1, 1, 1, 1, 1, 2, 3, 5, 7, 8, 8, 8, 7, 7, 7, 7, 7, 8, 9, 9, 8, 5, 2)
_ORDERS_PER_ODDITY = 40


@dataclass(frozen=True)
class DemoSummary:
    """What was written: `rows` by entity (all data rows, repeated and dirty ones too).

    `dirt` counts each kind of DIRT_KINDS where it landed: quarantined kinds by row, kept ones by order, item,
    payment, product, customer version or review. `quirks` counts what is no dirt, when it is decided, so that
    some may land after the last day: late, landed_twice, corrected (items with a new price).
    """

    first_day: date
    last_day: date
    days: int
    files: int
    rows: dict[str, int]
    dirt: dict[str, int]
    quirks: dict[str, int]


def generate(
    landing: str,
    start: date,
    days: int,
    *,
    orders_per_day: int = 40,
    seed: int = 7,
    ledger: list[Sale] | None = None,
) -> DemoSummary:
    """Write `<landing>/<entity>/dt=YYYY-MM-DD/*.csv[.gz]` for the eight canonical entities.

    `landing` is a local directory or a file: URI; `start` is the first of `days` days. Every entity has
    a file every day, header only if it has no rows. The same arguments give the same bytes, and a day's
    files do not depend on `days`. `orders_per_day` is the average at the start: the shop grows slowly. `ledger` is
    given every sale as it was in truth.

    Raises UsageError for days or orders_per_day below 1 and for a landing that is not local.
    """
    for name, value in (("days", days), ("orders_per_day", orders_per_day)):
        if value < 1:
            raise UsageError(f"{name}: expected 1 or more, found {value}.")
    root = local_root(landing)
    shop = Shop(seed)
    counts = {name: Counter[str]() for name in ("rows", "dirt", "quirks")}
    files = 0
    for offset in range(days):
        day = start + timedelta(days=offset)
        rng = random.Random(f"{seed}/shop/{offset}")
        sales = _trade(shop, rng, day, _order_count(rng, day, offset, orders_per_day), counts["quirks"])
        if ledger is not None:
            ledger += sales
        landed = _land(shop, random.Random(f"{seed}/faults/{offset}"), day, counts["quirks"])
        files += _write(root, day, landed, random.Random(f"{seed}/files/{offset}"))
        counts["rows"].update(row.entity for row in landed)
        counts["dirt"].update(row.dirt for row in landed if row.dirt)
    return DemoSummary(
        first_day=start,
        last_day=start + timedelta(days=days - 1),
        days=days,
        files=files,
        rows={entity: counts["rows"][entity] for entity in COLUMNS},
        dirt={kind: counts["dirt"][kind] for kind, _ in DIRT_KINDS},
        quirks=dict(counts["quirks"]),
    )


def _order_count(rng: random.Random, day: date, offset: int, orders_per_day: int) -> int:
    expected = orders_per_day * _WEEKDAYS[day.weekday()] * (1 + _GROWTH_PER_DAY * offset)
    return max(1, round(expected * rng.uniform(0.85, 1.15)))


def _trade(shop: Shop, rng: random.Random, day: date, orders: int, quirks: Counter[str]) -> list[Sale]:
    """A day's business: changed products and customers, new orders; their rows go into the agenda."""
    midnight = datetime.combine(day, time())
    schedule(shop, demo_goods.changes_of_day(rng, shop.products, midnight))
    schedule(shop, demo_people.changes_of_day(rng, shop.customers, midnight))
    sales = []
    odd = set(rng.sample(range(orders), max(1, orders // _ORDERS_PER_ODDITY)))
    for number, purchased in enumerate(_moments(rng, midnight, orders)):
        oddity = None
        if number in odd:
            oddity = shop.oddities[0]
            shop.oddities.rotate(-1)
        sold = sell_one(shop, rng, purchased, oddity)
        quirks["corrected"] += sum(row.entity == "order_items" and row.at > purchased for row in sold.rows)
        schedule(shop, sold.rows)
        sales.append(sold.sale)
    return sales


def _moments(rng: random.Random, midnight: datetime, count: int) -> list[datetime]:
    hours = rng.choices(range(24), _HOURS, k=count)
    return sorted(midnight + timedelta(hours=hour, seconds=rng.randrange(3600)) for hour in hours)


def _land(shop: Shop, rng: random.Random, day: date, quirks: Counter[str]) -> list[Row]:
    now, postponed = disturb(rng, shop.agenda.pop(day, []), shop.spoils, quirks)
    now += demo_rates.rates_of_day(datetime.combine(day, time()))  # never late: without them nothing could be released
    for days, row in postponed:
        shop.agenda[day + timedelta(days=days)].append(row)
    return now


def _write(root: Path, day: date, rows: list[Row], rng: random.Random) -> int:
    by_entity: dict[str, list[Row]] = {entity: [] for entity in COLUMNS}
    for row in rows:
        by_entity[row.entity].append(row)
    return sum(write_drop(root, entity, str(day), part, rng) for entity, part in by_entity.items())
