"""The proof that nothing is lost: of every entity and batch date each landed row is accounted for.

    landed = accepted + superseded + quarantined + passed over

Landed is what the files were counted to hold before any reader took them in; bronze must hold as many rows, and as
many must have been judged. Quarantined, superseded and passed over (rows of nothing, and those that a source's `where`
leaves out) are counted when a day is judged. Accepted is what the entity's own change feed says was really kept, by the
batch date of the row that holds. The sum of all accepted rows must be the entity's row count. Money goes the same way,
to the cent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from spark_app.contracts.sources import inputs_of
from spark_app.lake import feed, ledger, log, ops
from spark_app.lake.log import Commit
from spark_app.lake.progress import NOTHING, SilverProgress, Sum, silver_progress
from spark_app.runs.context import Context
from spark_app.tables.declare import SilverTable


@dataclass(frozen=True)
class Tally:
    """Rows and money of one batch date. `unpriced`: quarantined rows whose money is not known, and in no amount."""

    landed: Sum = NOTHING
    accepted: Sum = NOTHING
    superseded: Sum = NOTHING
    quarantined: Sum = NOTHING
    passed_over: int = 0
    unpriced: int = 0

    @property
    def adds_up(self) -> bool:
        """Rows and money alike."""
        found = self.accepted + self.superseded + self.quarantined
        return found + Sum(self.passed_over) == self.landed


def reconcile(context: Context, tables: Mapping[str, SilverTable]) -> int:
    """Write a row for each batch date that changed since last time; returns how many."""
    rows: list[dict[str, object]] = []
    for name in context.source.entities:
        rows += _entity(context, tables[name])
    ops.add(context.table("ops.reconciliation"), rows)
    for row in rows:
        if not row["balanced"]:
            context.record.warn(
                f"{row['entity']} {row['batch_date']}: {row['rows_landed']} rows landed, but {row['rows_accepted']} "
                f"accepted + {row['rows_superseded']} superseded + {row['rows_quarantined']} quarantined + "
                f"{row['rows_passed_over']} passed over"
            )
    return len(rows)


def _entity(context: Context, table: SilverTable) -> list[dict[str, object]]:
    name = f"silver.{table.name}"
    entity = context.table(name)
    done = _reconciled_version(context, table.name)
    commits = log.commits_after(entity, done)
    now = log.version_of(entity)
    datasets = inputs_of(context.source, table.name)
    foreign = _foreign(context, name, datasets, done)
    if now is None or not (commits or foreign):
        return []
    progress = [silver_progress(commit.note) for commit in commits]
    rebuilt = [index for index, made in enumerate(progress) if made.full_rebuild]
    if rebuilt:
        commits, progress, before = commits[rebuilt[-1] :], progress[rebuilt[-1] :], {}
        foreign = _foreign(context, name, datasets, commits[0].version)
        accepted = _accepted_whole(context, table, now)
    else:
        before = _before(context, table.name)
        accepted = _accepted_changes(context, table, done, now)
    judged = {day for made in progress for day in made.days}
    tallies = _judged_and_displaced(before, progress)
    for day, found in accepted.items():
        tally = tallies.get(day) or before.get(day, Tally())
        tallies[day] = replace(tally, accepted=tally.accepted + found)
    in_files, in_bronze = Counter[date](), Counter[date]()
    for dataset in datasets:
        # A row that several parts of the entity are made of is judged as often.
        often = sum(part.dataset == dataset for part in context.source.entities[table.name])
        counted, read = _of_dataset(context, dataset, commits, judged, whole=bool(rebuilt))
        in_files.update({day: often * count for day, count in counted.items()})
        in_bronze.update({day: often * count for day, count in read.items()})
    judged |= {day for day, count in in_files.items() if count}  # of all days there may be one that was not read
    tallies = {day: Tally() for day in judged} | tallies
    kept = sum(tally.accepted.rows for tally in ({**before, **tallies}).values())
    # What others wrote is in no drop: it cannot be told from rows superseded by their numbers alone.
    all_there = kept == log.row_count(entity, now) and not foreign
    if foreign:
        context.record.warn(f"{foreign[0]} was written by none of our runs: lakehouse rebuild --from-layer bronze")
    return [
        _row(
            context,
            ", ".join(datasets),
            table.name,
            day,
            replace(tally, landed=Sum(in_files.get(day, tally.landed.rows), tally.landed.amount))
            if day in judged
            else tally,
            now,
            all_there and (day not in judged or in_bronze.get(day, 0) == tally.landed.rows),
        )
        for day, tally in sorted(tallies.items())
    ]


def _of_dataset(
    context: Context, dataset: str, commits: Sequence[Commit], judged: Collection[date], *, whole: bool
) -> tuple[Mapping[date, int], Mapping[date, int]]:
    """By day, rows as the dataset's files were counted and as bronze holds them, as last taken in.

    Of the days judged; of a `whole` entity also of those that have rows by our count and were not judged.
    """
    version = commits[-1].sources.get(f"bronze.{dataset}") if commits else None
    if version is None:  # nothing of it has landed yet
        return {}, {}
    in_files = ledger.counted(context.lake, dataset, None if whole else sorted(judged), version)
    wanted = sorted({*judged, *(day for day, count in in_files.items() if count)})
    in_bronze = feed.rows_by_day(context.lake, dataset, version, wanted)
    _tell_unread(context, dataset, version, in_bronze, in_files)
    return in_files, in_bronze


def _tell_unread(
    context: Context, dataset: str, version: int, in_bronze: Mapping[date, int], in_files: Mapping[date, int]
) -> None:
    """Name the files of which bronze holds more or fewer rows than were counted in them."""
    for day in sorted(day for day, count in in_files.items() if count != in_bronze.get(day, 0)):
        read = feed.rows_by_file(context.lake, dataset, version, day)
        counted = ledger.files_of(context.lake, dataset, day, version)
        if sum(counted.values()) != in_files[day]:  # by a run that did not live to note its files
            read, counted = ({f"{dataset}/dt={day}": found.get(day, 0)} for found in (in_bronze, in_files))
        for name in sorted({*read, *counted}):
            held, made = counted.get(name, 0), read.get(name, 0)
            if held != made:
                context.record.warn(f"{name}: holds {held:,} rows by our own count, but {made:,} were read")


def _foreign(context: Context, silver: str, datasets: Sequence[str], after: int) -> list[str]:
    """Versions that others wrote: of the entity after `after`, of its bronze since what that version took in."""
    taken = log.commit_at(context.table(silver), after).sources if after >= 0 else {}
    since = {silver: after} | {f"bronze.{name}": taken.get(f"bronze.{name}", -1) for name in datasets}
    return [
        f"{table} version {version}"
        for table, seen in since.items()
        for version in log.foreign_writes(context.table(table), seen)
    ]


def _judged_and_displaced(before: Mapping[date, Tally], commits: Sequence[SilverProgress]) -> dict[date, Tally]:
    """What silver's commits noted, one after the other: days judged (again), and rows of other days they outdid."""
    tallies: dict[date, Tally] = {}
    for commit in commits:
        for day, judged in commit.days.items():
            tally = tallies.get(day) or before.get(day, Tally())
            known = tally if day in commit.added else Tally()
            tallies[day] = replace(
                tally,
                landed=known.landed + judged.landed,
                quarantined=known.quarantined + judged.quarantined,
                superseded=known.superseded + judged.superseded,
                passed_over=known.passed_over + judged.passed_over,
                unpriced=known.unpriced + judged.unpriced,
            )
        for day, gone in commit.displaced.items():
            tally = tallies.get(day) or before.get(day, Tally())
            tallies[day] = replace(tally, superseded=tally.superseded + gone)
    return tallies


def _row(
    context: Context, dataset: str, entity: str, day: date, tally: Tally, version: int, agrees: bool
) -> dict[str, object]:
    return {
        "run_id": context.run_id,
        "dataset": dataset,
        "entity": entity,
        "batch_date": day,
        "rows_landed": tally.landed.rows,
        "rows_accepted": tally.accepted.rows,
        "rows_superseded": tally.superseded.rows,
        "rows_quarantined": tally.quarantined.rows,
        "rows_unpriced": tally.unpriced,
        "rows_passed_over": tally.passed_over,
        "amount_landed": tally.landed.amount,
        "amount_accepted": tally.accepted.amount,
        "amount_superseded": tally.superseded.amount,
        "amount_quarantined": tally.quarantined.amount,
        "balanced": agrees and tally.adds_up,
        "silver_version": version,
        "reconciled_at": datetime.now(UTC),
    }


def _reconciled_version(context: Context, entity: str) -> int:
    sql = "SELECT max(silver_version) AS v FROM ops_rows WHERE entity = ?"
    rows = ops.select(context.table("ops.reconciliation"), sql, (entity,))
    return -1 if not rows or rows[0]["v"] is None else int(rows[0]["v"])


def _before(context: Context, entity: str) -> dict[date, Tally]:
    columns = (
        "rows_landed, amount_landed, rows_accepted, amount_accepted, rows_superseded, amount_superseded, "
        "rows_quarantined, amount_quarantined, coalesce(rows_passed_over, 0) AS passed_over, "
        "coalesce(rows_unpriced, 0) AS unpriced"
    )
    newest = "QUALIFY row_number() OVER (PARTITION BY batch_date ORDER BY silver_version DESC) = 1"
    sql = f"SELECT batch_date, {columns} FROM ops_rows WHERE entity = ? {newest}"
    return {row["batch_date"]: _tally(row) for row in ops.select(context.table("ops.reconciliation"), sql, (entity,))}


def _tally(row: Mapping[str, Any]) -> Tally:
    landed, accepted, superseded, quarantined = (
        Sum(row[f"rows_{name}"], row[f"amount_{name}"]) for name in ("landed", "accepted", "superseded", "quarantined")
    )
    return Tally(landed, accepted, superseded, quarantined, row["passed_over"], row["unpriced"])


def _accepted_whole(context: Context, table: SilverTable, version: int) -> dict[date, Sum]:
    sql = f"SELECT _batch_date, count(*), sum(({table.amount})::DECIMAL(18,2)) FROM data GROUP BY 1"
    rows = feed.over_version(context.table(f"silver.{table.name}"), version, sql)
    return {day: Sum(count, Decimal(amount or 0)) for day, count, amount in rows}


def _accepted_changes(context: Context, table: SilverTable, after: int, upto: int) -> dict[date, Sum]:
    columns = [*context.contracts[f"silver.{table.name}"].column_names, "_batch_date"]
    sql = f"SELECT _batch_date, sum(sign), sum(sign * ({table.amount})::DECIMAL(18,2)) FROM changed GROUP BY 1"
    rows = feed.over_changes(context.table(f"silver.{table.name}"), after, upto, columns, sql)
    return {day: Sum(int(count), Decimal(amount or 0)) for day, count, amount in rows}
