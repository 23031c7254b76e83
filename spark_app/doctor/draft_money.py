"""What a mapping says of money beside prices: the currency; discounts, taxes, shipping; what came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from spark_app.doctor.draft import Draft
from spark_app.doctor.draft_columns import add_column, add_number, add_number_in_order, add_time, add_time_of_change
from spark_app.doctor.draft_rows import as_sql, carried_down, listed, rows_of_orders
from spark_app.doctor.kinds import numbers

# Signs and codes that only one currency has.
_SIGNS: Mapping[str, str] = {
    "€": "EUR", "EUR": "EUR", "£": "GBP", "GBP": "GBP", "USD": "USD", "US$": "USD", "R$": "BRL", "zł": "PLN",
    "₹": "INR", "₩": "KRW", "₺": "TRY", "Kč": "CZK", "CHF": "CHF", "円": "JPY", "元": "CNY",
}  # fmt: skip
_AMOUNTS = ("unit_price", "line_amount", "pay_amount", "freight", "discount", "tax")
# Ours of a line and of an order -> what the column may be.
OF_LINES: Mapping[str, str] = {"freight_amount": "freight", "discount_amount": "discount", "tax_amount": "tax"}
OF_ORDERS: Mapping[str, str] = {"shipping_amount": "freight", "discount_amount": "discount", "tax_amount": "tax"}


def add_defaults(draft: Draft) -> None:
    """The currency, by the signs that stand beside amounts; whether prices have their taxes in them, by the totals."""
    given = {}
    if not draft.has("currency"):
        if (sign := _sign(draft)) is None:
            draft.questions.append("defaults: which currency are amounts in? As defaults: {currency: EUR}")
        else:
            given["currency"] = (_SIGNS[sign], f"amounts are written with {sign}")
    way = reckoned(draft)
    if draft.has("tax") and way and way.taxed:
        given["prices_include_tax"] = ("true", "without their taxes goods come to the total")
    elif draft.has("tax") and way is None:
        draft.questions.append("have prices their taxes in them? If so: defaults: {prices_include_tax: true}")
    if given:
        keys = ", ".join(f"{key}: {value}" for key, (value, _) in given.items())
        draft.add(f"defaults: {{{keys}}}", "; ".join(why for _, why in given.values()))


def add_amounts(draft: Draft, columns: Mapping[str, str], *, of_order: bool) -> None:
    """Discounts, taxes and shipping that stand there, of the order or of its lines."""
    way = reckoned(draft)
    for column, role in columns.items():
        if not draft.has(role) or is_of_order(draft, role) != of_order:
            continue
        if role == "discount" and way and way.discounted:
            draft.questions.append(f"{draft.header(role)}: left out, for without it prices come to the total")
            continue
        add_number(draft, column, role, absolute=role == "discount")
        if of_order:
            draft.questions.append(f"{draft.header(role)}: taken as the order's, for it is alike on all of its rows")


def is_of_order(draft: Draft, role: str) -> bool:
    """Whether an amount stands on an order's first row only, or alike on each of several."""
    if draft.header(role) in carried_down(draft):
        return True
    values = _amounts(draft, role)
    several = [{values[at] for at in rows} for rows in rows_of_orders(draft) if len(rows) > 1]
    several = [found for found in several if any(found)]
    return bool(several) and all(len(found) == 1 for found in several)


def add_refunds_of_ledger(draft: Draft, kinds: Sequence[str]) -> None:
    """Rows of these kinds give money back; which lines they are of a ledger does not say."""
    draft.add(
        f"    where: {draft.names[draft.header('kind')]} in ({listed(kinds)})", "money of an order that went back"
    )
    draft.add("    columns:")
    if draft.has("transaction"):
        add_column(draft, "refund_id", "transaction")
    else:
        add_column(draft, "refund_id", "order_id")
        add_number_in_order(draft, "refund_line", "an order may have several")
    add_column(draft, "order_id", "order_id")
    add_number(draft, "amount", "pay_amount", absolute=True)
    draft.questions.append("refunds.amount: has it shipping and taxes in it? They have columns of their own")
    if draft.has("purchased_at"):
        add_time(draft, "refunded_at", "purchased_at")
    else:
        draft.add('      refunded_at: {expression: "cast(_batch_date as string)"}', "the drop's day")
    add_time_of_change(draft)


def add_refunds(draft: Draft) -> None:
    """Rows of fewer than no pieces give money back."""
    quantity, pieces = draft.names[draft.header("quantity")], as_sql(draft, "quantity")
    draft.add(f"    where: {pieces} < 0", f"fewer than no {quantity}: what came back")
    draft.add("    columns:")
    add_column(draft, "refund_id", "order_id")
    add_number_in_order(draft, "refund_line", "an order may have several")
    add_column(draft, "order_id", "order_id")
    if draft.has("unit_price"):
        product = f"cast({pieces} as decimal(18,3)) * cast({as_sql(draft, 'unit_price')} as decimal(18,4))"
        why = "pieces times price, without the sign"
        draft.add(f'      amount: {{expression: "cast(abs({product}) as decimal(18,2))"}}', why)
    else:
        add_number(draft, "amount", "line_amount", absolute=True)
    if draft.has("tax") and not is_of_order(draft, "tax"):
        add_number(draft, "tax_amount", "tax", absolute=True)
    for column in ("refunded_at", "updated_at"):
        add_time(draft, column, "purchased_at")


def _sign(draft: Draft) -> str | None:
    values = [value for role in _AMOUNTS if draft.has(role) for value in draft.sample.column(draft.header(role))]
    found = {sign for sign in _SIGNS if any(sign in value for value in values)}
    return next(iter(sorted(found, key=len, reverse=True)), None) if len({_SIGNS[one] for one in found}) == 1 else None


@dataclass(frozen=True)
class Reckoned:
    """How an order's total comes about: whether discounts are off prices already, and taxes in them."""

    discounted: bool
    taxed: bool


def reckoned(draft: Draft) -> Reckoned | None:
    """The way in which goods, discounts, shipping and taxes come to most orders' totals; None where none does.

    Orders without a discount or a tax tell nothing, and do not count.
    """
    if draft.ledger or not draft.has("pay_amount", "unit_price", "quantity"):
        return None
    goods = [price * pieces for price, pieces in zip(*(_amounts(draft, one) for one in _GOODS), strict=True)]
    total, freight, off, tax = (_by_order(draft, role) for role in ("pay_amount", "freight", "discount", "tax"))
    hits: Counter[Reckoned] = Counter()
    for at, rows in enumerate(rows_of_orders(draft)):
        apart = total[at] - freight[at] - sum((goods[row] for row in rows), Decimal(0))
        for way in _WAYS if off[at] or tax[at] else ():
            expected = (0 if way.taxed else tax[at]) - (0 if way.discounted else abs(off[at]))
            hits[way] += abs(apart - expected) <= Decimal("0.02") * len(rows)
    best = max(_WAYS, key=lambda way: hits[way])
    return best if hits[best] else None


_GOODS = ("unit_price", "quantity")
_WAYS = [Reckoned(discounted, taxed) for discounted in (False, True) for taxed in (False, True)]


def _by_order(draft: Draft, role: str) -> list[Decimal]:
    """Of each order what the column says: once, where it is the order's, else the sum of its rows."""
    orders = rows_of_orders(draft)
    if not draft.has(role):
        return [Decimal(0)] * len(orders)
    values, once = _amounts(draft, role), is_of_order(draft, role)
    return [values[rows[0]] if once else sum((values[at] for at in rows), Decimal(0)) for rows in orders]


def _amounts(draft: Draft, role: str) -> list[Decimal]:
    """Row by row; nothing is zero."""
    values = draft.sample.column(draft.header(role))
    written = numbers(values)
    return [_amount(value, written.decimal) if written else Decimal(0) for value in values]


def _amount(text: str, decimal: str) -> Decimal:
    kept = "".join(one for one in text if one.isdigit() or one in f"-{decimal}").replace(decimal, ".")
    try:
        return Decimal(kept or 0)
    except InvalidOperation:
        return Decimal(0)
