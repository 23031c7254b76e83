"""Silver's part of an audit: what was counted when the days were taken in. Nothing is scanned again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from spark_app.contracts.table import Contract, Rule, Threshold
from spark_app.jobs.context import Context
from spark_app.lake import ops
from spark_app.lake.behind import with_sources
from spark_app.lake.releases import Release
from spark_app.quality.profile import Finding

# A drop smaller than this says nothing about a share.
FEW_ROWS = 20


def as_landed(context: Context, released: Release | None) -> list[Finding]:
    """Silver's part: days whose rows are mostly unusable, and days whose rows do not add up."""
    sql = (
        "SELECT entity, batch_date, max(silver_version) AS version, arg_max(struct_pack(l := rows_landed, "
        "q := rows_quarantined, b := balanced), silver_version) AS t FROM ops_rows GROUP BY ALL"
    )
    # By versions, not by time: a rollback is newer than what was withheld before it, and does not excuse it.
    taken = with_sources(context.lake, dict(released.tables)) if released else {}
    rows = ops.select(context.lake, "reconciliation", sql)
    rows = [row for row in rows if row["version"] > taken.get(f"silver.{row['entity']}", -1)]
    findings = []
    for contract in context.contracts.values():
        days = {str(row["batch_date"]): row["t"] for row in rows if row["entity"] == contract.name}
        if contract.layer == "silver" and days:
            findings.append(_adds_up(contract, days))
            findings += [_unusable(contract, rule, days) for rule in contract.rules if rule.kind == "quarantined"]
    return findings + _bounded_warnings(context, released)


def _bounded_warnings(context: Context, released: Release | None) -> list[Finding]:
    """Silver's warnings that the contract bounds, as they were counted when the days were taken in."""
    sql = (
        "SELECT table_name, rule, sum(rows_checked) AS checked, sum(rows_broken) AS broken FROM ops_rows "
        "WHERE candidate IS NULL AND checked_at > ? GROUP BY ALL"
    )
    since = released.released_at if released else datetime(1970, 1, 1, tzinfo=UTC)
    rows = ops.select(context.lake, "quality_results", sql, (since,))
    counted = {(row["table_name"], row["rule"]): (int(row["checked"]), int(row["broken"])) for row in rows}
    findings = []
    for name, contract in context.contracts.items():
        for rule in contract.row_rules if contract.layer == "silver" else ():
            if rule.severity == "warning" and rule.threshold is not None and (name, rule.name) in counted:
                findings.append(_bounded(name, rule, *counted[name, rule.name]))
    return findings


def _bounded(table: str, rule: Rule, checked: int, broken: int) -> Finding:
    share = rule.threshold is not None and rule.threshold.unit == "percent"
    value = 100.0 * broken / checked if share and checked else float(broken)
    return Finding(
        table, rule.name, rule.dimension, rule.severity, checked, broken, value, rule.threshold, rule.expected
    )


def _adds_up(contract: Contract, days: Mapping[str, Mapping[str, int]]) -> Finding:
    lost = sorted(day for day, tally in days.items() if not tally["b"])
    name, expected = "landed = accepted + superseded + quarantined", "every day to add up"
    if lost:
        expected += f"; look at {', '.join(lost[:3])} in ops.reconciliation"
    none = Threshold(None, 0, "rows")
    return Finding(contract.qualified, name, "consistency", "error", len(days), len(lost), len(lost), none, expected)


def _unusable(contract: Contract, rule: Rule, days: Mapping[str, Mapping[str, int]]) -> Finding:
    shares = {day: 100.0 * tally["q"] / tally["l"] for day, tally in days.items() if tally["l"] >= FEW_ROWS}
    worst = max(shares, key=lambda day: shares[day], default="")
    landed, broken = (sum(int(tally[part]) for tally in days.values()) for part in ("l", "q"))
    expected = f"{rule.expected}; worst day {worst}" if worst else rule.expected
    return Finding(
        contract.qualified,
        rule.name,
        rule.dimension,
        rule.severity,
        landed,
        broken,
        round(shares.get(worst, 0.0), 2),
        rule.threshold,
        expected,
    )
