"""What an order has as a whole, shared out to its lines: exact to the cent.

By largest remainder (Hamilton's method): each line gets its share rounded down, and the cents that are left go to the
lines that lost most by it, of equals to the larger line, then to the first.
"""

from collections.abc import Mapping
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark_app.tables.words import MONEY, money

_CENTS = "decimal(19,0)"


def shares(lines: DataFrame, orders: DataFrame, amounts: Mapping[str, str]) -> DataFrame:
    """order_id, item_number and each line's share of its order's amounts (column of `orders` -> name of the share).

    In proportion to `line_amount`; equal shares where all of an order's are 0. Only lines of orders that have one.
    """
    some = reduce(or_, [money(F.col(name)) != 0 for name in amounts])
    heads = orders.where(some).select("order_id", *[_cents(name).alias(name) for name in amounts])
    rows = lines.select("order_id", "item_number", _cents("line_amount").alias("_own")).join(heads, "order_id")
    order = Window.partitionBy("order_id")
    nothing = F.sum("_own").over(order) == 0
    rows = rows.withColumn("_weight", F.when(nothing, F.lit(1)).otherwise(F.col("_own")).cast(_CENTS))
    rows = rows.withColumn("_all", F.sum("_weight").over(order))
    for name, share in amounts.items():
        rows = _shared(rows, name, share)
    return rows.select("order_id", "item_number", *amounts.values())


def _shared(rows: DataFrame, name: str, share: str) -> DataFrame:
    """Adds one share, in money."""
    rows = rows.withColumn("_whole", F.expr(f"(`{name}` * _weight) div _all")).withColumn(
        "_rest", F.expr(f"(`{name}` * _weight) % _all")
    )
    order = Window.partitionBy("order_id")
    by_rest = order.orderBy(F.desc("_rest"), F.desc("_weight"), "item_number")
    left = F.col(name) - F.sum("_whole").over(order)
    more = F.when(F.row_number().over(by_rest) <= left, 1).otherwise(0)
    cents = (F.col("_whole") + more).cast(_CENTS)
    return rows.withColumn(share, (cents / 100).cast(MONEY)).drop("_whole", "_rest")


def _cents(column: str) -> Column:
    return (money(F.col(column)) * 100).cast(_CENTS)
