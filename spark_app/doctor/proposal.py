"""A mapping proposed for a sample file: YAML with the evidence for each guess, and what could not be told as questions.

What is written is a beginning for people to read. A run takes it as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from spark_app.contracts.bronze_names import bronze_names
from spark_app.contracts.table import Contract
from spark_app.doctor.draft import Draft, as_scalar
from spark_app.doctor.draft_columns import (
    add_column,
    add_customer_of_order,
    add_number,
    add_number_in_order,
    add_time,
    add_time_of_change,
    add_words,
)
from spark_app.doctor.draft_money import (
    OF_LINES,
    OF_ORDERS,
    add_amounts,
    add_defaults,
    add_refunds,
    add_refunds_of_ledger,
)
from spark_app.doctor.draft_rows import (
    add_filter,
    add_payments_only,
    carried_down,
    differs_within_orders,
    given_only,
    goods_only,
    is_unique,
    kinds_that_give_back,
    kinds_that_pay,
    paid_only,
    sales_only,
    takes_back,
)
from spark_app.doctor.header_names import METHOD_WORDS, PAYMENT_WORDS, STATUS_WORDS
from spark_app.doctor.matching import matched
from spark_app.doctor.sample import sampled

QUESTION = "# - "


def proposal(paths: Sequence[Path], source: str, dataset: str, contracts: Mapping[str, Contract]) -> str:
    """The YAML of a source that has these files as a dataset; UsageError where nothing can be made of them."""
    sample = sampled(paths[0])
    for path in paths[1:]:
        sample.take(sampled(path))
    draft = Draft(
        source, sample, matched(sample), bronze_names(sample.header), contracts, questions=list(sample.questions)
    )
    if draft.has("pay_amount") and not draft.has("line_amount") and goods_only(draft):
        draft.found = {**draft.found, "line_amount": draft.found["pay_amount"]}  # of such rows it is the goods'
    files = ", ".join(path.name for path in paths)
    draft.add(f"source: {source}")
    draft.add(f"description: proposed by lakehouse doctor from {len(sample.rows)} rows of {files}")
    draft.add("timezone: UTC")
    draft.questions.append("timezone: which zone are times without one in? As Europe/Berlin")
    add_defaults(draft)
    _dataset(draft, dataset)
    draft.add("entities:")
    before = len(draft.lines)
    for entity in (_orders, _order_items, _payments, _refunds, _customers, _products):
        entity(draft, dataset)
    if len(draft.lines) == before:
        draft.lines[-1] = "entities: {}"
        draft.questions.append(
            "which columns are order_id, purchased_at, product_id, unit_price? None is known of "
            + ", ".join(sample.header)
        )
    asked = [f"{QUESTION}{question}" for question in dict.fromkeys(draft.questions)]
    head = ["# What could not be told from the sample:", *asked] if asked else []
    return "\n".join([*head, *draft.lines, ""])


def _dataset(draft: Draft, name: str) -> None:
    sample = draft.sample
    draft.add("datasets:")
    draft.add(f"  {name}:")
    draft.add(f"    columns: [{', '.join(as_scalar(header) for header in sample.header)}]")
    if sample.separator != ",":
        draft.add(
            f"    separator: {json.dumps(sample.separator)}", sample.notes.get("separator", "divides the rows best")
        )
    if sample.read:
        draft.add("    read:")
        for key, value in sample.read.items():
            draft.add(f"      {key}: {json.dumps(value)}", sample.notes[key])
    if (carried := carried_down(draft)) and draft.has("order_id"):
        key = draft.header("order_id")
        listed = ", ".join(as_scalar(header) for header in carried)
        why = f"stand on the first row of each {key} only"
        draft.add(f"    carry_down: {{within: [{as_scalar(key)}], columns: [{listed}]}}", why)


def _orders(draft: Draft, dataset: str) -> None:
    if not draft.has("order_id", "purchased_at") or draft.ledger:
        return
    draft.add("  orders:")
    draft.add(f"    from: {dataset}")
    add_filter(draft, sales_only(draft))
    draft.add("    columns:")
    add_column(draft, "order_id", "order_id")
    add_customer_of_order(draft)
    if draft.has("status"):
        add_words(draft, "status", "status", STATUS_WORDS, "silver.orders", "created")
    else:
        draft.add("      status: {default: completed}", "no column says how far an order has come")
        draft.questions.append("orders.status: completed is taken for all orders")
    for column, role in (("purchased_at", "purchased_at"), ("approved_at", "paid_at"), ("shipped_at", "shipped_at"),
                         ("delivered_at", "delivered_at")):  # fmt: skip
        if draft.has(role):
            add_time(draft, column, role)
    if draft.has("currency"):
        add_column(draft, "currency", "currency")
    if draft.has("store"):
        add_column(draft, "store_id", "store")
    add_amounts(draft, OF_ORDERS, of_order=True)
    add_time_of_change(draft)


def _order_items(draft: Draft, dataset: str) -> None:
    if not draft.has("order_id", "product_id") or not (draft.has("unit_price") or draft.has("line_amount")):
        return
    draft.add("  order_items:")
    draft.add(f"    from: {dataset}")
    add_filter(draft, [*sales_only(draft), *goods_only(draft), *given_only(draft)])
    draft.add("    columns:")
    add_column(draft, "order_id", "order_id")
    if draft.has("item_number") and is_unique(draft, "order_id", "item_number"):
        add_column(draft, "item_number", "item_number", f"with {draft.header('order_id')} no two rows share it")
    else:
        add_number_in_order(draft, "item_number", "no column numbers lines")
    add_column(draft, "product_id", "product_id")
    draft.add(f"      seller_id: {{default: {draft.source}}}", "no column says who sells: the shop itself")
    for column in ("quantity", "unit_price"):
        if draft.has(column):
            add_number(draft, column, column)
    if not draft.has("unit_price"):
        add_number(draft, "line_amount", "line_amount")
    add_amounts(draft, OF_LINES, of_order=False)
    add_time_of_change(draft)


def _payments(draft: Draft, dataset: str) -> None:
    if not draft.has("order_id", "pay_amount") or not (draft.has("method") or draft.ledger):
        return
    if draft.ledger and not kinds_that_pay(draft):
        return
    draft.add("  payments:")
    draft.add(f"    from: {dataset}")
    if draft.ledger:
        add_payments_only(draft)
    else:
        add_filter(draft, paid_only(draft))
    draft.add("    columns:")
    add_column(draft, "order_id", "order_id")
    if draft.ledger:
        add_number_in_order(draft, "payment_sequence", "an order may have several")
    elif differs_within_orders(draft, "pay_amount"):
        add_number_in_order(draft, "payment_sequence", "amounts differ within an order: a part for each row")
    else:
        draft.add('      payment_sequence: {default: "1"}', "one payment an order")
    if draft.has("method"):
        add_words(draft, "method", "method", METHOD_WORDS, "silver.payments", "other")
    else:
        draft.add("      method: {default: paypal}", "no column says it")
        draft.questions.append("payments.method: paypal is taken for all payments")
    if draft.has("pay_status") or draft.ledger:
        add_words(
            draft,
            "status",
            "pay_status" if draft.has("pay_status") else "kind",
            PAYMENT_WORDS,
            "silver.payments",
            "paid",
        )
    else:
        draft.add("      status: {default: paid}", "no column says it")
        draft.questions.append("payments.status: paid is taken for all payments")
    draft.add('      installments: {default: "1"}', "no column says it")
    add_number(draft, "amount", "pay_amount", absolute=draft.ledger)
    if draft.has("currency"):
        add_column(draft, "currency", "currency")
    paid = "paid_at" if draft.has("paid_at") else "purchased_at" if draft.ledger else None
    if paid and draft.has(paid):
        add_time(draft, "paid_at", paid)
    add_time_of_change(draft)


def _refunds(draft: Draft, dataset: str) -> None:
    if draft.has("order_id", "pay_amount") and (kinds := kinds_that_give_back(draft)):
        draft.add("  refunds:")
        draft.add(f"    from: {dataset}")
        add_refunds_of_ledger(draft, kinds)
        return
    if not takes_back(draft) or not draft.has("order_id", "purchased_at"):
        return
    if draft.has("unit_price") or draft.has("line_amount"):
        draft.add("  refunds:")
        draft.add(f"    from: {dataset}")
        add_refunds(draft)


def _customers(draft: Draft, dataset: str) -> None:
    if not draft.has("customer_id") or not (draft.has("purchased_at") or draft.has("updated_at")) or draft.ledger:
        return
    draft.add("  customers:")
    draft.add(f"    from: {dataset}")
    guests = sum(not value for value in draft.sample.column(draft.header("customer_id")))
    if guests:
        name = draft.names[draft.header("customer_id")]
        draft.add(f"    where: coalesce({name}, '') <> ''", f"{guests} rows are of guests")
    draft.add("    columns:")
    add_column(draft, "customer_id", "customer_id")
    for column, role in (("email", "email"), ("name", "customer_name"), ("postal_code", "postal_code"),
                         ("city", "city"), ("state", "region"), ("country", "country")):  # fmt: skip
        if draft.has(role):
            add_column(draft, column, role)
    if not draft.has("country"):
        draft.questions.append("customers.country: no column says it; as country: {default: DE}")
    add_time_of_change(draft)


def _products(draft: Draft, dataset: str) -> None:
    if not draft.has("product_id") or not (draft.has("purchased_at") or draft.has("updated_at")):
        return
    draft.add("  products:")
    draft.add(f"    from: {dataset}")
    add_filter(draft, [*sales_only(draft), *goods_only(draft)])
    draft.add("    columns:")
    add_column(draft, "product_id", "product_id")
    for column, role in (("name", "product_name"), ("category", "category"), ("brand", "brand")):
        if draft.has(role):
            add_column(draft, column, role)
    if draft.has("unit_price"):
        add_number(draft, "list_price", "unit_price")
    add_time_of_change(draft)
