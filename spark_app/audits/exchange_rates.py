"""Whether all amounts could be brought into the reporting currency, and by rates that can be meant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from spark_app.contracts.blanks import folded
from spark_app.contracts.mapping import Source
from spark_app.contracts.table import Dimension, Threshold
from spark_app.lake import feed, log
from spark_app.lake.behind import with_sources
from spark_app.lake.releases import Release
from spark_app.quality.profile import Finding
from spark_app.runs.context import Context
from spark_app.runtime.messages import some

ORDERS, RATES = "gold.fact_orders", "silver.exchange_rates"
_CURRENCY = ("currency", "currency code", "currency_code", "order currency", "currencycode")
LARGEST_STEP = 0.2  # of a rate, from one to the next


def check_exchange_rates(context: Context, tables: Mapping[str, int], released: Release | None) -> list[Finding]:
    """One finding of orders without a rate, one of rates that jump; none of a shop with one currency."""
    missing = _missing(context, tables, released)
    findings = [_without_rate(context, missing)] if missing else []
    return findings + _jumps(context, tables, released)


def check_currencies_are_told_apart(context: Context, taken: Mapping[str, Collection[date]]) -> list[Finding]:
    """A finding for each dataset that names several currencies in a column which its entities do not take.

    `taken`: dataset -> days of landing to look at. Amounts of several currencies are never added up as one.
    """
    findings = []
    for dataset, column in _untaken_columns(context.source).items():
        found = _words(context, dataset, column, sorted(taken.get(dataset, ())))
        if len(found) > 1:
            cause = (
                f"{dataset} names {some(found, 5)} in its column '{column}', which no entity takes: amounts would be "
                "added up as if of one currency; map it as currency of orders and payments in the source, or say there "
                "what all amounts are in: currency: {default: USD}"
            )
            rule, expected = "currencies are told apart", "one currency, or each"
            findings.append(_withholding("silver.orders", rule, "accuracy", len(found), expected, cause))
    return findings


def _untaken_columns(source: Source) -> dict[str, str]:
    """Dataset -> bronze's name of its column of currencies, of those whose entities take none of it."""
    parts = [part for name in ("orders", "order_items", "payments") for part in source.entities.get(name, ())]
    takers = {part.dataset for part in parts if "currency" in part.columns}
    feeding = dict.fromkeys(part.dataset for part in parts)
    found = {}
    for dataset in feeding:
        named = [own for header, own in source.datasets[dataset].names.items() if folded(header) in _CURRENCY]
        if dataset not in takers and named:
            found[dataset] = named[0]
    return found


def _words(context: Context, dataset: str, column: str, days: Sequence[date]) -> list[str]:
    version = log.version_of(context.table(f"bronze.{dataset}"))
    if version is None or not days:
        return []
    listed = ", ".join(f"DATE '{day}'" for day in days)
    sql = (
        f'SELECT DISTINCT upper(trim("{column}")) AS word FROM data WHERE _batch_date IN ({listed}) '
        f"AND regexp_matches(trim(\"{column}\"), '^[A-Za-z]{{3}}$') ORDER BY 1 LIMIT 6"
    )
    return [row[0] for row in feed.over_version(context.table(f"bronze.{dataset}"), version, sql)]


def _missing(context: Context, tables: Mapping[str, int], released: Release | None) -> dict[str, list[date]]:
    """Currency -> days of orders, among those that changed, for which no rate is known."""
    columns, before = ("currency", "order_date", "exchange_rate"), released.tables.get(ORDERS) if released else None
    lacking = "WHERE exchange_rate IS NULL GROUP BY ALL"
    if before is None:
        sql = f"SELECT currency, order_date FROM data {lacking}"
        rows = feed.over_version(context.table(ORDERS), tables[ORDERS], sql)
    else:
        sql = f"SELECT currency, order_date FROM changed {lacking} HAVING sum(sign) > 0"
        rows = feed.over_changes(context.table(ORDERS), before, tables[ORDERS], columns, sql)
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
    days, expected = sum(map(len, missing.values())), "a rate of each order's currency, of its day or before"
    return _withholding(ORDERS, "exchange rates are known", "completeness", days, expected, cause)


def _withholding(table: str, rule: str, dimension: Dimension, count: int, expected: str, cause: str) -> Finding:
    return Finding(table, rule, dimension, "error", count, count, count, Threshold(0, 0, "rows"), expected, (cause,))


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
    rows = feed.over_version(context.table(RATES), now, sql)
    if not rows:
        return []
    currency, day, rate, was = rows[0]
    rule, count = "rates change little from day to day", len(rows)
    expected = f"steps of at most {LARGEST_STEP:.0%}; {currency} went from {was:f} to {rate:f} on {day}"
    return [Finding(RATES, rule, "accuracy", "warning", count, count, count, None, expected)]
