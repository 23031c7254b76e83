"""A cut of the Olist dump: the orders of some days with all that belongs to them, in the dump's own format.

The orders' whole lives are in it, so the figures that SQL gives for the cut hold for its replay to the last day.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from tests.olist.tiny_dump import FILES

# Which lines of a file belong to the chosen orders; files not named here are taken whole.
_BELONGING = {
    "olist_orders_dataset.csv": "order_id IN (SELECT order_id FROM chosen)",
    "olist_customers_dataset.csv": "customer_id IN (SELECT customer_id FROM chosen)",
    "olist_order_items_dataset.csv": "order_id IN (SELECT order_id FROM chosen)",
    "olist_order_payments_dataset.csv": "order_id IN (SELECT order_id FROM chosen)",
    "olist_order_reviews_dataset.csv": "order_id IN (SELECT order_id FROM chosen)",
    "olist_geolocation_dataset.csv": "false",  # a million lines that nothing here reads
}


def cut(dump: Path, target: Path, first: date, last: date) -> Path:
    """Write the dump of the orders bought from `first` to `last` into the folder `target`, and return that."""
    target.mkdir(parents=True)
    with duckdb.connect() as database:
        for name in FILES:
            database.read_csv(str(dump / name), all_varchar=True, header=True, delimiter=",", quotechar='"').create(
                _table(name)
            )
        database.execute(
            f"CREATE TABLE chosen AS SELECT order_id, customer_id FROM {_table('olist_orders_dataset.csv')}"
            " WHERE order_purchase_timestamp::DATE BETWEEN ? AND ?",
            [first, last],
        )
        for name in FILES:
            rows = f"SELECT * FROM {_table(name)} WHERE {_BELONGING.get(name, 'true')}"
            database.execute(f"COPY ({rows}) TO '{target / name}' (HEADER, QUOTE '\"')")
    return target


def _table(name: str) -> str:
    return name.removesuffix(".csv")
