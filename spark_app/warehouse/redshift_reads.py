"""Who has read which table of Redshift, by its own statistics, which go back seven days.

They show every user the queries of his own, and of others to superusers and to whom they are opened: without looking
at that first, a table that all others read would seem to be read by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from spark_app.warehouse.redshift_session import Session

_ROLES = ("sys:monitor", "sys:operator", "sys:dba", "sys:superuser")  # each may access system tables


@dataclass(frozen=True)
class Viewer:
    """The user of a session, and whether it sees what others did."""

    user_id: int
    sees_everybody: bool


def find_viewer(session: Session) -> Viewer:
    """Who asks."""
    ((user_id, is_superuser, access),) = session.rows(
        "SELECT user_id, superuser, TRIM(syslog_access) FROM svv_user_info WHERE user_name = current_user"
    )
    if is_superuser or access == "UNRESTRICTED":
        return Viewer(int(user_id), sees_everybody=True)
    roles = ", ".join(f"'{role}'" for role in _ROLES)
    granted = session.rows(
        f"SELECT role_name FROM svv_user_grants WHERE user_id = {int(user_id)} AND role_name IN ({roles})"
    )
    return Viewer(int(user_id), sees_everybody=bool(granted))


def last_reads(session: Session, viewer: Viewer, since: datetime) -> Mapping[str, datetime]:
    """The last read since then of each table of `analytics` that was read, by any user but this and Redshift itself.

    Read by way of a view, it is the view's tables that are scanned. User 1 is Redshift's own: it analyses and sorts.
    """
    moment = since.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
    rows = session.rows(
        "SELECT TRIM(c.relname) AS table_name, MAX(d.start_time) AS last_read FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN sys_query_detail d ON d.table_id = c.oid "
        "WHERE n.nspname = 'analytics' AND TRIM(d.step_name) = 'scan' "
        f"AND d.user_id > 1 AND d.user_id <> {viewer.user_id} AND d.start_time >= '{moment}' GROUP BY 1"
    )
    return {table: read_at.replace(tzinfo=UTC) for table, read_at in rows}
