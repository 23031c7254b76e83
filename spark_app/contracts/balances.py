"""Sums that must agree between tables, to the cent and to the row, from the sources to the last aggregate."""

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
    """Two sums that must be the same."""

    name: str
    left: Side
    right: Side


_LINES = Side("gold.fact_order_items", "item_amount + freight_amount", ("item_amount", "freight_amount"))
_DATED_LINES = Side(_LINES.table, _LINES.part, (*_LINES.columns, "order_date"), "order_date IS NOT NULL")
_LIVE_LINES = Side(_LINES.table, _LINES.part, (*_LINES.columns, "order_status"), LIVE_SQL)
_LIVE_ORDERS = Side("gold.fact_orders", "order_amount", ("order_amount", "order_status"), LIVE_SQL)

BALANCES: tuple[Balance, ...] = (
    Balance(
        "money of order lines, silver to fact_order_items",
        Side(
            "silver.order_items",
            "line_amount + freight_amount",
            ("line_amount", "freight_amount"),
        ),
        _LINES,
    ),
    Balance(
        "money of payments, silver to fact_payments",
        Side("silver.payments", "amount", ("amount",)),
        Side("gold.fact_payments", "amount", ("amount",)),
    ),
    Balance(
        "orders, silver to fact_orders",
        Side("silver.orders", "1", ("order_id",)),
        Side("gold.fact_orders", "1", ("order_id",)),
    ),
    Balance(
        "order amounts, fact_order_items to fact_orders",
        _DATED_LINES,
        Side("gold.fact_orders", "order_amount", ("order_amount",)),
    ),
    Balance(
        "orders, fact_orders to daily_sales",
        Side("gold.fact_orders", "1", ("order_id",)),
        Side("gold.daily_sales", "orders", ("orders",)),
    ),
    Balance("revenue, fact_orders to daily_sales", _LIVE_ORDERS, Side("gold.daily_sales", "revenue", ("revenue",))),
    Balance(
        "revenue, fact_orders to daily_customers",
        _LIVE_ORDERS,
        Side("gold.daily_customers", "revenue", ("revenue",)),
    ),
    Balance(
        "revenue, fact_order_items to daily_products",
        _LIVE_LINES,
        Side("gold.daily_products", "revenue", ("revenue",)),
    ),
    Balance(
        "revenue of known customers, fact_orders to customer_cohorts",
        Side(
            "gold.fact_orders",
            "order_amount",
            ("order_amount", "order_status", "customer_id"),
            f"{LIVE_SQL} AND customer_id <> 'unknown'",
        ),
        Side("gold.customer_cohorts", "revenue", ("revenue",)),
    ),
    Balance(
        "payments, fact_payments to daily_payments",
        Side("gold.fact_payments", "amount", ("amount", "order_date"), "order_date IS NOT NULL"),
        Side("gold.daily_payments", "amount", ("amount",)),
    ),
)
