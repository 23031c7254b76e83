"""Whether the drops of the days about to be released can be used at all, by rows, by money and by unreadable files.

However small a drop: of a daily entity it withholds the release, of another it is told. Nothing is scanned: rows and
money were counted when the days were taken in, files when bronze looked at them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from spark_app.audits.not_released import CountedDay, Days
from spark_app.contracts.masking import NOT_SHOWN, masked
from spark_app.contracts.rules import HALF
from spark_app.contracts.sources import inputs_of
from spark_app.contracts.table import Contract, Rule
from spark_app.lake import ledger, quarantine
from spark_app.lake.columns import named_files
from spark_app.lake.ledger import Unreadable
from spark_app.quality.profile import Finding
from spark_app.report.numbers import written
from spark_app.runs.context import Context
from spark_app.tables.declare import silver_tables

MOST_DAYS = 3  # whose causes are named
_CAUSES = 40  # of a day, each with its files
# What holds where a contract says nothing of it.
ROWS = Rule(
    "most rows can be used",
    "quarantined",
    (),
    "",
    "a drop that is mostly unusable is a broken export",
    "accuracy",
    "error",
    HALF,
)
MONEY = Rule(
    "most money can be used",
    "quarantined_money",
    (),
    "",
    "a drop whose money is mostly unusable is a broken export",
    "accuracy",
    "error",
    HALF,
)


def judge_usable_shares(context: Context, days: Mapping[str, Days]) -> list[Finding]:
    """A finding for each rule on the share of a drop that cannot be used; what withholds nothing is told the run."""
    tables = silver_tables(context.contracts)
    findings = []
    for entity, found in days.items():
        contract = context.contracts[f"silver.{entity}"]
        files = _unreadable(context, entity, found)
        for rule in _rules(contract, has_money=tables[entity].has_money):
            finding = _finding(context, contract, rule, found, files)
            findings.append(finding)
            if finding.told_only and not finding.passed:
                context.record.notice(f"unusable {entity} {rule.name}", _notice_lines(finding))
    return findings


def _rules(contract: Contract, *, has_money: bool) -> list[Rule]:
    """The contract's own, and those it does not set."""
    own = [rule for rule in contract.rules if rule.kind in (ROWS.kind, MONEY.kind)]
    implied = (ROWS, MONEY) if has_money else (ROWS,)
    return own + [rule for rule in implied if rule.kind not in [one.kind for one in own]]


def _unreadable(context: Context, entity: str, days: Days) -> dict[date, Unreadable]:
    """Files that bronze could not read, of the days that have rows in quarantine."""
    some = [day for day, landed in days.items() if landed.quarantined]
    found: dict[date, Unreadable] = {}
    for dataset in inputs_of(context.source, entity) if some else ():
        for day, bad in ledger.unreadable(context.lake, dataset, some).items():
            known = found.get(day, Unreadable((), 0.0))
            found[day] = Unreadable((*known.files, *bad.files), max(known.percent, bad.percent))
    return found


def _finding(context: Context, contract: Contract, rule: Rule, days: Days, files: Mapping[date, Unreadable]) -> Finding:
    shares = {day: _share(rule, landed, files.get(day)) for day, landed in days.items()}
    beyond = [day for day, share in shares.items() if rule.threshold and not rule.threshold.holds(share)]
    beyond = sorted(beyond, key=lambda day: shares[day], reverse=True)
    shown = [days[day] for day in beyond] or list(days.values())
    by_rows = rule.kind == ROWS.kind
    return Finding(
        contract.qualified,
        rule.name,
        rule.dimension,
        rule.severity if contract.daily else "warning",
        sum(landed.held for landed in shown),
        sum(landed.quarantined for landed in shown) if by_rows else None,
        round(max(shares.values(), default=0.0), 2),
        rule.threshold,
        f"{rule.expected}; {_worst(beyond)}" if beyond else rule.expected,
        causes=tuple(
            line for day in beyond[:MOST_DAYS] for line in _causes(context, contract, rule, day, days[day], files)
        ),
        told_only=not contract.daily or rule.severity == "warning",
    )


def _share(rule: Rule, landed: CountedDay, files: Unreadable | None) -> float:
    """Percent of the drop that cannot be used, as far as that is known."""
    if rule.kind == MONEY.kind:
        return 100.0 * float(landed.amount_quarantined / landed.amount) if landed.amount > 0 else 0.0
    rows = 100.0 * landed.quarantined / landed.held if landed.held else 0.0
    # An unreadable file is one row in quarantine, whatever it holds: its size says more.
    return max(rows, files.percent if files else 0.0)


def _worst(days: list[date]) -> str:
    if len(days) == 1:
        return f"worst day {days[0]}"
    return f"worst day {days[0]}, and {len(days) - 1} more: {', '.join(map(str, sorted(days[1:])))}"


def _causes(
    context: Context, contract: Contract, rule: Rule, day: date, landed: CountedDay, files: Mapping[date, Unreadable]
) -> list[str]:
    """What most of the day's unusable part comes from: which file, what was found, what was expected."""
    if rule.kind == MONEY.kind:
        currency = context.reporting.currency
        bad, all_ = (written(one, "money", currency, exact=True) for one in (landed.amount_quarantined, landed.amount))
        return [f"{day}: rows of {bad} of {all_} cannot be used; {_reason(context, contract, day)}"]
    unread = files.get(day)
    if unread is None:
        return [_reason(context, contract, day)]
    share = f" ({unread.percent:.0f} % of the day's bytes)" if unread.percent < 100 else ""
    alike: dict[str, list[str]] = {}
    for file, problem in unread.files:
        alike.setdefault(problem, []).append(file)
    lines = [f"{named_files(files)} cannot be read{share}: {problem}" for problem, files in alike.items()]
    more = [f"{len(lines) - _CAUSES:,} more causes: lakehouse quarantine list"] if len(lines) > _CAUSES else []
    return lines[:_CAUSES] + more


def _reason(context: Context, contract: Contract, day: date) -> str:
    """The reason that most of the day's rows in quarantine have, by file."""
    sql = (
        "SELECT source_file, reason.rule AS rule, reason.column AS col, count(*) AS rows, "
        "arg_min(reason.found, row_number) AS found, any_value(reason.expected) AS expected "
        "FROM (SELECT source_file, row_number, unnest(reasons) AS reason FROM quarantined "
        "WHERE entity = ? AND batch_date = ?) GROUP BY ALL ORDER BY rows DESC, source_file, rule LIMIT 1"
    )
    for row in quarantine.select(context.lake, sql, (contract.name, day)):
        found = masked(contract, row["col"], row["found"])
        seen = "" if found == NOT_SHOWN else f"found {found}, "
        rows = "1 row" if row["rows"] == 1 else f"{row['rows']} rows"
        return f"{row['source_file']}, {rows}: {row['rule']}: {seen}expected {row['expected']}"
    return f"{day}: lakehouse quarantine show {contract.name} --date {day}"


def _notice_lines(finding: Finding) -> list[str]:
    entity = finding.table.partition(".")[2]
    rows = f"{finding.rows_broken} of {finding.rows_checked} rows" if finding.rows_broken else f"{finding.value:g} %"
    return [
        f"{entity}: {'; '.join(finding.causes)}",
        f"{finding.rule}: {rows}, expected {finding.expected}; {entity} need not come daily: nothing is withheld",
    ]
