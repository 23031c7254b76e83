"""The proof that nothing is lost: of every entity and batch date each landed row is accounted for.

    landed = accepted + superseded + quarantined + passed over

Landed is what the files were counted to hold before any reader took them in; bronze must hold as many rows, and as
many must have been judged. Quarantined, superseded and passed over (rows of nothing) are counted when a day is judged.
Accepted is what the entity's own change feed says was really kept, by the batch date of the row that holds. The sum of
all accepted rows must be the entity's row count. Money goes the same way, to the cent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from spark_app.lake import feed, ledger, log, ops
from spark_app.lake.log import Commit
from spark_app.runs.context import Context
from spark_app.tables.declare import SilverTable


@dataclass(frozen=True)
class Tally:
    """Rows and money of one batch date. `unpriced`: quarantined rows whose money is not known, and in no amount."""

    landed: int = 0
    quarantined: int = 0
    superseded: int = 0
    accepted: int = 0
    passed_over: int = 0
    landed_amount: Decimal = Decimal(0)
    quarantined_amount: Decimal = Decimal(0)
    superseded_amount: Decimal = Decimal(0)
    accepted_amount: Decimal = Decimal(0)
    unpriced: int = 0

    @property
    def adds_up(self) -> bool:
        """Rows and money alike."""
        rows = self.accepted + self.superseded + self.quarantined + self.passed_over
        amount = self.accepted_amount + self.superseded_amount + self.quarantined_amount
        return rows == self.landed and amount == self.landed_amount


def reconcile(context: Context, tables: Mapping[str, SilverTable]) -> int:
    """Write a row for each batch date that changed since last time; returns how many."""
    rows: list[dict[str, object]] = []
    for name in context.source.entities:
        rows += _entity(context, tables[name])
    ops.add(context.lake, "reconciliation", rows)
    for row in rows:
        if not row["balanced"]:
            context.record.warn(
                f"{row['entity']} {row['batch_date']}: {row['rows_landed']} rows landed, but {row['rows_accepted']} "
                f"accepted + {row['rows_superseded']} superseded + {row['rows_quarantined']} quarantined + "
                f"{row['rows_passed_over']} passed over"
            )
    return len(rows)


def _entity(context: Context, table: SilverTable) -> list[dict[str, object]]:
    name, lake = f"silver.{table.name}", context.lake
    done = _reconciled_version(context, table.name)
    commits = log.commits_after(lake, name, done)
    now = log.version_of(lake, name)
    dataset = context.source.entities[table.name].dataset
    foreign = _foreign(context, name, f"bronze.{dataset}", done)
    if now is None or not (commits or foreign):
        return []
    whole = [index for index, commit in enumerate(commits) if commit.note.get("whole")]
    if whole:
        commits, before = commits[whole[-1] :], {}
        foreign = _foreign(context, name, f"bronze.{dataset}", commits[0].version)
        accepted = _accepted_whole(context, table, now)
    else:
        before = _before(context, table.name)
        accepted = _accepted_changes(context, table, done, now)
    judged = {day for commit in commits for day in _days(commit, "days")}
    tallies = _judged_and_moved(before, commits)
    for day, (count, amount) in accepted.items():
        tally = tallies.get(day) or before.get(day, Tally())
        accepted_amount = tally.accepted_amount + amount
        tallies[day] = replace(tally, accepted=tally.accepted + count, accepted_amount=accepted_amount)
    bronze_version = commits[-1].sources.get(f"bronze.{dataset}", 0) if commits else 0
    in_files = ledger.counted(lake, dataset, None if whole else sorted(judged), bronze_version)
    judged |= {day for day, count in in_files.items() if count}  # of all days there may be one that was not read
    tallies = {day: Tally() for day in judged} | tallies
    in_bronze = feed.rows_by_day(lake, dataset, bronze_version, sorted(judged))
    _tell_unread(context, dataset, bronze_version, in_bronze, in_files)
    kept = sum(t.accepted for d, t in before.items() if d not in tallies) + sum(t.accepted for t in tallies.values())
    # What others wrote is in no drop: it cannot be told from rows superseded by their numbers alone.
    all_there = kept == log.row_count(lake, name, now) and not foreign
    if foreign:
        context.record.warn(f"{foreign[0]} was written by none of our runs: lakehouse rebuild --from-layer bronze")
    return [
        _row(
            context,
            dataset,
            table.name,
            day,
            replace(tally, landed=in_files.get(day, tally.landed)) if day in judged else tally,
            now,
            all_there and (day not in judged or in_bronze.get(day, 0) == tally.landed),
        )
        for day, tally in sorted(tallies.items())
    ]


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


def _foreign(context: Context, silver: str, bronze: str, after: int) -> list[str]:
    """Versions that others wrote: of the entity after `after`, of its bronze since what that version took in."""
    since = {
        silver: after,
        bronze: log.commit_at(context.lake, silver, after).sources.get(bronze, -1) if after >= 0 else -1,
    }
    return [
        f"{table} version {version}"
        for table, seen in since.items()
        for version in log.foreign_writes(context.lake, table, seen)
    ]


def _judged_and_moved(before: Mapping[date, Tally], commits: Sequence[Commit]) -> dict[date, Tally]:
    """What silver's commits noted, one after the other: days judged (again), and rows of other days they outdid."""
    tallies: dict[date, Tally] = {}
    for commit in commits:
        for day, counts in _days(commit, "days").items():
            tally = tallies.get(day) or before.get(day, Tally())
            tallies[day] = replace(
                tally,
                landed=counts[0],
                quarantined=counts[1],
                landed_amount=Decimal(counts[2]),
                quarantined_amount=Decimal(counts[3]),
                superseded=counts[4],
                passed_over=counts[6] if len(counts) > 6 else 0,  # not counted by older programs of ours
                superseded_amount=Decimal(counts[5]),
                unpriced=commit.note.get("unpriced", {}).get(day.isoformat(), 0),
            )
        for day, (count, amount) in _days(commit, "moved").items():
            tally = tallies.get(day) or before.get(day, Tally())
            superseded_amount = tally.superseded_amount + Decimal(amount)
            tallies[day] = replace(tally, superseded=tally.superseded + count, superseded_amount=superseded_amount)
    return tallies


def _days(commit: Commit, part: str) -> dict[date, list[Any]]:
    return {date.fromisoformat(day): counts for day, counts in commit.note.get(part, {}).items()}


def _row(
    context: Context, dataset: str, entity: str, day: date, tally: Tally, version: int, agrees: bool
) -> dict[str, object]:
    return {
        "run_id": context.run_id,
        "dataset": dataset,
        "entity": entity,
        "batch_date": day,
        "rows_landed": tally.landed,
        "rows_accepted": tally.accepted,
        "rows_superseded": tally.superseded,
        "rows_quarantined": tally.quarantined,
        "rows_unpriced": tally.unpriced,
        "rows_passed_over": tally.passed_over,
        "amount_landed": tally.landed_amount,
        "amount_accepted": tally.accepted_amount,
        "amount_superseded": tally.superseded_amount,
        "amount_quarantined": tally.quarantined_amount,
        "balanced": agrees and tally.adds_up,
        "silver_version": version,
        "reconciled_at": datetime.now(UTC),
    }


def _reconciled_version(context: Context, entity: str) -> int:
    sql = "SELECT max(silver_version) AS v FROM ops_rows WHERE entity = ?"
    rows = ops.select(context.lake, "reconciliation", sql, (entity,))
    return -1 if not rows or rows[0]["v"] is None else int(rows[0]["v"])


def _before(context: Context, entity: str) -> dict[date, Tally]:
    sql = (
        "SELECT batch_date, arg_max(struct_pack(l := rows_landed, q := rows_quarantined, s := rows_superseded, "
        "a := rows_accepted, p := coalesce(rows_passed_over, 0), la := amount_landed, qa := amount_quarantined, "
        "sa := amount_superseded, aa := amount_accepted, u := coalesce(rows_unpriced, 0)), silver_version) AS t "
        "FROM ops_rows WHERE entity = ? GROUP BY batch_date"
    )
    rows = ops.select(context.lake, "reconciliation", sql, (entity,))
    return {row["batch_date"]: Tally(*row["t"].values()) for row in rows}


def _accepted_whole(context: Context, table: SilverTable, version: int) -> dict[date, tuple[int, Decimal]]:
    sql = f"SELECT _batch_date, count(*), sum(({table.amount})::DECIMAL(18,2)) FROM data GROUP BY 1"
    rows = feed.over_version(context.lake, f"silver.{table.name}", version, sql)
    return {day: (count, Decimal(amount or 0)) for day, count, amount in rows}


def _accepted_changes(context: Context, table: SilverTable, after: int, upto: int) -> dict[date, tuple[int, Decimal]]:
    columns = [*context.contracts[f"silver.{table.name}"].column_names, "_batch_date"]
    sql = f"SELECT _batch_date, sum(sign), sum(sign * ({table.amount})::DECIMAL(18,2)) FROM changed GROUP BY 1"
    rows = feed.over_changes(context.lake, f"silver.{table.name}", after, upto, columns, sql)
    return {day: (int(count), Decimal(amount or 0)) for day, count, amount in rows}
