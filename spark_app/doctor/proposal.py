"""A mapping proposed for a sample file: YAML with the evidence for each guess, and what could not be told as questions.

What is written is a beginning for people to read. A run takes it as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from spark_app.contracts.bronze_names import bronze_names
from spark_app.contracts.table import Contract
from spark_app.doctor.kinds import Times, numbers, times
from spark_app.doctor.matching import Match, matched
from spark_app.doctor.sample import Sample, distinct, sampled

# The shops' words for ours.
_STATUS = {
    "created": "open new created placed pending unpaid", "processing": "packed processing picking unfulfilled partial",
    "approved": "paid approved confirmed", "shipped": "sent shipped dispatched fulfilled",
    "delivered": "done delivered received", "completed": "completed complete closed",
    "canceled": "cancelled canceled void voided storno", "returned": "returned refunded",
}  # fmt: skip
_METHOD = {
    "credit_card": "card credit visa mastercard amex stripe payments", "debit_card": "debit", "paypal": "paypal",
    "voucher": "voucher gift", "bank_transfer": "transfer bank wire sepa", "cash": "cash",
}  # fmt: skip
_PAYMENT = {
    "refunded": "refunded refund reversal chargeback", "paid": "paid payment captured succeeded completed sale charge",
    "pending": "pending unpaid open", "authorized": "authorized authorised", "failed": "failed declined",
    "voided": "voided void expired",
}  # fmt: skip
_NO_TEXT = ("yes", "no", "on", "off", "true", "false", "null", "y", "n")  # to YAML
_MONEY_MOVES = re.compile("payment|sale|charge|refund|reversal|chargeback|order", re.IGNORECASE)
_NO_PAYMENT = re.compile("fee|hold|conversion|withdrawal|payout|transfer|deposit|adjustment", re.IGNORECASE)


_BACK = re.compile("refund|reversal|chargeback|return|void", re.IGNORECASE)
_GOODS = ("principal", "item price", "product sales")
_OF_A_LINE = ("freight", "product_id", "quantity", "unit_price")
QUESTION = "# - "


@dataclass
class _Draft:
    source: str
    sample: Sample
    found: Mapping[str, Match]
    names: Mapping[str, str]
    contracts: Mapping[str, Contract]
    lines: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    def has(self, *roles: str) -> bool:
        return all(role in self.found for role in roles)

    def header(self, role: str) -> str:
        return self.found[role].header

    @property
    def ledger(self) -> bool:
        """Whether rows are movements of money, and not lines of orders."""
        return self.has("kind") and not (self.has("product_id") and (self.has("unit_price") or self.has("line_amount")))

    def add(self, line: str, why: str = "") -> None:
        self.lines.append(f"{line}  # {why}" if why else line)


def proposal(paths: Sequence[Path], source: str, dataset: str, contracts: Mapping[str, Contract]) -> str:
    """The YAML of a source that has these files as a dataset; UsageError where nothing can be made of them."""
    sample = sampled(paths[0])
    for path in paths[1:]:
        sample.take(sampled(path))
    draft = _Draft(
        source, sample, matched(sample), bronze_names(sample.header), contracts, questions=list(sample.questions)
    )
    if draft.has("pay_amount") and not draft.has("line_amount") and _goods(draft):
        draft.found = {**draft.found, "line_amount": draft.found["pay_amount"]}  # of such rows it is the goods'
    files = ", ".join(path.name for path in paths)
    draft.add(f"source: {source}")
    draft.add(f"description: proposed by lakehouse doctor from {len(sample.rows)} rows of {files}")
    draft.add("timezone: UTC")
    draft.questions.append("timezone: which zone are times without one in? As Europe/Berlin")
    _defaults(draft)
    _dataset(draft, dataset)
    draft.add("entities:")
    for entity in (_orders, _order_items, _payments, _customers, _products):
        entity(draft, dataset)
    asked = [f"{QUESTION}{question}" for question in dict.fromkeys(draft.questions)]
    head = ["# What could not be told from the sample:", *asked] if asked else []
    return "\n".join([*head, *draft.lines, ""])


def _defaults(draft: _Draft) -> None:
    if not draft.has("currency"):
        draft.questions.append("defaults: which currency are amounts in? As defaults: {currency: EUR}")


def _dataset(draft: _Draft, name: str) -> None:
    sample = draft.sample
    draft.add("datasets:")
    draft.add(f"  {name}:")
    draft.add(f"    columns: [{', '.join(_scalar(header) for header in sample.header)}]")
    if sample.separator != ",":
        draft.add(
            f"    separator: {json.dumps(sample.separator)}", sample.notes.get("separator", "divides the rows best")
        )
    if sample.read:
        draft.add("    read:")
        for key, value in sample.read.items():
            draft.add(f"      {key}: {json.dumps(value)}", sample.notes[key])
    if (carried := _carried(draft)) and draft.has("order_id"):
        key = draft.header("order_id")
        listed = ", ".join(_scalar(header) for header in carried)
        why = f"stand on the first row of each {key} only"
        draft.add(f"    carry_down: {{within: [{_scalar(key)}], columns: [{listed}]}}", why)


def _carried(draft: _Draft) -> list[str]:
    """Headers that are blank in every row of an order but its first, and are not there."""
    if not draft.has("order_id"):
        return []
    orders = draft.sample.column(draft.header("order_id"))
    later = [at for at, order in enumerate(orders) if order and order in orders[:at]] if len(orders) < 3000 else []
    first = [at for at, order in enumerate(orders) if order and orders.index(order) == at and orders.count(order) > 1]
    price = () if draft.has("unit_price") else ("line_amount",)
    own = {draft.header(role) for role in (*_OF_A_LINE, *price) if draft.has(role)}
    found = []
    for header in draft.sample.header if later else ():
        values = draft.sample.column(header)
        per_line = header in own  # freight would count for each line
        if not per_line and not any(values[at] for at in later) and any(values[at] for at in first):
            found.append(header)
    return found


def _orders(draft: _Draft, dataset: str) -> None:
    if not draft.has("order_id", "purchased_at") or draft.ledger:
        return
    draft.add("  orders:")
    draft.add(f"    from: {dataset}")
    _where(draft, _sales(draft))
    draft.add("    columns:")
    _plain(draft, "order_id", "order_id")
    _customer(draft)
    if draft.has("status"):
        _words(draft, "status", "status", _STATUS, "silver.orders", "created")
    else:
        draft.add("      status: {default: completed}", "no column says how far an order has come")
        draft.questions.append("orders.status: completed is taken for all orders")
    for column, role in (("purchased_at", "purchased_at"), ("approved_at", "paid_at"), ("shipped_at", "shipped_at"),
                         ("delivered_at", "delivered_at")):  # fmt: skip
        if draft.has(role):
            _time(draft, column, role)
    if draft.has("currency"):
        _plain(draft, "currency", "currency")
    if draft.has("store"):
        _plain(draft, "store_id", "store")
    _updated(draft)


def _order_items(draft: _Draft, dataset: str) -> None:
    if not draft.has("order_id", "product_id") or not (draft.has("unit_price") or draft.has("line_amount")):
        return
    draft.add("  order_items:")
    draft.add(f"    from: {dataset}")
    _where(draft, [*_sales(draft), *_goods(draft), *_given(draft)])
    draft.add("    columns:")
    _plain(draft, "order_id", "order_id")
    if draft.has("item_number") and _unique(draft, "order_id", "item_number"):
        _plain(draft, "item_number", "item_number", f"with {draft.header('order_id')} no two rows share it")
    else:
        draft.add(f"      item_number: {{number_by: [{_scalar(draft.header('order_id'))}]}}", "no column numbers lines")
    _plain(draft, "product_id", "product_id")
    draft.add(f"      seller_id: {{default: {draft.source}}}", "no column says who sells: the shop itself")
    for column, role in (("quantity", "quantity"), ("unit_price", "unit_price"), ("freight_amount", "freight")):
        if draft.has(role):
            _number(draft, column, role)
    if not draft.has("unit_price"):
        _number(draft, "line_amount", "line_amount")
    _updated(draft)


def _payments(draft: _Draft, dataset: str) -> None:
    if not draft.has("order_id", "pay_amount") or not (draft.has("method") or draft.ledger):
        return
    draft.add("  payments:")
    draft.add(f"    from: {dataset}")
    if draft.ledger:
        _ledger(draft)
    draft.add("    columns:")
    _plain(draft, "order_id", "order_id")
    if draft.ledger:
        draft.add(
            f"      payment_sequence: {{number_by: [{_scalar(draft.header('order_id'))}]}}", "an order may have several"
        )
    else:
        draft.add('      payment_sequence: {default: "1"}', "one payment an order")
    if draft.has("method"):
        _words(draft, "method", "method", _METHOD, "silver.payments", "other")
    else:
        draft.add("      method: {default: paypal}", "no column says it")
        draft.questions.append("payments.method: paypal is taken for all payments")
    if draft.has("pay_status") or draft.ledger:
        _words(
            draft, "status", "pay_status" if draft.has("pay_status") else "kind", _PAYMENT, "silver.payments", "paid"
        )
    else:
        draft.add("      status: {default: paid}", "no column says it")
        draft.questions.append("payments.status: paid is taken for all payments")
    draft.add('      installments: {default: "1"}', "no column says it")
    _number(draft, "amount", "pay_amount", absolute=draft.ledger)
    if draft.has("currency"):
        _plain(draft, "currency", "currency")
    paid = "paid_at" if draft.has("paid_at") else "purchased_at" if draft.ledger else None
    if paid and draft.has(paid):
        _time(draft, "paid_at", paid)
    _updated(draft)


Condition = tuple[str, str]  # SQL, and what speaks for it


def _where(draft: _Draft, conditions: Sequence[Condition]) -> None:
    if conditions:
        draft.add(f"    where: {' and '.join(sql for sql, _ in conditions)}", "; ".join(why for _, why in conditions))


def _sales(draft: _Draft) -> list[Condition]:
    """Of rows of several kinds, those that sell."""
    if not draft.has("kind"):
        return []
    kinds = distinct(draft.sample.column(draft.header("kind")))
    sales = [kind for kind in kinds if _moves_money(kind) and not _BACK.search(kind)]
    if not sales or len(sales) == len(kinds):
        return []
    others = ", ".join(kind for kind in kinds if kind not in sales)
    draft.questions.append(f"{draft.header('kind')}: rows of {others} are left out; what was given back is of refunds")
    return [(f"{draft.names[draft.header('kind')]} in ({_listed(sales)})", f"leaves out {others}")]


def _goods(draft: _Draft) -> list[Condition]:
    """Where each amount of a line is a row, the price of the goods."""
    if not draft.has("amount_kind"):
        return []
    kinds = distinct(draft.sample.column(draft.header("amount_kind")))
    goods = [kind for kind in kinds if kind.lower() in _GOODS]
    if not goods:
        return []
    others = ", ".join(kind for kind in kinds if kind not in goods)
    draft.questions.append(f"{draft.header('amount_kind')}: amounts of {others} are left out")
    return [(f"{draft.names[draft.header('amount_kind')]} in ({_listed(goods)})", "the goods' own amount")]


def _given(draft: _Draft) -> list[Condition]:
    if not draft.has("quantity") or draft.has("kind"):
        return []
    if not any(value.startswith("-") for value in draft.sample.column(draft.header("quantity"))):
        return []
    draft.questions.append("order_items: rows with a quantity below zero are left out; they belong into refunds")
    return [(f"{draft.names[draft.header('quantity')]} >= 0", "quantities below zero are returns")]


def _listed(words: Sequence[str]) -> str:
    return ", ".join("'" + word.replace("'", "\\'") + "'" for word in words)


def _ledger(draft: _Draft) -> None:
    """Rows of a ledger that move money of an order, by the words of its kind."""
    kinds = distinct(draft.sample.column(draft.header("kind")))
    moves = [kind for kind in kinds if _moves_money(kind)]
    others = [kind for kind in kinds if kind not in moves]
    why = f"leaves out {sum(kinds[one] for one in others)} of {sum(kinds.values())} rows: {', '.join(others)}"
    draft.add(f"    where: {draft.names[draft.header('kind')]} in ({_listed(moves)})", why)
    draft.questions.append(f"payments: are these all kinds that pay or give back? {', '.join(moves)}")


def _moves_money(kind: str) -> bool:
    return bool(_MONEY_MOVES.search(kind)) and not _NO_PAYMENT.search(kind)


def _customers(draft: _Draft, dataset: str) -> None:
    if not draft.has("customer_id") or not (draft.has("purchased_at") or draft.has("updated_at")) or draft.ledger:
        return
    draft.add("  customers:")
    draft.add(f"    from: {dataset}")
    guests = sum(not value for value in draft.sample.column(draft.header("customer_id")))
    if guests:
        name = draft.names[draft.header("customer_id")]
        draft.add(f"    where: coalesce({name}, '') <> ''", f"{guests} rows are of guests")
    draft.add("    columns:")
    _plain(draft, "customer_id", "customer_id")
    for column, role in (("email", "email"), ("name", "customer_name"), ("postal_code", "postal_code"),
                         ("city", "city"), ("state", "region"), ("country", "country")):  # fmt: skip
        if draft.has(role):
            _plain(draft, column, role)
    if not draft.has("country"):
        draft.questions.append("customers.country: no column says it; as country: {default: DE}")
    _updated(draft)


def _products(draft: _Draft, dataset: str) -> None:
    if not draft.has("product_id") or not (draft.has("purchased_at") or draft.has("updated_at")):
        return
    draft.add("  products:")
    draft.add(f"    from: {dataset}")
    _where(draft, [*_sales(draft), *_goods(draft)])
    draft.add("    columns:")
    _plain(draft, "product_id", "product_id")
    for column, role in (("name", "product_name"), ("category", "category"), ("brand", "brand")):
        if draft.has(role):
            _plain(draft, column, role)
    if draft.has("unit_price"):
        _number(draft, "list_price", "unit_price")
    _updated(draft)


def _customer(draft: _Draft) -> None:
    if not draft.has("customer_id"):
        draft.add("      customer_id: {default: unknown}", "no column says who ordered")
        draft.questions.append("orders.customer_id: nobody is known")
        return
    values = draft.sample.column(draft.header("customer_id"))
    blank = sum(not value for value in values)
    header = _scalar(draft.header("customer_id"))
    if blank:
        draft.add(f"      customer_id: {{column: {header}, default: unknown}}", f"{blank} rows have none: guests")
    else:
        _plain(draft, "customer_id", "customer_id")


def _plain(draft: _Draft, column: str, role: str, why: str = "") -> None:
    match = draft.found[role]
    draft.add(f"      {column}: {_scalar(match.header)}", why or match.why)


def _time(draft: _Draft, column: str, role: str) -> None:
    header = draft.header(role)
    values = [value for value in draft.sample.column(header) if value]
    why = draft.found[role].why
    if not values and draft.has("purchased_at"):
        values, why = draft.sample.column(draft.header("purchased_at")), f"{why}: as {draft.header('purchased_at')}"
    found = _as_the_order(draft, times(values))
    if draft.has("clock") and role == "purchased_at" and not any(":" in one for one in draft.sample.column(header)):
        _day_and_clock(draft, column, header)
        return
    if found is None or not found.formats:
        draft.add(f"      {column}: {_scalar(header)}", f"{why}; ISO 8601" if found else why)
        return
    draft.add(f"      {column}: {{column: {_scalar(header)}, formats: {json.dumps(list(found.formats))}}}", why)
    _doubt(draft, header, found.doubt, found.formats)
    if found.unread:
        draft.questions.append(f"{header}: what are {', '.join(found.unread)}? No format of the others reads them")


def _as_the_order(draft: _Draft, found: Times | None) -> Times | None:
    """Of several ways to write times in a file, a column with few may show one: all are taken."""
    if found is None or not found.formats or not draft.has("purchased_at"):
        return found
    placed = times([value for value in draft.sample.column(draft.header("purchased_at")) if value])
    several = placed is not None and set(found.formats) < set(placed.formats)
    return replace(found, formats=placed.formats) if placed is not None and several else found


def _day_and_clock(draft: _Draft, column: str, header: str) -> None:
    clock = draft.header("clock")
    both = zip(draft.sample.column(header), draft.sample.column(clock), strict=True)
    found = times([f"{day} {time}" for day, time in both if day and time])
    text = f"concat({draft.names[header]}, ' ', {draft.names[clock]})"
    formats = f", formats: {json.dumps(list(found.formats))}" if found is not None and found.formats else ""
    draft.add(f'      {column}: {{expression: "{text}"{formats}}}', f"{header} is a day, {clock} its time")
    if found is not None:
        _doubt(draft, header, found.doubt, found.formats)


def _doubt(draft: _Draft, header: str, other: str | None, formats: Sequence[str]) -> None:
    if other:
        draft.questions.append(f"{header}: {formats[0]} or {other}? Both read every value of the sample")


def _updated(draft: _Draft) -> None:
    """The time of change; where it is blank or missing, the order's."""
    if not draft.has("updated_at") and draft.has("purchased_at"):
        _time(draft, "updated_at", "purchased_at")
        return
    if not draft.has("updated_at"):
        draft.add(
            '      updated_at: {expression: "cast(_batch_date as string)"}', "no column says when: the drop's day"
        )
        draft.questions.append("no column says when rows are of; the day of the drop is taken")
        return
    changed = draft.header("updated_at")
    values = draft.sample.column(changed)
    if all(values) or not draft.has("purchased_at"):
        _time(draft, "updated_at", "updated_at")
        return
    placed = draft.header("purchased_at")
    text = f"coalesce(nullif({draft.names[changed]}, ''), {draft.names[placed]})"
    both = [value for value in (*values, *draft.sample.column(placed)) if value]
    found = times(both)
    formats = f", formats: {json.dumps(list(found.formats))}" if found is not None and found.formats else ""
    why = f"{sum(not value for value in values)} rows have no {changed}: the order's time"
    draft.add(f'      updated_at: {{expression: "{text}"{formats}}}', why)


def _number(draft: _Draft, column: str, role: str, *, absolute: bool = False) -> None:
    header = draft.header(role)
    values = draft.sample.column(header)
    found = numbers(values)
    if found is None:
        draft.add(f"      {column}: {_scalar(header)}", draft.found[role].why)
        return
    if found.symbols and not found.thousands and found.decimal == ".":
        found = replace(found, thousands=",")  # as such amounts are written where they are large
    given = [f"decimal: {json.dumps(found.decimal)}"]
    given += [f"thousands: {json.dumps(found.thousands)}"] if found.thousands else []
    given += [f"symbols: {json.dumps(found.symbols)}"] if found.symbols else []
    form = "" if found.plain else f", number: {{{', '.join(given)}}}"
    negative = absolute and any(value.startswith("-") for value in values)
    name = draft.names[header]
    what = f"expression: \"replace({name}, '-', '')\"" if negative else f"column: {_scalar(header)}"
    if form or negative:
        draft.add(f"      {column}: {{{what}{form}}}", draft.found[role].why)
    else:
        draft.add(f"      {column}: {_scalar(header)}", draft.found[role].why)
    if found.doubt:
        draft.questions.append(f"{header}: is {next(value for value in values if value)} a thousand or a fraction?")


def _words(draft: _Draft, column: str, role: str, ours: Mapping[str, str], table: str, blank: str) -> None:
    header = draft.header(role)
    values = [value for value in draft.sample.column(header) if role != "kind" or _moves_money(value)]
    known = draft.contracts[table].words(column)
    codes, strange = {}, []
    for word in distinct(values):
        if word.lower() in known:
            continue
        said = re.split(r"[^a-z]+", word.lower())
        if word.lower() == "partially_refunded":
            draft.questions.append(f"{header}: how much of a partially_refunded payment went back is not in {column}")
            said = ["paid"]
        mine = next((mine for mine, theirs in ours.items() if set(said) & set(theirs.split())), None)
        if mine is None or mine not in known:
            strange.append(word)
        else:
            codes[word] = mine
    parts = [f"column: {_scalar(header)}"]
    if codes:
        parts.append(f"codes: {{{', '.join(f'{_scalar(word)}: {mine}' for word, mine in codes.items())}}}")
    if any(not value for value in values) and blank in known:
        parts.append(f"default: {blank}")
    draft.add(f"      {column}: {{{', '.join(parts)}}}", draft.found[role].why)
    if strange:
        draft.questions.append(f"{header}: what do {', '.join(strange)} mean? Of {', '.join(known)}")


def _unique(draft: _Draft, *roles: str) -> bool:
    """Whether no two different rows share these; an order that comes again is the same rows again."""
    columns = [draft.sample.column(draft.header(role)) for role in roles]
    if draft.has("product_id"):
        keys = list(zip(*columns, strict=True))
        whole = list(zip(*columns, draft.sample.column(draft.header("product_id")), strict=True))
        return len(set(keys)) == len(set(whole))
    return True


def _scalar(text: str) -> str:
    """A header as YAML takes it for a text."""
    safe = re.fullmatch(r"[A-Za-z][\w ./()-]*", text) and text.lower() not in (
        "yes",
        "no",
        "on",
        "off",
        "true",
        "false",
        "null",
        "y",
        "n",
    )
    return text if safe and not text.endswith(" ") else json.dumps(text, ensure_ascii=False)
