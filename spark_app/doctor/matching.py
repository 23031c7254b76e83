"""Headers of shops matched to what they mean: by what shops call it, and by what stands in the column."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from spark_app.doctor.header_names import NAMES, plain_name
from spark_app.doctor.kinds import numbers, times
from spark_app.doctor.sample import Sample, distinct

_TIMES = ("purchased_at", "paid_at", "shipped_at", "delivered_at", "updated_at")
_NEEDED = ("order_id", "product_id", "unit_price", "purchased_at", "pay_amount", "customer_id")
_NUMBERS = ("quantity", "unit_price", "line_amount", "discount", "tax", "freight", "pay_amount")


@dataclass(frozen=True)
class Match:
    """A header and why it is taken for this."""

    header: str
    why: str


def matched(sample: Sample) -> dict[str, Match]:
    """What each column may be -> the header, as far as there is one."""
    plain = {header: plain_name(header) for header in sample.header}
    found = {}
    for role, names in NAMES.items():
        ranked = [header for header, name in plain.items() if name in names]
        # An order's number stands on each of its rows, if only one of its names does.
        full = {header: role != "order_id" or all(sample.column(header)) for header in ranked}
        for header in sorted(ranked, key=lambda one: (not full[one], names.index(plain[one]))):
            if role == "order_id" and not _may_be_order(plain[header], sample.column(header), plain.values()):
                continue
            why = _content(role, sample.column(header))
            if why is not None:
                found[role] = Match(header, why)
                break
    return found


def _may_be_order(name: str, values: Sequence[str], names: Collection[str]) -> bool:
    """Whether a name that means other things too is an order's: a person's name is not, nor is a payment's id."""
    if name == "transaction id":
        return bool({"sku", "item", "item name", "product"} & set(names))
    return name != "name" or all(map(_is_number_of_order, values))


def _is_number_of_order(value: str) -> bool:
    return re.fullmatch(r"#?[\w-]*\d+", value) is not None


def _content(role: str, values: Sequence[str]) -> str | None:
    """What speaks for it in the column; None where that speaks against it."""
    some = [value for value in values if value]
    if not some:
        return None if role in _NEEDED else "no value in the sample"
    share = f"{len(some)} of {len(values)} rows have it"
    if role in _TIMES:
        return f"times, {share}" if times(some) is not None else None
    if role in _NUMBERS:
        return f"numbers, {share}" if numbers(some) is not None else None
    if role == "clock":
        return "times of day" if all(re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", value) for value in some) else None
    if role == "zone":
        return "zones" if all(re.fullmatch(r"[A-Z]{2,5}", value) for value in some) else None
    if role == "item_number":
        return f"whole numbers, {share}" if all(value.isdecimal() for value in some) else None
    if role == "email":
        return f"addresses, {share}" if any("@" in value for value in some) else None
    if role in ("status", "pay_status", "kind", "method", "currency") and len(distinct(some)) > 40:
        return None
    return f"{len(distinct(some))} different values, {share}"
