"""Sums that must agree between tables, to the cent and to the row, from the sources to the last aggregate.

Double entry: what stands on one side of a table stands on the other. Currencies do not mix: what landed is compared in
the currencies it came in (order_amount_original); that amounts stand at their orders' rates, the contract of
fact_orders checks order by order.
"""

from __future__ import annotations

from dataclasses import dataclass

from spark_app.contracts.live_orders import LIVE_SQL


@dataclass(frozen=True)
class Side:
    """A sum over a table: DuckDB SQL of one row's part, the rows it is taken over, the columns it needs."""

    table: str
    part: str
    columns: tuple[str, ...]
    where: str = "true"


@dataclass(frozen=True)
class Balance:
    """Two sums that must be the same; each may be of several tables together.

    `one_currency`: weighed where a shop has no exchange rates, as one side is in currencies that the other is not in.
    """

    name: str
    left: tuple[Side, ...]
    right: tuple[Side, ...]
    one_currency: bool = False

    @property
    def sides(self) -> tuple[Side, ...]:
        return self.left + self.right


_LINES, _ORDERS, _REFUNDS, _SALES = (
    "gold.fact_order_items",
    "gold.fact_orders",
    "gold.fact_refunds",
    "gold.daily_sales",
)
_NO_LINES = "item_count = 0"
_SOLD = "items_amount - discount_amount + freight_amount"
_SOLD_COLUMNS = ("items_amount", "discount_amount", "freight_amount", "order_status")


def _count(table: str, key: str, where: str = "true", *more: str) -> Side:
    return Side(table, "1", (key, *more), where)


def _sum(table: str, column: str, where: str = "true", *more: str) -> Side:
    return Side(table, column, (column, *more), where)


def _of_lines(column: str, of_orders: str) -> Balance:
    """A figure of the lines against that of their orders."""
    return Balance(
        f"{of_orders}, fact_order_items to fact_orders",
        (_sum(_LINES, column, "order_date IS NOT NULL", "order_date"),),
        (_sum(_ORDERS, of_orders, "item_count > 0", "item_count"),),
    )


def _of_live_orders(figure: str, column: str, *tables: str) -> tuple[Balance, ...]:
    """A figure of live orders against that of days."""
    left = (_sum(_ORDERS, column, LIVE_SQL, "order_status"),)
    return tuple(
        Balance(f"{figure}, fact_orders to {table}", left, (_sum(f"gold.{table}", figure),)) for table in tables
    )


def _revenue(table: str, where: str = "true", *more: str) -> Balance:
    left = Side(_ORDERS, _SOLD, (*_SOLD_COLUMNS, *more), f"{LIVE_SQL} AND {where}")
    return Balance(f"revenue, fact_orders to {table}", (left,), (_sum(f"gold.{table}", "revenue"),))


_TAXES_APART = "CASE WHEN prices_include_tax THEN 0 ELSE tax_amount END"
_MONEY_OF_LINES = Side(
    "silver.order_items",
    f"line_amount - discount_amount + freight_amount + {_TAXES_APART}",
    ("line_amount", "discount_amount", "freight_amount", "tax_amount", "prices_include_tax"),
)
_MONEY_OF_ORDERS = Side(
    "silver.orders",
    f"shipping_amount - discount_amount + {_TAXES_APART}",
    ("shipping_amount", "discount_amount", "tax_amount", "prices_include_tax"),
)
_UNSEEN_LINES = Side(
    _LINES,
    "net_amount + freight_amount + tax_amount",
    ("net_amount", "freight_amount", "tax_amount", "order_date"),
    "order_date IS NULL",
)

BALANCES: tuple[Balance, ...] = (
    Balance(
        "order lines, silver to fact_order_items",
        (_count("silver.order_items", "order_id"),),
        (_count(_LINES, "order_id"),),
    ),
    Balance(
        "pieces, silver to fact_order_items",
        (_sum("silver.order_items", "quantity"),),
        (_sum(_LINES, "quantity"),),
    ),
    Balance(
        "money of orders as they came, silver to fact_orders",
        (_MONEY_OF_LINES, _MONEY_OF_ORDERS),
        (_sum(_ORDERS, "order_amount_original"), _UNSEEN_LINES),
    ),
    Balance(
        "payments, silver to fact_payments",
        (_count("silver.payments", "order_id"),),
        (_count("gold.fact_payments", "order_id"),),
    ),
    Balance(
        "money of payments, silver to fact_payments",
        (_sum("silver.payments", "amount"),),
        (_sum("gold.fact_payments", "amount"),),
        one_currency=True,
    ),
    Balance(
        "refunds, silver to fact_refunds", (_count("silver.refunds", "refund_id"),), (_count(_REFUNDS, "refund_id"),)
    ),
    Balance("orders, silver to fact_orders", (_count("silver.orders", "order_id"),), (_count(_ORDERS, "order_id"),)),
    _of_lines("item_amount", "items_amount"),
    _of_lines("discount_amount", "discount_amount"),
    _of_lines("freight_amount", "freight_amount"),
    _of_lines("tax_amount", "tax_amount"),
    _of_lines("cost_amount", "cost_amount"),
    Balance(
        "returns, fact_refunds to fact_orders",
        (_sum(_REFUNDS, "amount", "order_date IS NOT NULL", "order_date"),),
        (_sum(_ORDERS, "returned_amount"),),
    ),
    Balance("orders, fact_orders to daily_sales", (_count(_ORDERS, "order_id"),), (_sum(_SALES, "orders"),)),
    _revenue("daily_sales"),
    _revenue("daily_customers"),
    Balance("orders, daily_sales to hourly_sales", (_sum(_SALES, "orders"),), (_sum("gold.hourly_sales", "orders"),)),
    _revenue("hourly_sales"),
    _revenue("customer_cohorts", "customer_id <> 'unknown'", "customer_id"),
    *_of_live_orders("gross_sales", "items_amount", "daily_sales", "daily_channels", "hourly_sales"),
    *_of_live_orders("discounts", "discount_amount", "daily_sales", "daily_channels", "hourly_sales"),
    *_of_live_orders("returns", "returned_amount", "daily_sales", "daily_channels"),
    Balance(
        "net sales, daily_sales to daily_channels",
        (_sum(_SALES, "net_sales"),),
        (_sum("gold.daily_channels", "net_sales"),),
    ),
    Balance(
        "net sales, daily_sales to daily_products",
        (_sum(_SALES, "net_sales"),),
        (
            _sum("gold.daily_products", "net_sales"),
            # Of an order without lines the discount is of no product.
            Side(
                _ORDERS,
                "-discount_amount",
                ("discount_amount", "item_count", "order_status"),
                f"{_NO_LINES} AND {LIVE_SQL}",
            ),
        ),
    ),
    Balance(
        "revenue, fact_order_items to daily_products",
        (Side(_LINES, "net_amount + freight_amount", ("net_amount", "freight_amount", "order_status"), LIVE_SQL),),
        (_sum("gold.daily_products", "revenue"),),
    ),
    Balance(
        "payments, fact_payments to daily_payments",
        (_sum("gold.fact_payments", "amount", "order_date IS NOT NULL", "order_date"),),
        (_sum("gold.daily_payments", "amount"),),
    ),
)
