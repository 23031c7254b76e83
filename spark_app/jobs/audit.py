"""Audit: are the gold versions about to be released fit to be read? Otherwise the release is withheld."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from spark_app.audits.examples import rows_to_show
from spark_app.audits.exchange_rates import check_currencies_are_told_apart, check_exchange_rates
from spark_app.audits.gold_moved import refuse_half_moved
from spark_app.audits.half_days import refuse_half_days
from spark_app.audits.landed import check_landed_days
from spark_app.contracts.balances import Side
from spark_app.contracts.table import Threshold
from spark_app.lake import ledger, log, ops, releases
from spark_app.lake.behind import with_sources
from spark_app.lake.completed import find_completed
from spark_app.lake.objects import writable
from spark_app.lake.releases import Release, candidate_id
from spark_app.monitoring import figures
from spark_app.notes.columns import tell_columns
from spark_app.quality.balances import weigh
from spark_app.quality.expectations import broken, failing, validate
from spark_app.quality.profile import Finding, measure
from spark_app.runs.context import Context
from spark_app.runs.entry import main
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import AuditFailed, LakeError

SUMMARY = "audit"
MOST = 10  # failed rules that a message names


def run(context: Context) -> str | None:
    """Audit what is not released yet; the candidate's id, or None where there is nothing new.

    Raises AuditFailed where an error-level rule (or a bounded warning) fails; results are kept either way. GoldMoved
    where another run has moved but a part of gold, LakeError where a new day is there but in part.
    """
    tables, released = candidate(context), releases.latest(context.lake)
    nothing_new = released is not None and dict(released.tables) == tables
    completed = find_completed(context.lake, tables, released)
    if not nothing_new:
        refuse_half_moved(context, tables)
        refuse_half_days(context, tables, released, completed)
    watched = figures.judge_figures(context, tables, completed, released=nothing_new)
    if nothing_new:
        with context.record.step("audit", "nothing new"):
            return None
    with context.record.step("audit", "measure"):
        taken = _taken_in(context, released)
        tell_columns(context, taken)
        findings = _measure(context, tables, released)
        findings += _balances(context, tables, released) + check_landed_days(context, released, completed)
        findings += check_exchange_rates(context, tables, released) + check_currencies_are_told_apart(context, taken)
    wrong = _judge_twice(context, findings) if context.settings.data_docs else failing(findings)
    unusual = [finding for finding in watched if not finding.passed]
    failed = [finding for finding in [*wrong, *unusual] if finding.grave]
    _keep(context, [*findings, *watched], candidate_id(tables), [*wrong, *unusual], failed)
    for finding in wrong:
        if finding not in failed:
            context.record.odd(finding.table, finding.rule, finding.rows_broken, finding.rows_checked)
    if failed:
        shown = rows_to_show(context, failed, tables, released)
        lines = [_message(failed, released), *shown]
        lines += [f"    set aside: {one}" for one in [context.record.set_aside] if one]
        raise AuditFailed("\n".join(lines), hint=_hint(failed, _docs(context) if context.settings.data_docs else None))
    return candidate_id(tables)


def _judge_twice(context: Context, findings: Sequence[Finding]) -> list[Finding]:
    """The findings that do not hold by their bounds or for Great Expectations, which documents them."""
    step = context.record.step("audit", "great expectations")
    with step, writable(_docs(context), context.settings.s3) as folder:
        outcome = validate(findings, folder)
    wrong, differing = broken(findings, outcome)
    for text in differing:
        context.record.warn(text)
    return wrong


def _docs(context: Context) -> str:
    return f"{context.settings.resolve(context.settings.reports)}/quality"


def _taken_in(context: Context, released: Release | None) -> dict[str, set[date]]:
    """By dataset, the days of landing that were taken in since the release."""
    silver = with_sources(context.lake, dict(released.tables)) if released else {}
    days: dict[str, set[date]] = {}
    for dataset in context.datasets.values():
        bronze = f"bronze.{dataset.name}"
        seen = [
            log.commit_at(context.table(f"silver.{entity}"), silver[f"silver.{entity}"]).sources.get(bronze, -1)
            for entity in dataset.entities
            if f"silver.{entity}" in silver
        ]
        days[dataset.name] = ledger.taken_in(context.lake, dataset.name, min(seen, default=-1))
    return days


def candidate(context: Context) -> dict[str, int]:
    """The gold tables at the versions they have now."""
    tables = {}
    for name, contract in context.contracts.items():
        if contract.layer == "gold":
            version = log.data_version(context.table(name))
            if version is None:
                raise LakeError(f"{name}: no table at {context.table(name).path}", hint="run the gold layer first")
            tables[name] = version
    return tables


def _measure(context: Context, tables: Mapping[str, int], released: Release | None) -> list[Finding]:
    """Rules over the rows a release changes: all rows for the first one, none of a table that stays as it was."""
    newest = _newest_batch(context)
    findings: list[Finding] = []
    for name, version in tables.items():
        before = released.tables.get(name) if released else None
        if before != version:
            findings += measure(context.lake, context.contracts[name], tables, before, newest)
    return findings


def _newest_batch(context: Context) -> date | None:
    rows = ops.select(context.table("ops.reconciliation"), "SELECT max(batch_date) AS day FROM ops_rows")
    return rows[0]["day"] if rows else None


def _balances(context: Context, tables: dict[str, int], released: Release | None) -> list[Finding]:
    before = with_sources(context.lake, dict(released.tables)) if released else {}
    exact = Threshold(0, 0, "rows")
    return [
        Finding(
            item.balance.right[0].table,
            item.balance.name,
            "consistency",
            "error",
            0,
            None,
            float(item.right - item.left),
            exact,
            f"{item.left} as in {_tables(item.balance.left)}; found {item.right}",
        )
        for item in weigh(context.lake, before, with_sources(context.lake, tables))
    ]


def _tables(sides: Sequence[Side]) -> str:
    return " and ".join(side.table for side in sides)


def _keep(
    context: Context,
    findings: Sequence[Finding],
    candidate: str,
    wrong: Sequence[Finding],
    failed: Sequence[Finding],
) -> None:
    now = datetime.now(UTC)
    rows: list[dict[str, object]] = [
        {
            "run_id": context.run_id,
            "candidate": candidate,
            "table_name": finding.table,
            "rule": finding.rule,
            "dimension": finding.dimension,
            "severity": finding.severity,
            "rows_checked": finding.rows_checked,
            "rows_broken": finding.rows_broken,
            "observed": finding.value,
            "expected": f"{finding.expected}{'; ' + finding.threshold.text if finding.threshold else ''}",
            "cause": "\n".join(finding.causes) or None,
            "passed": finding not in wrong,
            "effect": "withheld" if finding in failed else "warned" if finding in wrong else "none",
            "checked_at": now,
        }
        for finding in findings
    ]
    rows.append(
        {
            "run_id": context.run_id,
            "candidate": candidate,
            "table_name": SUMMARY,
            "rule": SUMMARY,
            "dimension": None,
            "severity": "error",
            "rows_checked": len(findings),
            "rows_broken": len(failed),
            "observed": float(len(failed)),
            "expected": None,
            "cause": None,
            "passed": not failed,
            "effect": "withheld" if failed else "none",
            "checked_at": now,
        }
    )
    ops.add(context.table("ops.quality_results"), rows)


def passed(context: Context, tables: Mapping[str, int]) -> bool:
    """Whether exactly these versions have passed an audit."""
    sql = "SELECT 1 FROM ops_rows WHERE candidate = ? AND rule = 'audit' AND passed LIMIT 1"
    return bool(ops.select(context.table("ops.quality_results"), sql, (candidate_id(tables),)))


def _message(failed: Sequence[Finding], released: Release | None) -> str:
    still = f"readers keep release {released.release_id}" if released else "nothing has been released yet"
    lines = [f"the audit failed and the release is withheld; {still}"]
    lines += [f"    {', '.join(tables)}: {cause}" for cause, tables in _causes(failed).items()]
    for finding in failed[:MOST]:
        rows = (
            f"{finding.rows_broken} of {finding.rows_checked} rows"
            if finding.rows_broken
            else f"found {finding.value:g}"
        )
        bound = f" ({finding.threshold.text})" if finding.threshold else ""
        lines.append(
            f"    {finding.table}: {finding.rule} [{finding.dimension}]: {rows}, expected {finding.expected}{bound}"
        )
    if len(failed) > MOST:
        lines.append(f"    and {len(failed) - MOST} more: lakehouse status")
    return "\n".join(lines)


def _causes(failed: Sequence[Finding]) -> dict[str, list[str]]:
    """What has to be mended, with the tables that wait for it."""
    causes: dict[str, list[str]] = {}
    for finding in failed:
        for cause in finding.causes:
            tables, table = causes.setdefault(cause, []), finding.table.partition(".")[2]
            tables += [table] if table not in tables else []
    return causes


def _hint(failed: Sequence[Finding], docs: str | None) -> str:
    first = failed[0].table.partition(".")[2]
    look = f"{docs}/index.html, lakehouse quarantine list" if docs else "lakehouse quarantine list"
    return (
        f"look: {look}. Then have the shop send the day again, or correct the "
        f"rule in the contract of {first} (lakehouse quarantine replay), and run again: the same day, the same command."
    )


def work(context: Context, request: RunRequest) -> None:
    """The layer as it is asked for."""
    run(context)


if __name__ == "__main__":
    main("audit", work)
