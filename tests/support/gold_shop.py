"""A made-up shop's gold tables of any size, without Spark: facts by DuckDB, the daily tables as SQL defines them.

The definitions stand here a second time, in SQL, so that what is derived from them is not checked against itself.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
from deltalake import write_deltalake

from spark_app.contracts.load import load_contracts
from tests.support.small_lakes import Gold

CATEGORIES = 70
PRODUCTS = 3000


def make_gold(
    root: Path, *, days: int, customers: int, orders: int, last: date, abroad: int = 0, lowered: int = 0
) -> Gold:
    """The tables in a lake under `root`, days to `last`; nothing is released yet.

    `abroad` of 100 customers live in a second country, whose states have the names of the first. Of `lowered` of 100
    orders the lines have a discount and taxes, and their first line is given back after five days; all else has none.
    """
    gold = Gold(root)
    asked = {
        "first": last - timedelta(days=days - 1),
        "days": days,
        "customers": customers,
        "orders": orders,
        "products": PRODUCTS,
        "categories": CATEGORIES,
        "abroad": abroad,
        "lowered": lowered,
    }
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(Path(__file__).with_suffix(".sql").read_text().format(**asked))
        for contract in load_contracts().values():
            if contract.layer == "gold":
                columns = ", ".join(f"CAST({c.name} AS {c.type.spark}) AS {c.name}" for c in contract.columns)
                rows = connection.sql(f"SELECT {columns} FROM {contract.name}").to_arrow_table()
                gold.add(contract)
                write_deltalake(gold.lake.table(contract.qualified).path, _in_utc(rows), mode="append")
    return gold


def _in_utc(table: pa.Table) -> pa.Table:
    """Times of DuckDB's are without a zone."""
    kinds = [pa.timestamp("us", tz="UTC") if pa.types.is_timestamp(one.type) else one.type for one in table.schema]
    return table.cast(pa.schema(list(zip(table.column_names, kinds, strict=True))))
