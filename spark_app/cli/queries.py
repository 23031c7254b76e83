"""What commands ask of the lake and the warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from spark_app.contracts.table import Contract
from spark_app.lake import feed, log, ops, quarantine
from spark_app.lake.behind import days_taken_in
from spark_app.lake.completed import complete_to
from spark_app.lake.days import Drops, drops
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release

SALES = "gold.daily_sales"
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
    "incomplete_orders",
    "discounts",
    "returns",
    "net_sales",
)


@dataclass(frozen=True)
class Day:
    """`DAILY` of a day; `figures` is empty where it has none, and `why` says why it has not."""

    day: date
    figures: Mapping[str, Any]
    why: str = ""


def last_days(lake: Lake, release: Release | None, contracts: Mapping[str, Contract]) -> list[Day]:
    """The release's last day (the newest that is over and landed or was sold on), the day before, the week before."""
    if release is None:
        return []
    version = release.tables["gold.daily_sales"]
    span = feed.over_version(lake.table(SALES), version, "SELECT min(order_date), max(order_date) FROM data")
    first, last_sale = span[0]
    found = _drops(lake, release, contracts)
    there = {day for days in found.taken.values() for day in days} | ({last_sale} if last_sale else set())
    over = {day for day in there if found.is_complete(day)} if found.running() else there
    last = max(over or there, default=None)
    if last is None:
        return []
    sql = f"SELECT {', '.join(DAILY)} FROM data WHERE order_date >= DATE '{last - timedelta(days=7)}'"
    rows = feed.over_version(lake.table(SALES), version, sql, contracts[SALES].columns)
    by_day = {row[0]: dict(zip(DAILY, row, strict=True)) for row in rows}
    days = [last - timedelta(days=back) for back in (0, 1, 7)]
    return [Day(day, *_figures_of(day, by_day, found, first or last)) for day in days]


def running_day(lake: Lake, release: Release | None, contracts: Mapping[str, Contract]) -> date | None:
    """The newest day of which the release has something and that is not over."""
    return max(_drops(lake, release, contracts).running(), default=None) if release else None


def _drops(lake: Lake, release: Release, contracts: Mapping[str, Contract]) -> Drops:
    taken, whole_to = days_taken_in(lake, release.tables), complete_to(lake, release.tables)
    return drops(taken, contracts, (), complete_to=whole_to)


def _figures_of(
    day: date, by_day: Mapping[date, Mapping[str, Any]], found: Drops, first: date
) -> tuple[Mapping[str, Any], str]:
    if day in by_day:
        return by_day[day], ""
    if day < first:
        return {}, "before the first day"
    if not found.landed(day):
        return {}, "not landed"
    return {**dict.fromkeys(DAILY, 0), "order_date": day, "average_order_value": None}, "without orders"


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


def quarantined_rows(
    lake: Lake, entity: str, day: date | None, rule: str | None, most: int | None
) -> tuple[list[dict[str, Any]], int]:
    """(rows of an entity as they landed, at most so many; how many there are)."""
    rows = quarantine.select(
        lake,
        "SELECT batch_date, source_file, row_number, reasons, raw, count(*) OVER () AS there FROM quarantined "
        "WHERE entity = ? AND (?::DATE IS NULL OR batch_date = ?) "
        "AND (?::VARCHAR IS NULL OR list_contains(list_transform(reasons, lambda r: r.rule), ?)) "
        "ORDER BY batch_date, source_file, row_number LIMIT ?",
        (entity, day, day, rule, rule, most),
    )
    counts = [row.pop("there") for row in rows]
    return rows, counts[0] if counts else 0


def release_difference(lake: Lake, old: Release | None, new: Release) -> dict[str, Any]:
    """Rows of each table and figures of each day that differ between two releases."""
    tables = []
    for name, version in new.tables.items():
        before = old.tables.get(name) if old else None
        was = log.row_count(lake.table(name), before) if before is not None else 0
        tables.append({"table": name, "rows_before": was, "rows": log.row_count(lake.table(name), version)})
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
    return {row[0]: row[1:] for row in feed.over_version(lake.table("gold.daily_sales"), version, sql)}


def recent_runs(lake: Lake) -> list[dict[str, Any]]:
    """Every run, the newest first."""
    return ops.select(
        lake.table("ops.runs"),
        "SELECT run_id, command, first_day, last_day, started_at, seconds, exit_code, message, release_id "
        "FROM ops_rows ORDER BY started_at DESC",
    )


def failed_rules(lake: Lake) -> list[dict[str, Any]]:
    """What withheld the newest candidate for a release, whichever run audited it; none where it passed."""
    return ops.select(
        lake.table("ops.quality_results"),
        "SELECT table_name, rule, dimension, rows_broken, rows_checked, expected, observed, cause FROM ops_rows "
        "WHERE effect = 'withheld' AND rule <> 'audit' AND checked_at = "
        "(SELECT max(checked_at) FROM ops_rows WHERE rule = 'audit') ORDER BY table_name, rule",
    )
