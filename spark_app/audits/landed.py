"""Silver's part of an audit: what was counted when the days were taken in. Nothing is scanned again."""

from __future__ import annotations

from datetime import UTC, datetime

from spark_app.audits.columns import find_missing_columns
from spark_app.audits.not_released import (
    Days,
    find_unreleased_days,
    leave_out_released,
    leave_out_running,
)
from spark_app.audits.usable import judge_usable_shares
from spark_app.contracts.table import Contract, Rule, Threshold
from spark_app.lake import ops
from spark_app.lake.aside import count_set_aside
from spark_app.lake.completed import Completed
from spark_app.lake.releases import Release
from spark_app.quality.profile import Finding
from spark_app.report.aside import all_in_words
from spark_app.runs.context import Context
from spark_app.runtime.messages import some


def check_landed_days(context: Context, released: Release | None, completed: Completed) -> list[Finding]:
    """Silver's part: days that are mostly unusable, files without what a table needs, days that do not add up.

    Whether a drop can be used at all is not asked of a day that is not over.
    """
    days = find_unreleased_days(context, released, completed)
    fresh = leave_out_released(days)
    aside = count_set_aside(context.lake, days={entity: set(found) for entity, found in fresh.items()})
    context.record.set_aside = all_in_words(aside, context.reporting.currency)
    findings = [_adds_up(context.contracts[f"silver.{entity}"], found) for entity, found in days.items()]
    findings += find_missing_columns(context, fresh)  # the clearer cause first
    findings += judge_usable_shares(context, leave_out_running(fresh))
    return findings + _bounded_warnings(context, released)


def _bounded_warnings(context: Context, released: Release | None) -> list[Finding]:
    """Silver's warnings that the contract bounds, as they were counted when the days were taken in."""
    sql = (
        "SELECT table_name, rule, sum(rows_checked) AS checked, sum(rows_broken) AS broken FROM ops_rows "
        "WHERE candidate IS NULL AND checked_at > ? GROUP BY ALL"
    )
    since = released.released_at if released else datetime(1970, 1, 1, tzinfo=UTC)
    rows = ops.select(context.table("ops.quality_results"), sql, (since,))
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


def _adds_up(contract: Contract, days: Days) -> Finding:
    lost = sorted(day for day, landed in days.items() if not landed.balanced)
    name, expected = "landed = accepted + superseded + quarantined + passed over", "every day to add up"
    if lost:
        expected += f"; look at {some(lost, 3)} in ops.reconciliation"
    none = Threshold(None, 0, "rows")
    return Finding(contract.qualified, name, "consistency", "error", len(days), len(lost), len(lost), none, expected)
