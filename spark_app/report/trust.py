"""Whether to trust the figures: what the run behind them checked, as a word and its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from spark_app.lake import ops
from spark_app.report.data import ReportData

State = Literal["good", "care", "bad"]
RECENT = 7  # days back to look for rows that do not add up or were set aside
_WORST: tuple[State, ...] = ("bad", "care", "good")


@dataclass(frozen=True)
class Check:
    """One reason, as a sentence."""

    state: State
    text: str


@dataclass(frozen=True)
class Trust:
    """`state` is that of the worst check; checks come worst first."""

    state: State
    checks: tuple[Check, ...]

    @property
    def title(self) -> str:
        return {
            "good": "Yes: every check passed",
            "care": "With care: something is odd",
            "bad": "Not yet: something is wrong",
        }[self.state]


def trust(data: ReportData) -> Trust:
    """Looks at failed runs, the audit of the release, the reconciliation and the quarantine of the last week."""
    found = [*_failed(data), *_quiet(data), *_audit(data), *_unusual(data), *_reconciled(data)]
    ordered = sorted(found, key=lambda check: _WORST.index(check.state))
    return Trust(ordered[0].state if ordered else "care", tuple(ordered))


def _failed(data: ReportData) -> list[Check]:
    """The newest run, or layer of one, that failed since one went all the way."""
    if data.publishing:
        return []
    sql = (
        "SELECT run_id, message FROM ops_rows WHERE exit_code <> 0 AND command <> 'maintenance' AND started_at > "
        "coalesce((SELECT max(started_at) FROM ops_rows WHERE exit_code = 0 "
        "AND command NOT IN ('bronze', 'silver', 'gold', 'audit', 'maintenance')), TIMESTAMPTZ '1970-01-01') "
        "ORDER BY started_at DESC LIMIT 1"
    )
    return [
        Check(
            "bad",
            f"The last run ({run['run_id']}) ended with: {_first_line(run['message'])} "
            "These figures are of the release before it.",
        )
        for run in ops.select(data.lake, "runs", sql)
    ]


def _first_line(message: object) -> str:
    return str(message).split("\n")[0]


def _quiet(data: ReportData) -> list[Check]:
    if data.landed is None or data.landed <= data.last:
        return []
    days = (data.landed - data.last).days
    return [Check("bad", f"Files have landed for {days} days more, to {data.landed}, without a single order in them.")]


def _audit(data: ReportData) -> list[Check]:
    watched = [watch.name for contract in data.contracts.values() for watch in contract.watches]
    sql = (
        "SELECT severity, passed, effect, count(*) AS rules, sum(rows_broken) AS broken FROM ops_rows "
        "WHERE run_id = ? AND rule <> 'audit' AND NOT list_contains(?, rule) GROUP BY ALL"
    )
    rows = ops.select(data.lake, "quality_results", sql, (data.release.run_id, watched))
    if not rows:
        return [Check("care", "No audit of this release is on record.")]
    every = sum(row["rules"] for row in rows)
    odd = [row for row in rows if not row["passed"]]
    if not odd:
        return [Check("good", f"All {every} rules of the audit passed.")]
    broken, rules = sum(row["broken"] or 0 for row in odd), sum(row["rules"] for row in odd)
    return [
        Check("good", f"The audit passed: no rule that guards a release was broken ({every} checked)."),
        Check(
            "care" if _many(odd) else "good", f"{rules} of them found {broken:,.0f} rows that are only odd, and kept."
        ),
    ]


def _unusual(data: ReportData) -> list[Check]:
    """What is unlike the weeks before, on the newest day that was judged."""
    sql = (
        "SELECT day, count(*) FILTER (unusual) AS odd, count(*) AS figures, "
        "arg_max(message, abs(score)) FILTER (unusual) AS worst FROM (SELECT * FROM ops_rows QUALIFY row_number() "
        "OVER (PARTITION BY day, table_name, figure ORDER BY judged_at DESC) = 1) GROUP BY day "
        "ORDER BY day DESC LIMIT 1"
    )
    rows = ops.select(data.lake, "figures", sql)
    if not rows:
        return []
    row = rows[0]
    if not row["odd"]:
        return [Check("good", f"All {row['figures']} figures watched of {row['day']} are as in the weeks before.")]
    return [Check("care", f"{row['odd']} figures are unlike the weeks before; the most of all: {row['worst']}.")]


def _many(odd: list[dict[str, Any]]) -> bool:
    return any(row["effect"] == "withheld" for row in odd)


def _reconciled(data: ReportData) -> list[Check]:
    since: date = data.last - timedelta(days=RECENT - 1)
    # Of a day reconciled again the newest holds.
    sql = (
        "SELECT sum(rows_landed) AS landed, sum(rows_quarantined) AS quarantined, "
        "count(*) FILTER (NOT balanced) AS unbalanced FROM (SELECT * FROM ops_rows WHERE batch_date >= ? "
        "QUALIFY row_number() OVER (PARTITION BY entity, dataset, batch_date ORDER BY reconciled_at DESC) = 1)"
    )
    rows = ops.select(data.lake, "reconciliation", sql, (since,))
    if not rows or not rows[0]["landed"]:
        return [Check("care", f"No file has landed in the {RECENT} days to {data.last}.")]
    row = rows[0]
    landed, aside = int(row["landed"]), int(row["quarantined"] or 0)
    checks = [
        Check("bad", f"{row['unbalanced']} daily sums do not add up from the files to the tables.")
        if row["unbalanced"]
        else Check("good", f"Every row of the last {RECENT} days is accounted for, and money to the cent.")
    ]
    if aside:
        share = aside / landed
        text = f"{aside:,} of {landed:,} rows of the last {RECENT} days ({share:.1%}) cannot be used and are set aside."
        checks.append(Check("care" if share > 0.01 else "good", text))
    return checks
