"""Sums over tables and over their changes, by DuckDB from Delta's files: bookkeeping without a Spark job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from spark_app.contracts.table import Column
from spark_app.lake import contents, log
from spark_app.lake.paths import Lake, Table
from spark_app.runtime import duck
from spark_app.runtime.errors import LakeError


def over_changes(table: Table, after: int, upto: int, columns: Sequence[str], sql: str) -> list[tuple[Any, ...]]:
    """`sql` over the rows changed in versions after+1 … upto, named `changed`, with `sign`: 1 came, -1 went."""
    opened = log.open_table(table, upto)
    if opened is None or after >= upto:
        return []
    feed = opened.load_cdf(starting_version=after + 1, ending_version=upto, columns=[*columns, "_change_type"])
    with duck.in_memory() as connection:
        connection.register("feed", pa.RecordBatchReader.from_stream(feed))
        signed = (
            "SELECT *, CASE WHEN _change_type IN ('insert', 'update_postimage') THEN 1 ELSE -1 END AS sign FROM feed"
        )
        return connection.execute(f"WITH changed AS ({signed}) {sql}").fetchall()


def over_final_rows(
    table: Table,
    after: int | None,
    upto: int,
    key: Sequence[str],
    sql: str,
    others: Mapping[str, tuple[str, int, str]],
) -> tuple[Any, ...]:
    """The one row of `sql` over `changed`: what versions after+1 … upto wrote and still holds (None: all rows).

    `others`: name in the SQL -> (table, version, column) of tables that rows are looked up in.
    """
    opened = log.open_table(table, upto)
    if opened is None:
        raise LakeError(f"{table.name}: no version {upto} at {table.path}")
    with duck.in_memory() as connection:
        for name, (other, version, column) in others.items():
            looked_up = table.lake.table(other)
            if log.open_table(looked_up, version) is not None:
                rows = contents.dataset(looked_up, version)
                connection.register(name, rows.scanner(columns=[column]).to_reader())
        if after is None:
            duck.offer(connection, "changed", contents.dataset(table, upto))
        else:
            changed = opened.load_cdf(starting_version=after + 1, ending_version=upto)
            connection.register("feed", pa.RecordBatchReader.from_stream(changed))
            connection.execute(f"CREATE TEMP TABLE changed AS {final_rows('feed', key)}")
        found = connection.execute(sql).fetchone()
        assert found is not None  # an aggregate without GROUP BY has one row
        return found


def final_rows(feed: str, key: Sequence[str]) -> str:
    """SQL of the rows of a change feed that hold in the end, of several changes of a key the last."""
    return f"SELECT * FROM ({last_changes(feed, key)}) WHERE came"


def last_changes(feed: str, key: Sequence[str]) -> str:
    """SQL of the last change of each key, with `came`: whether the row is there after it."""
    keys = ", ".join(f'"{name}"' for name in key)
    came = "_change_type IN ('insert', 'update_postimage')"
    return (
        f"SELECT *, {came} AS came FROM {feed} WHERE _change_type <> 'update_preimage' "
        f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY _commit_version DESC, ({came}) DESC) = 1"
    )


def over_version(table: Table, version: int | None, sql: str, columns: Sequence[Column] = ()) -> list[tuple[Any, ...]]:
    """`sql` over a version of a table, named `data`; those of `columns` that it had not yet are empty."""
    opened = log.open_table(table, version)
    if opened is None:
        return []
    with duck.in_memory() as connection:
        duck.offer(connection, "data", contents.rows_as(contents.dataset(table, opened.version()), columns))
        return connection.execute(sql).fetchall()


def rows_by_day(lake: Lake, dataset: str, version: int, days: Sequence[date]) -> dict[date, int]:
    """Rows bronze holds for these days."""
    if not days:
        return {}
    listed = ", ".join(f"DATE '{day}'" for day in days)
    sql = f"SELECT _batch_date, count(*) FROM data WHERE _batch_date IN ({listed}) GROUP BY 1"
    return dict(over_version(lake.table(f"bronze.{dataset}"), version, sql))


def rows_by_file(lake: Lake, dataset: str, version: int, day: date) -> dict[str, int]:
    """Rows bronze holds of each file of a day."""
    sql = f"SELECT _source_file, count(*) FROM data WHERE _batch_date = DATE '{day}' GROUP BY 1"
    return dict(over_version(lake.table(f"bronze.{dataset}"), version, sql))
