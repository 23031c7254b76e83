"""What a row has of others of its file: values that stand on an order's first line only, and its number among them.

A file is looked at by itself, so that nothing depends on which files or days are taken in together.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark_app.contracts.blanks import BLANKS
from spark_app.contracts.mapping import CarryDown, DatasetMap, NumberBy

KEPT = "_kept"
_FILE = ("_batch_date", "_source_file")


def carried(rows: DataFrame, dataset: DatasetMap) -> DataFrame:
    """Bronze rows with blank values filled as the dataset's `carry_down` says, one after the other."""
    for one in dataset.carry_down:
        rows = rows.withColumns({name: _carried(name, one, dataset.names) for name in _names(one, dataset)})
    return rows


def filled(rows: DataFrame, dataset: DatasetMap) -> dict[str, int]:
    """Header -> in how many rows its value was carried down, of bronze rows not yet carried."""
    if not dataset.carry_down:
        return {}
    headers = list(dict.fromkeys(header for one in dataset.carry_down for header in one.columns))
    before = {f"_was_{at}": F.col(f"`{dataset.names[header]}`") for at, header in enumerate(headers)}
    after = carried(rows.withColumns(before), dataset)
    counts = [
        F.count_if(_held(f"_was_{at}").isNull() & _held(dataset.names[header]).isNotNull()).alias(f"n{at}")
        for at, header in enumerate(headers)
    ]
    (found,) = after.agg(*counts).collect()
    return {header: found[f"n{at}"] for at, header in enumerate(headers)}


def number(by: NumberBy, names: Mapping[str, str]) -> Column:
    """A row's place, from 1, among those of its file that are `_kept` and belong with it; null of all others."""
    together = Window.partitionBy(*_FILE, KEPT, *[_held(names[header]) for header in by.within])
    order = [_held(names[header]).asc_nulls_last() for header in by.order_by]
    return F.when(F.col(KEPT), F.row_number().over(together.orderBy(*order, "_row_number")))


def _names(one: CarryDown, dataset: DatasetMap) -> list[str]:
    return [dataset.names[header] for header in one.columns]


def _carried(name: str, one: CarryDown, names: Mapping[str, str]) -> Column:
    within = [_held(names[header]) for header in one.within]
    before = Window.partitionBy(*_FILE, *within).orderBy("_row_number").rowsBetween(Window.unboundedPreceding, 0)
    last = F.last(_held(name), ignorenulls=True).over(before)
    # Rows that are set aside, or hold nothing, belong to nobody.
    some = F.coalesce(*[_held(other) for other in names.values()]).isNotNull()
    return F.when(some, last).otherwise(F.col(f"`{name}`"))


def _held(name: str) -> Column:
    """A value, null where it is blank."""
    value = F.btrim(F.col(f"`{name}`"), F.lit(BLANKS))
    return F.when(value != "", F.col(f"`{name}`"))
