"""The running day to its last full hour, beside the same hours of the same weekday in the weeks before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from spark_app.contracts.metrics import Metric
from spark_app.report.data import SO_FAR, ReportData
from spark_app.report.numbers import written

TABLE = "gold.hourly_sales"
TOLD = ("revenue", "orders")
WEEKS = 4


@dataclass(frozen=True)
class ByHour:
    """Sums to `hour` of the running day, and their means over `days`, by the metrics' names."""

    hour: int
    days: tuple[date, ...]
    sums: dict[str, Any]
    means: dict[str, Decimal]


def by_hour(data: ReportData, names: Sequence[str]) -> ByHour | None:
    """These columns of `hourly_sales`.

    None where no hour of the day is over, it is over as a whole by the clock, the release has no such table, or none of
    the weeks before has that day whole.
    """
    if data.running is None or TABLE not in data.release.tables:
        return None
    zone = ZoneInfo(data.reporting.timezone)
    at, day = data.running.as_of.astimezone(zone), data.running.day
    days = tuple(
        before
        for before in (day - timedelta(weeks=back) for back in range(1, WEEKS + 1))
        if before >= data.first and data.drops.landed(before) and data.drops.is_complete(before)
    )
    if at.date() != day or not at.hour or not names or not days:
        return None
    [now] = data.rows(f"SELECT {_sums(names)} FROM {SO_FAR}.hourly_sales WHERE order_hour < ?", (at.hour,))
    listed = ", ".join(f"DATE '{one}'" for one in days)
    sql = f"SELECT {_sums(names)} FROM hourly_sales WHERE order_hour < ? AND order_date IN ({listed})"
    [then] = data.rows(sql, (at.hour,))
    return ByHour(at.hour, days, now, {name: Decimal(then[name]) / len(days) for name in names})


def in_words(data: ReportData, metrics: Sequence[Metric]) -> str:
    """A sentence of those metrics that are told by the hour; empty where nothing compares."""
    told = [metric for metric in metrics if metric.name in TOLD]
    found = by_hour(data, [metric.name for metric in told])
    if found is None:
        return ""
    currency = data.reporting.currency
    now = " and ".join(f"{written(found.sums[m.name], m.unit, currency)} {_noun(m)}" for m in told)
    usual = " and ".join(_mean(found.means[m.name], m, currency) for m in told)
    weekday = f"{found.days[0]:%A}"
    before = f"the {len(found.days)} {weekday}s before on average" if len(found.days) > 1 else f"the {weekday} before"
    return f"To {found.hour:02}:00 {now}; {before} {usual} to that hour. {_newest(data)}"


def _sums(names: Sequence[str]) -> str:
    return ", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in names)


def _noun(metric: Metric) -> str:
    return metric.title[0].lower() + metric.title[1:]


def _mean(value: Decimal, metric: Metric, currency: str) -> str:
    return f"{value:,.1f}" if metric.unit == "count" else written(value, metric.unit, currency)


def _newest(data: ReportData) -> str:
    """Hours whose files have not come look like hours without sales: until when orders are known is said."""
    [row] = data.rows(f"SELECT max(epoch(purchased_at)) AS newest FROM {SO_FAR}.fact_orders")
    if row["newest"] is None:
        return ""
    newest = datetime.fromtimestamp(row["newest"], UTC).astimezone(ZoneInfo(data.reporting.timezone))
    return f"The newest order known is of {newest:%H:%M}."
