"""Headers of shops matched to what they mean: by what shops call it, and by what stands in the column."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from spark_app.contracts.blanks import folded
from spark_app.doctor.kinds import numbers, times
from spark_app.doctor.sample import Sample, distinct

# What a column may be -> what shops call it, the surest first.
NAMES: Mapping[str, tuple[str, ...]] = {
    "order_id": ("order id", "order no", "order number", "ordernumber", "orderid", "order", "order key",
                 "invoice number", "invoice no", "invoiceno", "invoice", "receipt no", "receipt", "custom number",
                 "transaction id", "sale id", "id", "name"),
    "item_number": ("order item id", "line item", "line number", "line no", "line", "item number", "position", "pos"),
    "product_id": ("sku", "lineitem sku", "product id", "productid", "productkey", "product code", "stock code",
                   "stockcode", "article no", "article number", "asin", "item id", "product"),
    "product_name": ("title", "lineitem name", "product name", "description", "item name", "article", "item title",
                     "item"),
    "category": ("category", "product category", "department", "product type", "subcategory"),
    "brand": ("brand", "vendor", "manufacturer"),
    "quantity": ("qty", "quantity", "lineitem quantity", "pieces", "units", "quantity purchased"),
    "unit_price": ("unit price", "lineitem price", "item price", "price each", "unitprice", "price"),
    "line_amount": ("line total", "total price", "line amount", "item total", "gross sales",
                    "product sales", "total"),
    "freight": ("shipping", "freight", "freight value", "postage", "shipping cost"),
    "status": ("state", "status", "order status", "fulfillment status"),
    "purchased_at": ("ordered on", "order date", "created at", "purchased at", "order purchase timestamp",
                     "invoice date", "invoicedate", "purchase date", "placed at", "date", "timestamp", "when", "at",
                     "posted date time", "posted date", "date time", "datetime", "transaction date", "sale date",
                     "date created", "created", "time"),
    "clock": ("time", "order time"),
    "paid_at": ("paid on", "paid at", "payment date", "order approved at"),
    "shipped_at": ("sent on", "shipped at", "ship date", "shipped on", "fulfilled at", "dispatched"),
    "delivered_at": ("done on", "delivered at", "delivery date", "delivered on"),
    "customer_id": ("customer no", "customer id", "customerid", "customer key", "customerkey", "customer number",
                    "client id", "user id", "buyer id", "email", "customer email", "customer"),
    "customer_name": ("customer name", "billing name", "full name", "buyer name", "customer"),
    "email": ("email", "e mail", "email address", "customer email", "from email address"),
    "city": ("city", "billing city", "town", "shipping city"),
    "region": ("region", "billing province", "province", "county"),
    "postal_code": ("zip", "postal code", "postcode", "billing zip", "zip code"),
    "country": ("country", "billing country", "country code"),
    "method": ("paid by", "payment method", "payment type", "gateway", "method"),
    "pay_amount": ("order total", "gross", "total", "payment value", "amount", "payment amount"),
    "pay_status": ("financial status", "payment status"),
    "currency": ("currency", "currency code"),
    "updated_at": ("last change", "updated at", "last updated", "modified", "modified at", "changed"),
    "kind": ("type", "transaction type", "event type", "kind"),
    "amount_kind": ("amount description", "amount type"),
    "transaction": ("transaction id", "payment id", "transaction", "charge id"),
    "store": ("store", "store id", "storekey", "shop", "branch", "location"),
}  # fmt: skip
_TIMES = ("purchased_at", "paid_at", "shipped_at", "delivered_at", "updated_at")
_NEEDED = ("order_id", "product_id", "unit_price", "purchased_at", "pay_amount", "customer_id")
_NUMBERS = ("quantity", "unit_price", "line_amount", "freight", "pay_amount")


@dataclass(frozen=True)
class Match:
    """A header and why it is taken for this."""

    header: str
    why: str


def matched(sample: Sample) -> dict[str, Match]:
    """What each column may be -> the header, as far as there is one."""
    plain = {header: _plain(header) for header in sample.header}
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


def _plain(header: str) -> str:
    """`customer.email` and `Customer_Email` are `customer email`; what stands in brackets says nothing of it."""
    bare = re.sub(r"[(\[].*?[)\]]", "", folded(header))
    words = re.sub(r"[^\w]+|_", " ", bare).strip()
    return re.sub(r"^(line items|lines|items|order) (?=\w)", lambda one: "" if one[1] != "order" else "order ", words)


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
    if role == "item_number":
        return f"whole numbers, {share}" if all(value.isdecimal() for value in some) else None
    if role == "email":
        return f"addresses, {share}" if any("@" in value for value in some) else None
    if role in ("status", "pay_status", "kind", "method", "currency") and len(distinct(some)) > 40:
        return None
    return f"{len(distinct(some))} different values, {share}"
