"""What a gold table's functions are given: of each input the rows that can matter, or all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark_app.contracts.table import QUARANTINE, Contract
from spark_app.lake import delta, few, quarantine
from spark_app.lake.paths import Table
from spark_app.runs.context import Context
from spark_app.runtime.reporting import Reporting
from spark_app.tables.declare import REPORTING, GoldTable, Match
from spark_app.tables.hashes import hashed
from spark_app.tables.incomplete import PARTS

CHANGE = "_change_type"
_SCOPE = "_scope"


@dataclass(frozen=True)
class Refresh:
    """One table's work: its inputs at the versions to take in, and the versions taken in so far."""

    table: GoldTable
    contract: Contract
    now: Mapping[str, int]
    taken: Mapping[str, int]
    version: int
    lacking: tuple[str, ...] = ()  # columns that came to the contract after the table was made
    retyped: tuple[str, ...] = ()  # columns that have another type in the contract now

    @property
    def name(self) -> str:
        return self.contract.qualified


@dataclass(frozen=True)
class Rows:
    """Rows as a frame, and as they are where they are few."""

    frame: DataFrame
    few: pa.Table | None = None


def whole_inputs(context: Context, spark: SparkSession, work: Refresh) -> dict[str, DataFrame]:
    """What `derive` is given where all is derived, by its parameters' names."""
    return {name: _whole(context, spark, work, name) for name in work.table.inputs}


def inputs_of_scope(context: Context, spark: SparkSession, work: Refresh, scope: Rows) -> dict[str, DataFrame]:
    """What `derive` is given for a scope: the driver's rows of it, and of the others what can matter with these."""
    table = work.table

    @cache
    def given(name: str) -> Rows:
        if name in table.drivers:
            value = table.drivers[name]
            wanted = wanted_of_scope(table, scope, value, _columns(context, work, name))
            found = _found(context, spark, work, name, wanted)
            return Rows(within(found.frame, scope, table, value), found.few)
        if name in table.matches:
            return _matching(context, spark, work, name, table.matches_of(name), given)
        return Rows(_whole(context, spark, work, name))

    return {name: given(name).frame for name in table.inputs}


def touched(context: Context, spark: SparkSession, work: Refresh) -> DataFrame:
    """The scope's values to derive again, each once."""
    table = work.table
    assert table.touched is not None

    @cache
    def given(parameter: str) -> Rows:
        name = parameter.removeprefix("all_")
        if parameter in table.inputs:
            return _changes(context, spark, work, table.inputs[name])
        if parameter in table.matches:
            return _matching(context, spark, work, name, table.matches_of(parameter), given)
        return Rows(_whole(context, spark, work, name))

    asked = [name for name in inspect.signature(table.touched).parameters if name != REPORTING]
    rows = table.touched(**{name: given(name).frame for name in asked}, **reported(context, table.touched))
    return rows.select(table.scope).distinct().na.drop()


def reported(context: Context, function: Callable[..., DataFrame]) -> dict[str, Reporting]:
    """What a table's function is given beside rows."""
    return {REPORTING: context.reporting} if REPORTING in inspect.signature(function).parameters else {}


def rows_of_scope(context: Context, spark: SparkSession, work: Refresh, scope: Rows) -> DataFrame:
    """The table's own rows of a scope, as they are now."""
    names = few.columns_of(context.table(work.name), work.version)
    value = work.table.scope_sql or work.table.scope
    wanted = wanted_of_scope(work.table, scope, value, names)
    rows = _few_rows(context.table(work.name), work.version, wanted, names)
    if rows is None:
        frame = delta.read(spark, context.table(work.name), work.version)
    else:
        frame = context.scratch.frame(spark, rows)
    return within(frame, scope, work.table, value)


def own_rows(context: Context, spark: SparkSession, work: Refresh) -> DataFrame:
    """All of the table's own rows, as they are now."""
    names = few.columns_of(context.table(work.name), work.version)
    rows = few.everything(context.table(work.name), work.version, names)
    if rows is None:
        return delta.read(spark, context.table(work.name), work.version)
    return context.scratch.frame(spark, rows)


def wanted_of_scope(
    table: GoldTable, scope: Rows, value: str, columns: Collection[str]
) -> dict[str, list[object]] | None:
    """Column -> its values in rows of a scope, which are `value` (SQL) there.

    None where the scope is large; of nothing where it cannot be told by these columns.
    """
    if scope.few is None:
        return None
    where = {value: ""} if value in columns else table.found_in
    if not set(where) <= set(columns):
        return {}
    values = scope.few.column(0).to_pylist()
    return {
        name: values if not prefix else [v.removeprefix(prefix) for v in values if v.startswith(prefix)]
        for name, prefix in where.items()
    }


def within(rows: DataFrame, scope: Rows, table: GoldTable, value: str) -> DataFrame:
    """Rows of the scope, which is `value` (SQL) in them. Days are literals: files of other months are never opened."""
    if scope.few is not None and pa.types.is_date(scope.few.schema.field(0).type):
        days: list[date] = scope.few.column(0).to_pylist()
        inside = rows.where(delta.date_in(f"({value})", days)) if days else rows.where("false")
        months = sorted({day.replace(day=1) for day in days})
        return inside.where(delta.date_in(delta.MONTH, months)) if delta.MONTH in rows.columns and days else inside
    keyed, wanted = rows.withColumn(_SCOPE, F.expr(value)), scope.frame.select(F.col(table.scope).alias(_SCOPE))
    return keyed.join(wanted, _SCOPE, "left_semi").drop(_SCOPE)


def _matching(
    context: Context,
    spark: SparkSession,
    work: Refresh,
    name: str,
    matches: Sequence[Match],
    given: Callable[[str], Rows],
) -> Rows:
    """Rows of an input that match; the whole of it where those they have to match are many."""
    wanted: dict[str, list[object]] = {}
    for match in matches:
        values: set[object] = set()
        for rows in [given(other).few for other in match.of]:
            if rows is None:
                return Rows(_whole(context, spark, work, name))
            values |= set(pc.unique(rows.column(match.column)).to_pylist()) - {None}
        wanted[match.column] = [*values.union(wanted.get(match.column, ()))]
    return _found(context, spark, work, name, wanted)


def _found(
    context: Context, spark: SparkSession, work: Refresh, name: str, wanted: Mapping[str, list[object]] | None
) -> Rows:
    full = work.table.inputs[name]
    rows = _few_rows(context.table(full), work.now[full], wanted, _columns(context, work, name))
    if rows is None:
        return Rows(_whole(context, spark, work, name))
    return Rows(_hashed(context, work, name, context.scratch.frame(spark, rows)), rows)


def _few_rows(
    table: Table, version: int, wanted: Mapping[str, list[object]] | None, columns: list[str]
) -> pa.Table | None:
    """Rows of a version that have one of the values wanted; None where these are many. Nothing wanted means all."""
    if wanted is None:
        return None
    if not wanted:
        return few.everything(table, version, columns)
    name, values = next(iter(wanted.items()))
    days = [value for value in values if isinstance(value, date)]
    if len(wanted) == 1 and len(days) == len(values):
        return few.of_days(table, version, name, days, columns)
    return few.matching(table, version, wanted, columns)


def _changes(context: Context, spark: SparkSession, work: Refresh, full: str) -> Rows:
    after, upto = work.taken[full], work.now[full]
    columns = _of_table(context, full, upto)
    rows: pa.Table | None
    if after == upto:
        rows = few.no_changes(context.table(full), upto, columns)
    else:
        rows = few.changes(context.table(full), after, upto, columns)
    if rows is None:
        return Rows(delta.changes(spark, context.table(full), after, upto).select(*columns, CHANGE))
    return Rows(context.scratch.frame(spark, rows), rows)


def _whole(context: Context, spark: SparkSession, work: Refresh, name: str) -> DataFrame:
    full = work.table.inputs[name]
    version = work.now[full]
    rows = delta.read(spark, context.table(full), version).select(*_columns(context, work, name))
    if full == QUARANTINE and not quarantine.rows_of(context.lake, version, PARTS):
        rows = rows.where("false")  # Spark is told so and reads nothing
    return _hashed(context, work, name, rows)


def _hashed(context: Context, work: Refresh, name: str, rows: DataFrame) -> DataFrame:
    columns = work.table.hashed.get(name)
    return hashed(rows, columns, context.salt.key) if columns else rows


def _columns(context: Context, work: Refresh, name: str) -> list[str]:
    full = work.table.inputs[name]
    return _of_table(context, full, work.now[full])


def _of_table(context: Context, full: str, version: int) -> list[str]:
    """An input's own columns, its month for pruning, and of silver the batch date that decides between rows."""
    there = few.columns_of(context.table(full), version)
    if full == QUARANTINE:
        return ["entity", "batch_date", *quarantine.WHOSE]
    return [*context.contracts[full].column_names, *(name for name in (delta.MONTH, "_batch_date") if name in there)]
