"""Which rows of a file feed an entity: what sells, what pays, what belongs together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spark_app.doctor.draft import Draft
from spark_app.doctor.header_names import without_accents
from spark_app.doctor.kinds import numbers
from spark_app.doctor.sample import distinct

# Words for kinds of rows, without accents, in the languages of `header_names`.
_MONEY_MOVES = re.compile(
    "payment|sale|charge|refund|reversal|chargeback|order|zahlung|erstattung|verkauf|bestellung|paiement|rembours|vente|"
    "pago|venta|reembolso|pagamento|venda|rimborso|vendita|betaling|verkoop|platnosc|sprzedaz|zwrot"
)
_NO_PAYMENT = re.compile(
    "fee|hold|conversion|withdrawal|payout|transfer|deposit|adjustment|gebuhr|umrechnung|abbuchung|auszahlung|uberweisung|"
    "einbehalt|frais|commission|virement|retrait|comision|tarifa|retiro|taxa|saque|commissione|prelievo|kosten|oplata"
)
_BACK = re.compile(
    "refund|reversal|chargeback|return|void|ruck|erstattung|storno|rembours|reembolso|rimborso|retour|zwrot"
)
_GOODS = ("principal", "item price", "product sales")
_OF_A_LINE = ("freight", "product_id", "quantity", "unit_price")
Condition = tuple[str, str]  # SQL, and what speaks for it


def add_filter(draft: Draft, conditions: Sequence[Condition]) -> None:
    """The rows that hold all of these."""
    if conditions:
        draft.add(f"    where: {' and '.join(sql for sql, _ in conditions)}", "; ".join(why for _, why in conditions))


def sales_only(draft: Draft) -> list[Condition]:
    """Of rows of several kinds, those that sell."""
    if not draft.has("kind"):
        return []
    kinds = distinct(draft.sample.column(draft.header("kind")))
    sales = [kind for kind in kinds if pays(kind)]
    if not sales or len(sales) == len(kinds):
        return []
    others = ", ".join(kind for kind in kinds if kind not in sales)
    draft.questions.append(f"{draft.header('kind')}: rows of {others} are left out; what was given back is of refunds")
    return [(f"{draft.names[draft.header('kind')]} in ({listed(sales)})", f"leaves out {others}")]


def goods_only(draft: Draft) -> list[Condition]:
    """Where each amount of a line is a row, the price of the goods."""
    if not draft.has("amount_kind"):
        return []
    kinds = distinct(draft.sample.column(draft.header("amount_kind")))
    goods = [kind for kind in kinds if kind.lower() in _GOODS]
    if not goods:
        return []
    others = ", ".join(kind for kind in kinds if kind not in goods)
    draft.questions.append(f"{draft.header('amount_kind')}: amounts of {others} are left out")
    return [(f"{draft.names[draft.header('amount_kind')]} in ({listed(goods)})", "the goods' own amount")]


def takes_back(draft: Draft) -> bool:
    """Whether there are rows of fewer than no pieces, and no column says of which kind rows are."""
    if not draft.has("quantity") or draft.has("kind"):
        return False
    return any(value.startswith("-") for value in draft.sample.column(draft.header("quantity")))


def rows_of_orders(draft: Draft) -> list[list[int]]:
    """Which rows of the sample are of one order, for each."""
    found: dict[str, list[int]] = {}
    for at, order in enumerate(draft.sample.column(draft.header("order_id")) if draft.has("order_id") else ()):
        if order:
            found.setdefault(order, []).append(at)
    return [*found.values()]


def given_only(draft: Draft) -> list[Condition]:
    """Rows that give, not those that take back."""
    if not takes_back(draft):
        return []
    return [(f"{as_sql(draft, 'quantity')} >= 0", "quantities below zero are returns")]


def paid_only(draft: Draft) -> list[Condition]:
    """Rows that were paid, not those whose money went back."""
    if not any("-" in value for value in draft.sample.column(draft.header("pay_amount"))):
        return []
    return [(f"{as_sql(draft, 'pay_amount')} >= 0", "amounts below zero went back")]


def as_sql(draft: Draft, role: str) -> str:
    """SQL of a column's number, however it is written."""
    header = draft.header(role)
    name, written = draft.names[header], numbers(draft.sample.column(header))
    if written is None or written.plain:
        return name
    return f"translate({name}, '{written.decimal}{written.thousands}{written.symbols} ', '.')"


def add_payments_only(draft: Draft) -> None:
    """Rows of a ledger that pay an order, by the words of its kind."""
    kinds, pay = distinct(draft.sample.column(draft.header("kind"))), kinds_that_pay(draft)
    others = [kind for kind in kinds if kind not in pay]
    why = f"leaves out {sum(kinds[one] for one in others)} of {sum(kinds.values())} rows: {', '.join(others)}"
    draft.add(f"    where: {draft.names[draft.header('kind')]} in ({listed(pay)})", why)
    draft.questions.append(f"payments: are these all kinds that pay? {', '.join(pay)}")


def kinds_that_pay(draft: Draft) -> list[str]:
    """Of a ledger's kinds those by which an order is paid."""
    return [kind for kind in distinct(draft.sample.column(draft.header("kind"))) if pays(kind)] if draft.ledger else []


def kinds_that_give_back(draft: Draft) -> list[str]:
    """Of a ledger's kinds those by which money of an order goes back."""
    kinds = distinct(draft.sample.column(draft.header("kind"))) if draft.ledger else ()
    return [kind for kind in kinds if moves_money(kind) and not pays(kind)]


def pays(kind: str) -> bool:
    """Whether rows of this kind pay an order."""
    return moves_money(kind) and not _BACK.search(_plain(kind))


def moves_money(kind: str) -> bool:
    """Whether rows of this kind pay or give back."""
    return bool(_MONEY_MOVES.search(_plain(kind))) and not _NO_PAYMENT.search(_plain(kind))


def _plain(kind: str) -> str:
    return without_accents(kind.lower())


def listed(words: Sequence[str]) -> str:
    """Words as a list in SQL."""
    return ", ".join("'" + word.replace("'", "\\'") + "'" for word in words)


def carried_down(draft: Draft) -> list[str]:
    """Headers that are blank in every row of an order but its first, and are not there."""
    several = [rows for rows in rows_of_orders(draft) if len(rows) > 1]
    price = () if draft.has("unit_price") else ("line_amount",)
    own = {draft.header(role) for role in (*_OF_A_LINE, *price) if draft.has(role)}  # freight would count for each line
    found = []
    for header in draft.sample.header if several else ():
        values = draft.sample.column(header)
        later = any(values[at] for rows in several for at in rows[1:])
        if header not in own and not later and any(values[rows[0]] for rows in several):
            found.append(header)
    return found


def differs_within_orders(draft: Draft, role: str) -> bool:
    """Whether rows of an order have several values of it, and not the first row one for all."""
    values = draft.sample.column(draft.header(role))
    several = any(len({values[at] for at in rows}) > 1 for rows in rows_of_orders(draft))
    return several and draft.header(role) not in carried_down(draft)


def is_unique(draft: Draft, *roles: str) -> bool:
    """Whether no two different rows share these; an order that comes again is the same rows again."""
    columns = [draft.sample.column(draft.header(role)) for role in roles]
    if draft.has("product_id"):
        keys = list(zip(*columns, strict=True))
        whole = list(zip(*columns, draft.sample.column(draft.header("product_id")), strict=True))
        return len(set(keys)) == len(set(whole))
    return True
