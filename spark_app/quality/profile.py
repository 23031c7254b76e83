"""What a release changes in a table, measured against the table's rules in one pass.

The rows are read by DuckDB from Delta's change feed: the audit costs what changed, and no Spark job. Rules of gold
tables are therefore put from Spark's SQL into DuckDB's (contracts.sql).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from spark_app.contracts.sql import in_duckdb
from spark_app.contracts.table import Contract, Dimension, Rule, Severity, Threshold
from spark_app.lake import contents, feed, log
from spark_app.lake.paths import Lake


@dataclass(frozen=True)
class Finding:
    """What one rule found. `value` is in the threshold's unit; `rows_broken` is null where a rule counts no rows.

    `causes`: what people need to hear first, each with file, found and expected. `told_only`: withholds nothing.
    """

    table: str
    rule: str
    dimension: Dimension
    severity: Severity
    rows_checked: int
    rows_broken: int | None
    value: float
    threshold: Threshold | None
    expected: str
    causes: tuple[str, ...] = ()
    told_only: bool = False

    @property
    def passed(self) -> bool:
        return self.threshold.holds(self.value) if self.threshold else not self.rows_broken

    @property
    def grave(self) -> bool:
        """Whether it withholds where it does not hold: an error does, a warning where the contract bounds its rows."""
        bounded = self.threshold is not None and self.rows_broken is not None
        return not self.told_only and (self.severity == "error" or bounded)

    @property
    def withholds(self) -> bool:
        return self.grave and not self.passed


def measure(
    lake: Lake, contract: Contract, tables: Mapping[str, int], before: int | None, last_day: date | None
) -> list[Finding]:
    """What each rule of the contract finds in the rows that changed after version `before` (None: in all rows).

    `tables`: versions of the gold tables. `last_day`: the newest batch date, which freshness is measured against.
    """
    name = contract.qualified
    rules = [rule for rule in contract.rules if rule.kind != "type"]
    parts = ["count(*)", *[_measure(rule) for rule in rules]]
    parts += [
        f'count(*) FILTER (WHERE changed."{reference.columns[0]}" IS NOT NULL AND there{index}.k IS NULL)'
        for index, reference in enumerate(contract.references)
    ]
    joins, others = "", {}
    for index, reference in enumerate(contract.references):
        others[f"other{index}"] = (f"{contract.layer}.{reference.table}", reference.to[0])
        joins += (
            f' LEFT JOIN (SELECT DISTINCT "{reference.to[0]}" AS k FROM other{index}) there{index} '
            f'ON changed."{reference.columns[0]}" = there{index}.k'
        )
    sql = f"SELECT {', '.join(parts)} FROM changed{joins}"
    table = lake.table(name)
    found = feed.over_final_rows(table, before, tables[name], contract.key, sql, _versions(others, tables))
    count, *values = found
    total = log.row_count(table, tables[name])
    # A release may change old days only: how recent a table is, all of it says.
    newest = {
        rule.name: contents.greatest(table, tables[name], rule.columns[0])
        for rule in rules
        if rule.kind == "days_behind" and rule.columns
    }
    findings = [
        _finding(contract, rule, int(count), newest.get(rule.name, value), total, last_day)
        for rule, value in zip(rules, values, strict=False)
    ]
    for reference, value in zip(contract.references, values[len(rules) :], strict=True):
        rule = f"{reference.columns[0]} is a {reference.table}"
        bound, expected = Threshold(None, 0, "rows"), f"a row of {reference.table}"
        findings.append(
            Finding(name, rule, "consistency", "error", int(count), int(value), float(value), bound, expected)
        )
    return findings


def _versions(others: Mapping[str, tuple[str, str]], tables: Mapping[str, int]) -> dict[str, tuple[str, int, str]]:
    return {alias: (table, tables[table], column) for alias, (table, column) in others.items()}


def _measure(rule: Rule) -> str:
    if rule.kind in ("required", "row"):
        return f"count(*) FILTER (WHERE NOT coalesce(({in_duckdb(rule.passes)}), true))"
    if rule.kind == "unique":
        return f"count(*) - count(DISTINCT ({', '.join(rule.columns)}, 0))"
    return "NULL"


def _finding(
    contract: Contract, rule: Rule, rows: int, found: object, total_rows: int, last_day: date | None
) -> Finding:
    broken: int | None = None
    if rule.kind == "row_count":
        value = float(total_rows)
    elif rule.kind == "days_behind":
        # A table without any day is behind by all that can be counted.
        value = float((last_day - (found if isinstance(found, date) else date.min)).days) if last_day else 0.0
    else:
        broken = int(str(found or 0))
        share = rule.threshold is not None and rule.threshold.unit == "percent"
        value = (100.0 * broken / rows if rows else 0.0) if share else float(broken)
    return Finding(
        contract.qualified,
        rule.name,
        rule.dimension,
        rule.severity,
        rows,
        broken,
        value,
        rule.threshold,
        rule.expected,
    )
