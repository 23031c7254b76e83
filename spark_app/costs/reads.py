"""Who reads the warehouse's tables: what Redshift says of it, kept in `ops.table_reads`, for it forgets in a week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from spark_app.lake import ops
from spark_app.lake.paths import Lake

WATCHED_DAYS = 30  # without a reader, until anything is said of a table
# Redshift keeps what queries did for seven days. Of a longer time between two looks, some of it nobody has seen.
LONGEST_GAP = timedelta(days=6)


@dataclass(frozen=True)
class TableReads:
    """A table as a look found it. `last_read_at`: by anybody but the loading user, None if never.

    `watched_since`: from when on no read would have been missed; None where the look saw the loading user's own alone.
    """

    table_name: str
    looked_at: datetime
    watched_since: datetime | None
    last_read_at: datetime | None


def read_last_look(lake: Lake) -> list[TableReads]:
    """The tables of the newest look, which are those that the warehouse had; empty before the first."""
    return _rows(lake, "SELECT * FROM ops_rows QUALIFY looked_at = max(looked_at) OVER ()")


def read_known(lake: Lake) -> dict[str, TableReads]:
    """What was last found of each table that any look has seen."""
    newest = "SELECT * FROM ops_rows QUALIFY row_number() OVER (PARTITION BY table_name ORDER BY looked_at DESC) = 1"
    return {row.table_name: row for row in _rows(lake, newest)}


def carry_on(
    known: Mapping[str, TableReads], tables: Iterable[str], found: Mapping[str, datetime], now: datetime
) -> list[TableReads]:
    """These tables after a look that saw everybody: `found` has the last read of those that were read."""
    return [_carried(known.get(table), table, found.get(table), now) for table in tables]


def unseen(known: Mapping[str, TableReads], tables: Iterable[str], now: datetime) -> list[TableReads]:
    """These tables after a look that did not see everybody: watching begins anew with one that does."""
    return [TableReads(one, now, None, known[one].last_read_at if one in known else None) for one in tables]


def keep_look(lake: Lake, run_id: str, found: Sequence[TableReads]) -> None:
    """Append what a look found."""
    ops.add(lake.table("ops.table_reads"), [{"run_id": run_id, **asdict(one)} for one in found])


def watch_in_words(look: Sequence[TableReads], now: datetime) -> str:
    """How much is known of who reads tables, for whoever wonders why nothing is said of them."""
    if not look:
        return "who reads which table is not known: no run has asked a Redshift yet"
    if now - look[0].looked_at > LONGEST_GAP:
        return f"who reads which table is not known: last looked at on {look[0].looked_at.date()}"
    since = [one.watched_since for one in look if one.watched_since is not None]
    if not since:
        return "who reads which table is not known: the loading user sees no other user's queries (docs/cost.md)"
    from_day = min(since).date()
    if now - min(since) < timedelta(days=WATCHED_DAYS):
        return (
            f"who reads which table is watched since {from_day}: after {WATCHED_DAYS} days it is said of which nobody"
        )
    return f"who reads which table is watched since {from_day}"


def _carried(known: TableReads | None, table: str, read_at: datetime | None, now: datetime) -> TableReads:
    since = now
    if known is not None and known.watched_since is not None and now - known.looked_at <= LONGEST_GAP:
        since = known.watched_since
    reads = [at for at in (read_at, known.last_read_at if known else None) if at is not None]
    return TableReads(table, now, since, max(reads, default=None))


def _rows(lake: Lake, sql: str) -> list[TableReads]:
    names = ("table_name", "looked_at", "watched_since", "last_read_at")
    rows = ops.select(lake.table("ops.table_reads"), f"SELECT {', '.join(names)} FROM ({sql}) ORDER BY table_name")
    return [TableReads(**row) for row in rows]
