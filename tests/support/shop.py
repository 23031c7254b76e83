"""Rows of a tiny shop, each with sensible defaults, so that a test says only what matters to it."""

from __future__ import annotations

Row = dict[str, object]


def customer(customer_id: str, at: str, city: str = "Berlin", country: str = "DE", **more: object) -> Row:
    base = {"email": f"{customer_id}@example.org", "gender": "female", "birth_date": "1990-05-01", "state": country}
    return {**base, "customer_id": customer_id, "city": city, "country": country, "updated_at": at, **more}


def product(product_id: str, at: str, category: str = "toys", price: str = "10.00", **more: object) -> Row:
    base = {"name": f"article {product_id}", "unit_cost": "1.00", "weight_g": 100}
    return {**base, "product_id": product_id, "category": category, "list_price": price, "updated_at": at, **more}


def order(order_id: str, customer_id: str, purchased: str, status: str = "created", **more: object) -> Row:
    base = {"estimated_delivery_at": "2024-02-10 00:00:00", "updated_at": purchased}
    return {
        **base,
        "order_id": order_id,
        "customer_id": customer_id,
        "purchased_at": purchased,
        "status": status,
        **more,
    }


def item(order_id: str, number: object, product_id: str, price: str, at: str, **more: object) -> Row:
    base = {"quantity": 1, "freight_amount": "0.00", "seller_id": "S1"}
    return {
        **base,
        "order_id": order_id,
        "item_number": number,
        "product_id": product_id,
        "unit_price": price,
        "updated_at": at,
        **more,
    }


def payment(order_id: str, amount: str, status: str, at: str, sequence: int = 1, **more: object) -> Row:
    return {
        "order_id": order_id,
        "payment_sequence": sequence,
        "method": "paypal",
        "status": status,
        "amount": amount,
        "paid_at": at if status == "paid" else None,
        "updated_at": at,
        **more,
    }


def refund(refund_id: str, order_id: str, amount: str, at: str, line: int = 1, **more: object) -> Row:
    base = {"refund_id": refund_id, "refund_line": line, "order_id": order_id, "amount": amount}
    return {**base, "refunded_at": at, "updated_at": at, **more}


def rate(currency: str, day: str, value: str, at: str | None = None) -> Row:
    return {"currency": currency, "rate_date": day, "rate": value, "updated_at": at or f"{day} 06:00:00"}


def review(review_id: str, order_id: str, score: int, at: str) -> Row:
    return {"review_id": review_id, "order_id": order_id, "score": score, "created_at": at, "updated_at": at}
