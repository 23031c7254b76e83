"""Whether all amounts could be brought into the reporting currency, and by rates that can be meant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from spark_app.contracts.table import Threshold
from spark_app.lake import feed
from spark_app.lake.behind import with_sources
from spark_app.lake.releases import Release
from spark_app.quality.profile import Finding
from spark_app.runs.context import Context
from spark_app.runtime.messages import some

ORDERS, RATES = "gold.fact_orders", "silver.exchange_rates"
LARGEST_STEP = 0.2  # of a rate, from one to the next


def check_exchange_rates(context: Context, tables: Mapping[str, int], released: Release | None) -> list[Finding]:
    """One finding of orders without a rate, one of rates that jump; none of a shop with one currency."""
    missing = _missing(context, tables, released)
    findings = [_without_rate(context, missing)] if missing else []
    return findings + _jumps(context, tables, released)


def _missing(context: Context, tables: Mapping[str, int], released: Release | None) -> dict[str, list[date]]:
    """Currency -> days of orders, among those that changed, for which no rate is known."""
    columns, before = ("currency", "order_date", "exchange_rate"), released.tables.get(ORDERS) if released else None
    lacking = "WHERE exchange_rate IS NULL GROUP BY ALL"
    if before is None:
        sql = f"SELECT currency, order_date FROM data {lacking}"
        rows = feed.over_version(context.lake, ORDERS, tables[ORDERS], sql)
    else:
        sql = f"SELECT currency, order_date FROM changed {lacking} HAVING sum(sign) > 0"
        rows = feed.over_changes(context.lake, ORDERS, before, tables[ORDERS], columns, sql)
    found: dict[str, list[date]] = {}
    for currency, day in sorted(rows):
        found.setdefault(currency, []).append(day)
    return found


def _without_rate(context: Context, missing: Mapping[str, list[date]]) -> Finding:
    named = "; ".join(f"{currency} on {some(days, 3)}" for currency, days in missing.items())
    cause = (
        f"no exchange rate to {context.reporting.currency} of {named}: land exchange_rates (currency, rate_date, rate) "
        "of these days or before, or set reporting.currency"
    )
    days = sum(map(len, missing.values()))
    expected, none = "a rate of each order's currency, of its day or before", Threshold(0, 0, "rows")
    rule = "exchange rates are known"
    return Finding(ORDERS, rule, "completeness", "error", days, days, days, none, expected, (cause,))


def _jumps(context: Context, tables: Mapping[str, int], released: Release | None) -> list[Finding]:
    now = with_sources(context.lake, dict(tables)).get(RATES)
    before = with_sources(context.lake, dict(released.tables)).get(RATES) if released else None
    if now is None or now == before:
        return []
    sql = (
        "SELECT currency, rate_date, rate, lag(rate) OVER (PARTITION BY currency ORDER BY rate_date) AS was FROM data "
        f"QUALIFY abs(rate / was - 1) > {LARGEST_STEP} AND rate_date > (SELECT max(rate_date) - 8 FROM data) "
        "ORDER BY rate_date DESC"
    )
    rows = feed.over_version(context.lake, RATES, now, f"SELECT currency, rate_date, rate, was FROM ({sql})")
    if not rows:
        return []
    currency, day, rate, was = rows[0]
    expected = f"steps of at most {LARGEST_STEP:.0%}; {currency} went from {was:f} to {rate:f} on {day}"
    return [
        Finding(
            RATES,
            "rates change little from day to day",
            "accuracy",
            "warning",
            len(rows),
            len(rows),
            len(rows),
            None,
            expected,
        )
    ]
