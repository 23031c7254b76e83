"""Rows of our tables with all their columns, so that a test says only what matters to it."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from spark_app.contracts.load import load_contracts
from spark_app.runtime.reporting import Reporting
from tests.support.frames import frame

CONTRACTS = load_contracts()
PLAIN = Reporting()
# What is not 0, false or empty where a test does not say.
_USUAL: dict[str, object] = {"exchange_rate": 1, "customer_key": 1, "product_key": 1, "quantity": 1, "item_number": 1}
_MAY_LACK = ("cost_amount", "unit_cost", "list_price", "cost_coverage", "review_score")
_BESIDE = "_batch_date date, _change_type string"


def rows_of(spark: SparkSession, table: str, *rows: dict[str, object]) -> DataFrame:
    """A frame of a table's columns, and of `_batch_date` and `_change_type`."""
    columns = CONTRACTS[table].columns
    schema = ", ".join(f"{column.name} {column.type.spark}" for column in columns)
    usual = {column.name: _usual(column.name, column.type.spark) for column in columns}
    names = [*usual, "_batch_date", "_change_type"]
    for row in rows:
        assert not set(row) - set(names), set(row) - set(names)
    filled = [{**usual, "_batch_date": "2024-01-05", "_change_type": "insert", **row} for row in rows]
    return frame(spark, f"{schema}, {_BESIDE}", [tuple(one[name] for name in names) for one in filled])


def _usual(name: str, kind: str) -> object:
    if name in _USUAL:
        return _USUAL[name]
    if kind.startswith("decimal"):
        return None if name in _MAY_LACK else "0"
    return {"int": 0, "bigint": 0, "boolean": False}.get(kind)
