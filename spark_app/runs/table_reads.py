"""Who reads the warehouse's tables, asked of Redshift once a day, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from spark_app.costs.reads import LONGEST_GAP, TableReads, carry_on, keep_look, read_known, read_last_look, unseen
from spark_app.lake import releases
from spark_app.runs.context import Context
from spark_app.runtime.errors import WarehouseError
from spark_app.runtime.settings import RedshiftSettings
from spark_app.warehouse.base import without

_CAUSE = "who reads tables"
_UNKNOWN = "who reads which table of Redshift is not known"
_EXPECTED = "expected a superuser, or a loading user with role sys:monitor (docs/cost.md)"


def keep_table_reads(context: Context) -> None:
    """Ask who has read what, where no run has today; right after a load, as a workgroup that sleeps would be woken.

    Where Redshift does not tell of other users, that is said when it is met first, and nothing is claimed.
    """
    redshift, release = context.settings.redshift, releases.latest(context.lake)
    if context.settings.warehouse != "redshift" or redshift is None or release is None:
        return
    last, now = read_last_look(context.lake), datetime.now(UTC)
    if last and last[0].looked_at.date() == now.date():
        return
    tables = sorted(name.partition(".")[2] for name in without(release, redshift.leave_out).tables)
    # Only here: each run looks at its cost, and the driver with AWS's SDK is a second of imports.
    from spark_app.warehouse.redshift_session import Refused

    why = "the loading user sees no other user's queries"
    try:
        found = _look(context, redshift, tables, now)
    except Refused as error:
        found, why = unseen(read_known(context.lake), tables, now), error.message
    except WarehouseError as error:
        context.record.warn(f"{_UNKNOWN}: {error.message}")
        return
    keep_look(context.lake, context.run_id, found)
    if _is_blind(found) and not _is_blind(last):
        context.record.notice(_CAUSE, [f"{_UNKNOWN}: {why}; {_EXPECTED}"])


def _look(context: Context, redshift: RedshiftSettings, tables: Sequence[str], now: datetime) -> list[TableReads]:
    from spark_app.warehouse.redshift_reads import find_viewer, last_reads
    from spark_app.warehouse.redshift_session import connected

    known = read_known(context.lake)
    with connected(redshift) as session:
        viewer = find_viewer(session)
        if not viewer.sees_everybody:
            return unseen(known, tables, now)
        return carry_on(known, tables, last_reads(session, viewer, now - LONGEST_GAP - timedelta(days=1)), now)


def _is_blind(look: Sequence[TableReads]) -> bool:
    return bool(look) and all(one.watched_since is None for one in look)
