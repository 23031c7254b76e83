"""Files as foreign shops export them, made up after the public layouts: Shopify's orders, PayPal's activity report."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Sequence

_SHOPIFY = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Currency", "Subtotal",
    "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Created at", "Lineitem quantity",
    "Lineitem name", "Lineitem price", "Lineitem sku", "Billing City", "Billing Zip", "Billing Country",
    "Payment Method", "Vendor", "Id",
)  # fmt: skip
_PAYPAL = (
    "Date", "Time", "TimeZone", "Name", "Type", "Status", "Currency", "Gross", "Fee", "Net", "From Email Address",
    "Transaction ID", "Invoice Number", "Balance",
)  # fmt: skip


def shopify_orders(orders: int, seed: int = 7) -> str:
    """An export of so many orders: what belongs to an order stands on the first of its lines only."""
    dice = random.Random(seed)
    rows = []
    for number in range(1, orders + 1):
        name, day = f"#{1000 + number}", f"2024-03-{dice.randint(1, 28):02}"
        lines = [
            (f"SKU-{dice.randint(1, 9)}", dice.randint(1, 3), dice.randint(100, 9900))
            for _ in range(dice.randint(1, 3))
        ]
        goods = sum(quantity * price for _, quantity, price in lines)
        paid = dice.random() < 0.8
        whole = {
            "Financial Status": "paid" if paid else "pending", "Paid at": f"{day} 10:05:00 -0500" if paid else "",
            "Fulfillment Status": dice.choice(["fulfilled", "unfulfilled"]), "Currency": "USD",
            "Subtotal": _money(goods), "Shipping": "4.90", "Taxes": "0.00", "Total": _money(goods + 490),
            "Discount Amount": "0.00", "Billing City": dice.choice(["Leeds", "Zürich"]), "Billing Zip": "02134",
            "Billing Country": "US", "Payment Method": "Shopify Payments", "Id": str(90_000 + number),
        }  # fmt: skip
        for at, (sku, quantity, price) in enumerate(lines):
            line = {
                "Name": name, "Email": f"c{number % 5}@shop.test", "Created at": f"{day} 10:00:00 -0500",
                "Lineitem quantity": quantity, "Lineitem name": f"Thing {sku}", "Lineitem price": _money(price),
                "Lineitem sku": sku, "Vendor": "Acme",
            }  # fmt: skip
            rows.append({**line, **(whole if at == 0 else {})})
    return _text(_SHOPIFY, rows)


def paypal_ledger(payments: int, seed: int = 7) -> str:
    """Payments, some given back, among fees, holds and withdrawals: a report with dates as in the United States."""
    dice = random.Random(seed)
    rows = []
    for number in range(1, payments + 1):
        amount = dice.randint(1000, 200_000)
        base = {
            "Date": f"3/{dice.randint(13, 28)}/2024", "Time": f"{dice.randint(0, 23):02}:15:00", "TimeZone": "PST",
            "Name": "A Buyer", "Status": "Completed", "Currency": "USD", "From Email Address": "b@buyer.test",
        }  # fmt: skip
        order = {"Invoice Number": f"INV-{number}"}
        rows.append({**base, **order, "Type": "Express Checkout Payment", "Gross": f"{amount / 100:,.2f}"})
        rows.append({**base, "Type": "Partner Fee", "Gross": "-0.30"})
        if dice.random() < 0.3:
            rows.append({**base, **order, "Type": "Payment Refund", "Gross": f"-{amount / 200:,.2f}"})
        if dice.random() < 0.3:
            rows.append({**base, "Type": "General Withdrawal", "Gross": "-500.00"})
    return _text(_PAYPAL, [{"Transaction ID": f"T{at:05}", **row} for at, row in enumerate(rows)])


def _money(cents: int) -> str:
    return f"{cents / 100:.2f}"


def _text(header: Sequence[str], rows: Iterable[dict[str, object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
