"""What commands ask of the lake and the warehouse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from spark_app.lake import feed, log, ops, quarantine
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release

DAILY = (
    "order_date",
    "revenue",
    "orders",
    "canceled_orders",
    "average_order_value",
    "items",
    "new_customers",
    "returning_customers",
    "late_deliveries",
)


def last_days(lake: Lake, release: Release | None) -> list[dict[str, Any]]:
    """`DAILY` of the release's last day, of the day before, and of the week before ({} where there is none)."""
    if release is None:
        return []
    sql = f"SELECT {', '.join(DAILY)} FROM data WHERE order_date >= (SELECT max(order_date) - 7 FROM data)"
    rows = feed.over_version(lake, "gold.daily_sales", release.tables["gold.daily_sales"], sql)
    by_day = {row[0]: dict(zip(DAILY, row, strict=True)) for row in rows}
    last = max(by_day, default=None)
    return [by_day.get(last - timedelta(days=back), {}) for back in (0, 1, 7)] if last else []


def quarantine_by_reason(lake: Lake, entity: str | None = None) -> list[dict[str, Any]]:
    """entity, rule, rows, first and last batch date, and an example of what was found and expected."""
    return quarantine.select(
        lake,
        "SELECT entity, reason.rule AS rule, count(*) AS rows, min(batch_date) AS first_day, "
        "max(batch_date) AS last_day, any_value(reason.found) AS found, any_value(reason.expected) AS expected "
        "FROM (SELECT entity, batch_date, unnest(reasons) AS reason FROM quarantined) "
        "WHERE (? IS NULL OR entity = ?) GROUP BY ALL ORDER BY rows DESC, entity, rule",
        (entity, entity),
    )


def release_difference(lake: Lake, old: Release | None, new: Release) -> dict[str, Any]:
    """Rows of each table and figures of each day that differ between two releases."""
    tables = []
    for name, version in new.tables.items():
        before = old.tables.get(name) if old else None
        was = log.row_count(lake, name, before) if before is not None else 0
        tables.append({"table": name, "rows_before": was, "rows": log.row_count(lake, name, version)})
    now = _daily(lake, new)
    past = _daily(lake, old) if old else {}
    days = [
        {
            "order_date": day,
            "orders_before": past.get(day, (0, None))[0],
            "orders": now.get(day, (0, None))[0],
            "revenue_before": past.get(day, (0, None))[1],
            "revenue": now.get(day, (0, None))[1],
        }
        for day in sorted(set(now) | set(past))
        if now.get(day) != past.get(day)
    ]
    return {
        "from_release": old.release_id if old else None,
        "release": new.release_id,
        "tables": tables,
        "days": days,
    }


def _daily(lake: Lake, release: Release) -> dict[Any, tuple[Any, ...]]:
    version = release.tables["gold.daily_sales"]
    sql = "SELECT order_date, orders, revenue, items, new_customers, late_deliveries FROM data"
    return {row[0]: row[1:] for row in feed.over_version(lake, "gold.daily_sales", version, sql)}


def recent_runs(lake: Lake, limit: int) -> list[dict[str, Any]]:
    return ops.select(
        lake,
        "runs",
        "SELECT run_id, command, first_day, last_day, started_at, seconds, exit_code, message, release_id "
        f"FROM ops_rows ORDER BY started_at DESC LIMIT {int(limit)}",
    )


def failed_rules(lake: Lake, run_id: str) -> list[dict[str, Any]]:
    return ops.select(
        lake,
        "quality_results",
        "SELECT table_name, rule, dimension, rows_broken, rows_checked, expected FROM ops_rows "
        "WHERE run_id = ? AND effect = 'withheld' AND rule <> 'audit'",
        (run_id,),
    )
