"""`lakehouse demo --live`: the made-up shop sells at this moment, and what happens in it is sent as it happens."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from spark_app.shops import demo_goods, demo_rates
from spark_app.shops.demo_rows import COLUMNS, Row
from spark_app.shops.demo_shop import Shop, schedule, sell_one


@dataclass
class LiveShop:
    """A shop that has just opened. `next_sale`: when somebody buys next (UTC, as all its times).

    `rates_until`: the last day whose exchange rates are due.
    """

    shop: Shop
    rng: random.Random
    orders_per_minute: float
    next_sale: datetime
    rates_until: date


def open_shop(now: datetime, orders_per_minute: float, seed: int = 7) -> LiveShop:
    """Its goods, at prices since yesterday, and rates are its first rows.

    Orders and customers are numbered from the moment on, so that a shop opened later sells under numbers of its own.
    """
    moment = int(now.timestamp())
    shop = Shop(seed, orders=moment, customers_before=moment)
    yesterday = now.date() - timedelta(days=1)
    midnight = datetime.combine(yesterday, time())
    schedule(shop, demo_goods.changes_of_day(random.Random(f"{seed}/shop/0"), shop.products, midnight))
    schedule(shop, demo_rates.rates_of_day(midnight))
    live = LiveShop(shop, random.Random(f"{seed}/live/{moment}"), orders_per_minute, now, yesterday)
    live.next_sale = _later(live, now)
    return live


def happened(live: LiveShop, now: datetime) -> list[Row]:
    """Sell what is bought until `now`; all rows that came about since the last call, in their order.

    A row more for each state: an order is sent when it is placed, and again as it goes on.
    """
    while live.next_sale <= now:
        sold = sell_one(live.shop, live.rng, live.next_sale.replace(microsecond=0), every_state=True)
        schedule(live.shop, sold.rows)
        live.next_sale = _later(live, live.next_sale)
    while live.rates_until < now.date():  # the first call, and each midnight
        live.rates_until += timedelta(days=1)
        schedule(live.shop, demo_rates.rates_of_day(datetime.combine(live.rates_until, time())))
    return _due(live.shop, now)


def by_entity(rows: list[Row]) -> dict[str, list[dict[str, str]]]:
    """Rows by their columns' names, each entity's in their order; what has no value is an empty text."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row.entity, []).append(dict(zip(COLUMNS[row.entity], row.values, strict=True)))
    return found


def _later(live: LiveShop, at: datetime) -> datetime:
    """When somebody buys after this moment: independently of each other, so many a minute on average."""
    return at + timedelta(minutes=live.rng.expovariate(live.orders_per_minute))


def _due(shop: Shop, now: datetime) -> list[Row]:
    due: list[Row] = []
    for day in [day for day in shop.agenda if day <= now.date()]:
        rows = shop.agenda.pop(day)
        due += [row for row in rows if row.at <= now]
        if waiting := [row for row in rows if row.at > now]:
            shop.agenda[day] = waiting
    return sorted(due, key=lambda row: row.at)
