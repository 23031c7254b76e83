"""What Redshift Serverless has charged, as it says itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from spark_app.warehouse.redshift_session import Session


def charged_by_day(session: Session, first: date, last: date) -> dict[date, Decimal]:
    """RPU-seconds charged on each of these days (UTC, both included) that has any, whoever queried the workgroup."""
    rows = session.rows(
        "SELECT CAST(start_time AS date) AS day, SUM(charged_seconds) AS charged FROM sys_serverless_usage "
        f"WHERE CAST(start_time AS date) BETWEEN DATE '{first}' AND DATE '{last}' GROUP BY 1 ORDER BY 1"
    )
    return {day: Decimal(str(charged)) for day, charged in rows if charged}
