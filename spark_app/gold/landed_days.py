"""gold.landed_days, brought to what gold has taken in: a few hundred rows, written without a Spark job.

A function of what landed: of the days of drops, in the versions that gold's tables are made of, and of the days that
orders fall on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from spark_app.contracts.table import Contract
from spark_app.lake import feed, log, writes
from spark_app.lake.behind import days_taken_in
from spark_app.lake.days import days_of, drops
from spark_app.runs.context import Context

SALES = "gold.daily_sales"
Row = tuple[Any, ...]


def run(context: Context, contract: Contract) -> None:
    """Merge what differs; no commit where nothing does."""
    with context.record.step("gold", contract.name) as step:
        writes.create(context.lake, contract.qualified, contract.columns, change_feed=True)
        should = _rows(context)
        first = log.last_commit(context.lake, contract.qualified) is None
        holds = _held(context, contract)
        changed = [row for row in should if row not in holds]
        gone = {row[0] for row in holds} - {row[0] for row in should}
        if changed or gone or first:
            sources = {SALES: log.version_of(context.lake, SALES) or 0}
            note = log.note_text(context.run_id, sources, **{log.WHOLE: True})  # all of it was compared
            writes.merge(context.lake, contract.qualified, _changes(contract, changed, gone), contract.key, note)
            step.action, step.rows = "merged", len(changed) + len(gone)
        step.version = log.version_of(context.lake, contract.qualified)


def _rows(context: Context) -> list[Row]:
    lake = context.lake
    gold = [name for name in context.contracts if name.startswith("gold.")]
    versions = {name: version for name in gold if (version := log.version_of(lake, name)) is not None}
    counted = dict(feed.over_version(lake, SALES, versions[SALES], "SELECT order_date, orders FROM data"))
    sold = {day for day, orders in counted.items() if orders}
    found = drops(days_taken_in(lake, versions), context.contracts, sold, context.reporting)
    known = set(counted) | {day for days in found.taken.values() for day in days}
    if not known:
        return []
    days = days_of(min(known), max(known))
    return [(day, found.landed(day), ", ".join(found.lacking(day)) or None) for day in days]


def _held(context: Context, contract: Contract) -> set[Row]:
    version = log.version_of(context.lake, contract.qualified) or 0
    sql = f"SELECT {', '.join(contract.column_names)} FROM data"
    return set(feed.over_version(context.lake, contract.qualified, version, sql))


def _changes(contract: Contract, changed: Sequence[Row], gone: Collection[date]) -> pa.Table:
    """What `writes.merge` takes: rows to write whole, and days to remove by their key."""
    names = contract.column_names
    fields = [(column.name, log.arrow_type(column.type)) for column in contract.columns]
    rows = [{**dict(zip(names, row, strict=True)), writes.OP: writes.WRITE} for row in changed]
    rows += [{names[0]: day, writes.OP: writes.REMOVE} for day in sorted(gone)]
    return pa.Table.from_pylist(rows, schema=pa.schema([*fields, (writes.OP, pa.string())]))
