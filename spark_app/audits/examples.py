"""Rows that a failed audit speaks of: whoever is woken by it sees some before looking for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spark_app.contracts.masking import hidden, masked, short
from spark_app.contracts.rules import SHARES
from spark_app.contracts.sql import in_duckdb
from spark_app.contracts.table import Contract
from spark_app.lake import feed, quarantine
from spark_app.lake.releases import Release
from spark_app.quality.profile import Finding
from spark_app.runs.context import Context

MOST_RULES, MOST_ROWS = 3, 3


def rows_to_show(
    context: Context, failed: Sequence[Finding], tables: Mapping[str, int], released: Release | None
) -> list[str]:
    """Lines with a few rows of the first failed rules that are about rows."""
    lines = []
    for finding in failed[:MOST_RULES]:
        try:
            rows = _rows(context, finding, tables, released)
        except Exception:  # what is told is the failed audit, whatever becomes of its examples
            continue
        lines += [f"    for example in {finding.table}: {row}" for row in rows]
    return lines


def _rows(context: Context, finding: Finding, tables: Mapping[str, int], released: Release | None) -> list[str]:
    contract = context.contracts[finding.table]
    rule = next((one for one in contract.rules if one.name == finding.rule), None)
    if rule is None:
        return []
    if rule.kind in SHARES:
        return _quarantined(context, contract)
    if contract.layer != "gold" or rule.kind not in ("required", "row"):
        return []
    to_show = [*contract.key, *(name for name in rule.columns if name not in contract.key)]
    secret = hidden(contract)
    packed = ", ".join(f'"{name}" := "{name}"' for name in to_show if name not in secret)
    sql = (
        f"SELECT list(one) FROM (SELECT struct_pack({packed}) AS one FROM changed "
        f"WHERE NOT coalesce(({in_duckdb(rule.passes)}), true) LIMIT {MOST_ROWS})"
    )
    before = released.tables.get(finding.table) if released else None
    (found,) = feed.over_final_rows(context.table(finding.table), before, tables[finding.table], contract.key, sql, {})
    return [", ".join(f"{name} {short(value)}" for name, value in row.items()) for row in found or []]


def _quarantined(context: Context, contract: Contract) -> list[str]:
    sql = (
        "SELECT source_file, row_number, reasons[1] AS reason FROM quarantined WHERE entity = ? "
        f"ORDER BY quarantined_at DESC, source_file, row_number LIMIT {MOST_ROWS}"
    )
    lines = []
    for row in quarantine.select(context.lake, sql, (contract.name,)):
        reason = row["reason"]
        found = masked(contract, reason["column"], reason["found"])
        file = "/".join(row["source_file"].rsplit("/", 2)[1:])
        lines.append(f"{file} row {row['row_number']}, {reason['rule']}: found {found}, expected {reason['expected']}")
    return lines
