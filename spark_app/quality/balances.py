"""Sums that must agree between tables, to the cent and to the row, from the sources to the last aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from spark_app.lake import feed
from spark_app.lake.paths import Lake

_LIVE = "order_status NOT IN ('canceled', 'unavailable')"


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


@dataclass(frozen=True)
class Balanced:
    """What the two sums were."""

    balance: Balance
    left: Decimal
    right: Decimal

    @property
    def holds(self) -> bool:
        return self.left == self.right


_LINES = Side("gold.fact_order_items", "item_amount + freight_amount", ("item_amount", "freight_amount"))
_DATED_LINES = Side(_LINES.table, _LINES.part, (*_LINES.columns, "order_date"), "order_date IS NOT NULL")
_LIVE_LINES = Side(_LINES.table, _LINES.part, (*_LINES.columns, "order_status"), _LIVE)
_LIVE_ORDERS = Side("gold.fact_orders", "order_amount", ("order_amount", "order_status"), _LIVE)

BALANCES: tuple[Balance, ...] = (
    Balance(
        "money of order lines, silver to fact_order_items",
        Side(
            "silver.order_items",
            "quantity * unit_price + freight_amount",
            ("quantity", "unit_price", "freight_amount"),
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
            f"{_LIVE} AND customer_id <> 'unknown'",
        ),
        Side("gold.customer_cohorts", "revenue", ("revenue",)),
    ),
    Balance(
        "payments, fact_payments to daily_payments",
        Side("gold.fact_payments", "amount", ("amount", "order_date"), "order_date IS NOT NULL"),
        Side("gold.daily_payments", "amount", ("amount",)),
    ),
)


def weigh(lake: Lake, before: dict[str, int], now: dict[str, int]) -> list[Balanced]:
    """Each balance over what changed from `before` (versions of the last release; none: from nothing) to `now`.

    Sums that agreed then and changed alike agree now: so the work is that of the changes, not of the history.
    """
    return [Balanced(item, *(_sum(lake, side, before, now) for side in (item.left, item.right))) for item in BALANCES]


def _sum(lake: Lake, side: Side, before: dict[str, int], now: dict[str, int]) -> Decimal:
    part = f"({side.part})::DECIMAL(18,2)"
    if side.table in before:
        sql = f"SELECT sum(sign * {part}) FROM changed WHERE {side.where}"
        rows = feed.over_changes(lake, side.table, before[side.table], now[side.table], side.columns, sql)
    else:
        rows = feed.over_version(lake, side.table, now[side.table], f"SELECT sum({part}) FROM data WHERE {side.where}")
    return Decimal(rows[0][0] or 0) if rows else Decimal(0)
