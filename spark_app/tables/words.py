"""Words that several tables share, defined once."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from spark_app.contracts.live_orders import NOT_LIVE

UNKNOWN = "unknown"
UNKNOWN_KEY = -1
BEGINNING = "1900-01-01 00:00:00"
MONEY = "decimal(18,2)"


def is_live(status: str = "order_status") -> Column:
    """An order is live unless canceled or unavailable."""
    return ~F.col(status).isin(*NOT_LIVE)


def money(amount: Column) -> Column:
    """Exact cents; nothing is zero."""
    return F.coalesce(amount, F.lit(0)).cast(MONEY)


def live_money(amount: str | Column) -> Column:
    """Sum of an amount over live orders."""
    return money(F.sum(F.when(is_live(), F.col(amount) if isinstance(amount, str) else amount)))


def revenue(goods: str = "items_amount") -> Column:
    """Goods less discounts with shipping: before returns, without taxes."""
    return F.col(goods) - F.col("discount_amount") + F.col("freight_amount")


def is_unknown(entity: str) -> Column:
    """Whether an id says that nobody (or nothing) is known, in any case: a till's sale to a guest, say."""
    return F.lower(entity) == UNKNOWN


def member(entity: str) -> Column:
    """An id; those that say `unknown` in one spelling, as they all mean the dimension's one unknown member."""
    return F.when(is_unknown(entity), F.lit(UNKNOWN)).otherwise(F.col(entity))


def known(column: str) -> Column:
    return F.coalesce(F.col(column), F.lit(UNKNOWN))
