"""What another writer wrote over is derived again: found in the logs before a layer begins, at the cost of a look.

A run remembers its commits (`ops.runs.commits`); the ledger remembers bronze's. Where a log says something else by now
than was remembered, or a commit of an earlier writer lies over one of a later, rows may be lost that something behind
it has taken in already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from spark_app.lake import log, ops, writes
from spark_app.lake.epochs import first_fallen_epoch
from spark_app.lake.landing import list_files
from spark_app.lake.lost_days import find_lost_days as lost_days
from spark_app.lake.repair import bring_past, unchanged
from spark_app.runs.context import Context
from spark_app.runs.window import Drop
from spark_app.runtime.days import day_ranges
from spark_app.runtime.messages import some

_COMPARED = "gold.landed_days"  # all of it is compared with what it should be, in every run


@dataclass(frozen=True)
class Overwritten:
    """A table whose log is not what was remembered; `version`: where it begins. `words` for people."""

    table: str
    version: int
    words: str


def find_overwritten(context: Context, layer: str) -> list[Overwritten]:
    """Why the layer is to be derived anew; its logs are made fit for it, and people are told.

    Nearly always nothing, at the cost of a look at the newest commits of each table.
    """
    known = {table: found for table, found in _remembered(context).items() if table.startswith(f"{layer}.")}
    known.pop(_COMPARED, None)
    with ThreadPoolExecutor(context.settings.parallel) as pool:
        found = list(pool.map(lambda table: _wound(context, table, *known[table]), sorted(known)))
    there = [wound for wound in found if wound]
    for wound in there:
        context.record.warn(f"{wound.words}: {layer} is derived anew")
        bring_past(context.table(wound.table), wound.version, context.run_id)
    return there


def days_to_take_in_again(context: Context, dataset: str) -> Drop:
    """What landing has of days that bronze holds otherwise than the ledger says: they are taken in again."""
    found = lost_days(context.lake, dataset)
    if found is None:
        return {}
    drop = list_files(context.landing, dataset, found.days).files
    said = f"bronze.{dataset}: holds other rows than were taken in of {some(day_ranges(found.days), 20)}"
    if gone := [day for day in found.days if day not in drop]:
        context.record.warn(f"{said}; landing has no files any more of {some(day_ranges(gone), 20)}: they stay so")
    if drop:
        context.record.warn(f"{said}; {some(day_ranges(sorted(drop)), 20)} is taken in again")
        bring_past(context.table(f"bronze.{dataset}"), found.version, context.run_id)
    return drop


def mark_rebuilt(context: Context, healed: Sequence[Overwritten]) -> None:
    """Note that these tables were derived anew; their logs are looked at from here on."""
    for wound in healed:
        table = context.table(wound.table)
        if log.version_of(table) is not None:
            writes.advance(table, unchanged(table, context.run_id))


def derived_anew(context: Context, tables: Iterable[str]) -> dict[str, int]:
    """Table -> the last version that derived it anew, of those of which one of the newest did."""
    found: dict[str, int] = {}
    for table in map(context.table, sorted(tables)):
        now = log.version_of(table)
        last = None if now is None else log.derived_anew(table, now - log.LOOKED_AT)
        if last is not None:
            found[table.name] = last
    return found


def _remembered(context: Context) -> dict[str, tuple[int, str]]:
    """Table -> the version that the last run to commit there remembers, and that run."""
    sql = (
        "SELECT said.key AS name, arg_max(struct_pack(version := said.value, run := run_id), epoch) AS last FROM "
        "(SELECT run_id, epoch, unnest(map_entries(commits)) AS said FROM ops_rows WHERE commits IS NOT NULL) "
        "GROUP BY 1"
    )
    rows = ops.select(context.table("ops.runs"), sql)
    return {row["name"]: (int(row["last"]["version"]), str(row["last"]["run"])) for row in rows}


def _wound(context: Context, table: str, version: int, run_id: str) -> Overwritten | None:
    now = log.version_of(context.table(table))
    if now is None or now < version:
        return Overwritten(
            table, version, f"{table}: run {run_id} committed version {version}, and the log ends with {now}"
        )
    commits = log.commits_after(context.table(table), min(version, now - log.LOOKED_AT) - 1)
    there = next((commit for commit in commits if commit.version == version), None)
    if there is None or there.note.get("run_id") != run_id:
        found = there.note.get("run_id") if there else None
        said = f"{table}: version {version} was of run {run_id}, and is of {found or 'no run'} now"
        return Overwritten(table, version, said)
    late = first_fallen_epoch(commits)
    if late is not None:
        said = f"{table}: version {late.version} is of run {late.note.get('run_id')}, which had been taken over by then"
        return Overwritten(table, late.version, said)
    return None
