"""Files as foreign shops export them, made up after the public layouts.

Shopify's orders, PayPal's activity report, Square's item sales, Amazon's settlement report (flat file, second version).
"""

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

_SQUARE = (
    "Date", "Time", "Time Zone", "Category", "Item", "Qty", "Price Point Name", "SKU", "Modifiers Applied",
    "Gross Sales", "Discounts", "Net Sales", "Tax", "Transaction ID", "Payment ID", "Device Name", "Notes", "Details",
    "Event Type", "Location", "Dining Option", "Customer ID", "Customer Name", "Customer Reference ID", "Unit", "Count",
)  # fmt: skip
_AMAZON = (
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency",
    "transaction-type", "order-id", "merchant-order-id", "adjustment-id", "shipment-id", "marketplace-name",
    "amount-type", "amount-description", "amount", "fulfillment-id", "posted-date", "posted-date-time",
    "order-item-code", "merchant-order-item-id", "merchant-adjustment-item-id", "sku", "quantity-purchased",
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


def square_items(sales: int, seed: int = 7) -> str:
    """Items sold at a till, amounts with a dollar sign; some come back in rows of their own."""
    dice = random.Random(seed)
    rows = []
    for number in range(1, sales + 1):
        base = {
            "Date": f"2024-03-{dice.randint(1, 28):02}", "Time": f"{dice.randint(7, 18):02}:15:00",
            "Time Zone": "Pacific Time (US & Canada)", "Price Point Name": "Regular", "Event Type": "Payment",
            "Location": "Main Street", "Unit": "ea", "Device Name": "Till 1", "Payment ID": f"PAY{number:04}",
            "Transaction ID": f"TX{number:04}aB", "Customer ID": f"CUST{number % 7}" if number % 3 else "",
            "Customer Name": f"Buyer {number % 7}" if number % 3 else "",
        }  # fmt: skip
        for _ in range(dice.randint(1, 3)):
            item, quantity = dice.randint(1, 6), dice.randint(1, 3)
            gross, less = item * 475 * quantity, dice.choice([0, 0, 50])
            rows.append({
                **base, "Category": "Coffee" if item % 2 else "Bakery, cakes", "Item": f"Item {item}",
                "SKU": f"SKU-{item}", "Qty": f"{quantity}.0", "Count": quantity, "Gross Sales": _dollars(gross),
                "Discounts": _dollars(-less), "Net Sales": _dollars(gross - less), "Tax": _dollars(gross // 12),
            })  # fmt: skip
        if number % 17 == 5:
            back = {"Event Type": "Refund", "Transaction ID": f"TX{number:04}aBR"}
            rows.append(
                {**rows[-1], **back, "Qty": f"-{rows[-1]['Qty']}", "Gross Sales": f"-{rows[-1]['Gross Sales']}"}
            )
    return _text(_SQUARE, rows)


def amazon_settlement(orders: int, seed: int = 7) -> str:
    """Amounts of a settlement, a row each: prices, taxes and fees of orders, some given back; tabs between fields."""
    dice = random.Random(seed)
    whole = {"settlement-id": "17001", "currency": "USD"}
    rows: list[dict[str, object]] = [
        {**whole, "settlement-start-date": "2024-03-01 10:00:00 UTC", "settlement-end-date": "2024-03-15 10:00:00 UTC",
         "deposit-date": "2024-03-17 10:00:00 UTC", "total-amount": "1234.56"},
    ]  # fmt: skip
    for number in range(1, orders + 1):
        day, price = f"2024-03-{dice.randint(1, 14):02}", dice.randint(999, 9900)
        base = {
            **whole, "transaction-type": "Order",
            "order-id": f"111-{1_000_000 + number}-{dice.randint(1, 9_999_999):07}",
            "shipment-id": f"S{number}", "marketplace-name": "Amazon.com", "fulfillment-id": "AFN", "posted-date": day,
            "posted-date-time": f"{day} 12:{number % 60:02}:05 UTC", "order-item-code": f"500000000{number:05}",
            "sku": f"SKU-{number % 6}",
        }  # fmt: skip
        for kind, what, amount in (
            ("ItemPrice", "Principal", price), ("ItemPrice", "Tax", price // 12),
            ("ItemFees", "Commission", -price // 7), ("ItemFees", "FBAPerUnitFulfillmentFee", -322),
        ):  # fmt: skip
            pieces = {"quantity-purchased": "1"} if what == "Principal" else {}
            rows.append({**base, "amount-type": kind, "amount-description": what, "amount": _money(amount), **pieces})
        if number % 11 == 4:
            back = {"transaction-type": "Refund", "adjustment-id": f"ADJ{number}", "amount-type": "ItemPrice"}
            rows.append({**base, **back, "amount-description": "Principal", "amount": _money(-price)})
    fee = {"transaction-type": "other-transaction", "amount-type": "other-transaction", "amount": "-39.99"}
    day = {"posted-date": "2024-03-14", "posted-date-time": "2024-03-14 01:00:00 UTC"}
    rows.append({**whole, **fee, **day, "amount-description": "Subscription Fee"})
    return _text(_AMAZON, rows).replace(",", "\t")


def _dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}${abs(cents) / 100:,.2f}"


def _money(cents: int) -> str:
    return f"{cents / 100:.2f}"


def _text(header: Sequence[str], rows: Iterable[dict[str, object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
