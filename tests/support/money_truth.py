"""What a shop's days come to, counted from its rows by plain arithmetic: no Spark, no SQL, none of our code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from tests.support.shop import Row

Figures = dict[str, Decimal]
CENT, NOTHING = Decimal("0.01"), Decimal(0)
KEYS = {
    "orders": ("order_id",),
    "order_items": ("order_id", "item_number"),
    "refunds": ("refund_id", "refund_line"),
    "exchange_rates": ("currency", "rate_date"),
}
NOT_LIVE = ("canceled", "unavailable")


def daily_figures(drops: Iterable[Mapping[str, list[Row]]], zone: str, home: str) -> dict[date, Figures]:
    """Day → figure → amount in the currency `home`, of all that landed, of each key the newest."""
    now = _newest(drops)
    days: dict[date, Figures] = defaultdict(lambda: defaultdict(Decimal))
    orders = {str(order["order_id"]): order for order in now["orders"]}
    lines: dict[str, list[Row]] = defaultdict(list)
    for line in now["order_items"]:
        lines[str(line["order_id"])].append(line)
    rates = {name: _rate(now["exchange_rates"], order, zone, home) for name, order in orders.items()}
    for name, order in orders.items():
        if order["status"] not in NOT_LIVE:
            _sell(days[_day(order["purchased_at"], zone)], order, lines[name], rates[name])
    for refund in now["refunds"]:
        of = orders.get(str(refund["order_id"]))
        if of is None or of["status"] in NOT_LIVE:
            continue
        day, at = days[_day(refund["refunded_at"], zone)], rates[str(refund["order_id"])]
        within = _amount(refund, "tax_amount") if refund.get("prices_include_tax") else NOTHING
        day["returns"] += _cents((_amount(refund, "amount") - within) * at)
        day["shipping"] -= _cents(_amount(refund, "shipping_amount") * at)
        day["taxes"] -= _cents(_amount(refund, "tax_amount") * at)
    for day in days.values():
        day["net_sales"] = day["gross_sales"] - day["discounts"] - day["returns"]
        day["total_sales"] = day["net_sales"] + day["shipping"] + day["taxes"]
    return dict(days)


def _sell(day: Figures, order: Row, lines: list[Row], rate: Decimal) -> None:
    weights = [_amount(line, "line_amount") for line in lines]
    shared = {
        name: _share_out(_amount(order, name), weights) for name in ("discount_amount", "shipping_amount", "tax_amount")
    }
    if not lines:
        day["discounts"] += _cents(_amount(order, "discount_amount") * rate)
        day["shipping"] += _cents(_amount(order, "shipping_amount") * rate)
        day["taxes"] += NOTHING if order.get("prices_include_tax") else _cents(_amount(order, "tax_amount") * rate)
    for at, line in enumerate(lines):
        own, share = _amount(line, "tax_amount"), shared["tax_amount"][at]
        within = (own if line.get("prices_include_tax") else NOTHING) + (
            share if order.get("prices_include_tax") else NOTHING
        )
        day["gross_sales"] += _cents((weights[at] - within) * rate)
        day["discounts"] += _cents((_amount(line, "discount_amount") + shared["discount_amount"][at]) * rate)
        day["shipping"] += _cents((_amount(line, "freight_amount") + shared["shipping_amount"][at]) * rate)
        day["taxes"] += _cents((own + share) * rate)


def _share_out(amount: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """By largest remainder; of equal ones to the larger weight, then to the first."""
    if not weights:
        return []
    weights = weights if any(weights) else [Decimal(1)] * len(weights)
    exact = [amount * 100 * weight / sum(weights) for weight in weights]
    cents = [int(value) for value in exact]
    order = sorted(range(len(weights)), key=lambda at: (cents[at] - exact[at], -weights[at], at))
    for at in order[: int(amount * 100) - sum(cents)]:
        cents[at] += 1
    return [Decimal(value) / 100 for value in cents]


def _rate(rates: list[Row], order: Row, zone: str, home: str) -> Decimal:
    currency = order.get("currency") or home
    if currency == home:
        return Decimal(1)
    day = str(_day(order["purchased_at"], zone))
    known = {str(one["rate_date"]): one["rate"] for one in rates if one["currency"] == currency}
    return Decimal(str(known[max(since for since in known if since <= day)]))


def _newest(drops: Iterable[Mapping[str, list[Row]]]) -> dict[str, list[Row]]:
    found: dict[str, dict[tuple[object, ...], Row]] = {name: {} for name in KEYS}
    for drop in drops:
        for name, key in KEYS.items():
            for row in drop.get(name, ()):
                held = found[name].get(tuple(row[column] for column in key))
                if held is None or str(held["updated_at"]) <= str(row["updated_at"]):
                    found[name][tuple(row[column] for column in key)] = row
    return {name: sorted(rows.values(), key=lambda row: str(row.get("item_number"))) for name, rows in found.items()}


def _day(moment: object, zone: str) -> date:
    return datetime.fromisoformat(f"{moment}+00:00").astimezone(ZoneInfo(zone)).date()


def _amount(row: Row, name: str) -> Decimal:
    return Decimal(str(row.get(name) or 0))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
