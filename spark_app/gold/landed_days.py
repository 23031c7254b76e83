"""gold.landed_days, brought to what gold has taken in: a few hundred rows, written without a Spark job.

A function of what landed: of the days of drops, in the versions that gold's tables are made of, and of the days that
orders fall on; and of the nights, each of which completes the days up to its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from spark_app.contracts.table import Contract
from spark_app.lake import contents, feed, log, writes
from spark_app.lake.behind import days_taken_in
from spark_app.lake.completed import completed_so_far
from spark_app.lake.days import days_of, drops
from spark_app.runs.context import Context

SALES = "gold.daily_sales"
Row = tuple[Any, ...]


def run(context: Context, contract: Contract, night: date | None) -> None:
    """Merge what differs; no commit where nothing does.

    `night`: the last day of drops that the run takes for whole; None where the run is about one that is not over.
    """
    table = context.table(contract.qualified)
    with context.record.step("gold", contract.name) as step:
        writes.create(table, contract.columns, change_feed=True)
        table = table.expecting(log.version_of(table))
        versions = _versions(context)
        taken = days_taken_in(context.lake, versions)
        # No further than what is there, so that a rebuild of any day says what the nights said.
        newest = max((day for days in taken.values() for day in days), default=date.min)
        whole_to = max(completed_so_far(context.lake), min(night, newest) if night else date.min)
        should = _rows(context, versions, taken, whole_to)
        first = log.last_commit(table) is None
        holds = _held(context, contract)
        changed = [row for row in should if row not in holds]
        gone = {row[0] for row in holds} - {row[0] for row in should}
        if changed or gone or first:
            sources = {SALES: log.version_of(context.table(SALES)) or 0}
            more = {log.FULL_REBUILD: True, log.COMPLETE_TO: whole_to.isoformat()}  # all of it was compared
            note = log.note_text(context.run_id, sources, **more)
            if _lacks_columns(context, contract):
                writes.reshape(table, _changes(contract, should, ()).drop([writes.OP]), note)
            else:
                writes.merge(table, _changes(contract, changed, gone), contract.key, note)
            step.action, step.rows = "merged", len(changed) + len(gone)
        step.version = log.version_of(table)


def _versions(context: Context) -> dict[str, int]:
    gold = [name for name in context.contracts if name.startswith("gold.")]
    return {name: version for name in gold if (version := log.version_of(context.table(name))) is not None}


def _rows(
    context: Context, versions: Mapping[str, int], taken: Mapping[str, frozenset[date]], whole_to: date
) -> list[Row]:
    counted = dict(feed.over_version(context.table(SALES), versions[SALES], "SELECT order_date, orders FROM data"))
    sold = {day for day, orders in counted.items() if orders}
    found = drops(taken, context.contracts, sold, context.reporting, whole_to)
    known = set(counted) | {day for days in found.taken.values() for day in days}
    if not known:
        return []
    days = days_of(min(known), max(known))
    return [(day, found.landed(day), ", ".join(found.lacking(day)) or None, found.is_complete(day)) for day in days]


def _held(context: Context, contract: Contract) -> set[Row]:
    sql = f"SELECT {', '.join(contract.column_names)} FROM data"
    return set(feed.over_version(context.table(contract.qualified), None, sql, contract.columns))


def _lacks_columns(context: Context, contract: Contract) -> bool:
    """Whether a column has come to the contract since the table was made."""
    opened = log.open_table(context.table(contract.qualified))
    return opened is not None and bool(contents.unlike(opened, contract.columns)[0])


def _changes(contract: Contract, changed: Sequence[Row], gone: Collection[date]) -> pa.Table:
    """What `writes.merge` takes: rows to write whole, and days to remove by their key."""
    names = contract.column_names
    fields = [(column.name, contents.arrow_type(column.type)) for column in contract.columns]
    rows = [{**dict(zip(names, row, strict=True)), writes.OP: writes.WRITE} for row in changed]
    rows += [{names[0]: day, writes.OP: writes.REMOVE} for day in sorted(gone)]
    return pa.Table.from_pylist(rows, schema=pa.schema([*fields, (writes.OP, pa.string())]))
