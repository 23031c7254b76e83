"""The sentences on whether to trust a release, but for those on watched figures: each with the figures it follows from.

A function gives no sentence where its figures give no reason for one, and says so where there are no figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from spark_app.lake import ops
from spark_app.lake.aside import count_set_aside as in_quarantine
from spark_app.lake.behind import audit_of, judged_for
from spark_app.report.aside import all_in_words
from spark_app.report.data import DAY, RECENT, ReportData
from spark_app.report.numbers import day_text

MUCH_ASIDE = 0.01  # share of rows set aside from which on figures are to be taken with care


@dataclass(frozen=True)
class Check:
    """One reason, as a sentence. `odd`: what was found is told and takes nothing from the trust."""

    state: Literal["good", "odd", "care", "bad"]
    text: str


def failed_runs(data: ReportData) -> list[Check]:
    """The newest run, or layer of one, that failed since one went all the way."""
    if data.publishing:
        return []
    steps = ops.select(data.lake.table("ops.steps"), "SELECT DISTINCT run_id FROM ops_rows WHERE layer = 'publish'")
    whole = [row["run_id"] for row in steps]
    sql = (
        "SELECT run_id, message FROM ops_rows WHERE exit_code <> 0 AND command <> 'maintenance' AND started_at > "
        "coalesce((SELECT max(started_at) FROM ops_rows WHERE exit_code = 0 AND list_contains(?, run_id)), "
        "TIMESTAMPTZ '1970-01-01') ORDER BY started_at DESC LIMIT 1"
    )
    return [Check("bad", _ended(data, row)) for row in ops.select(data.lake.table("ops.runs"), sql, (whole,))]


def _ended(data: ReportData, run: dict[str, Any]) -> str:
    said = f"({run['run_id']}) ended with: {_first_line(run['message'])}."
    if run["run_id"] == data.release.run_id:
        return f"The run that released these figures {said}"
    return f"The last run {said} These figures are of the release before it."


def _first_line(message: object) -> str:
    return str(message).split("\n")[0].rstrip(".")


def quiet_days(data: ReportData) -> list[Check]:
    """Drops of days after the last one shown, which is then the last with an order; of one that runs, some may come."""
    taken = {day for days in data.drops.taken.values() for day in days if data.drops.is_complete(day)}
    later = {day for day in taken if day > data.last}
    if not later:
        return []
    text = f"{_days(len(later))} after {day_text(data.last)}, to {day_text(max(later))}, landed without a single order."
    return [Check("bad", text)]


def days_not_landed(data: ReportData) -> list[Check]:
    """Of the last days, those that the shop sent nothing of, or not all."""
    days = data.recent
    missing = data.drops.missing(days[0], days[-1])
    found = []
    if missing:
        found.append(Check("care", f"Not landed, so that their figures are not known: {_listed(missing)}."))
    for name in data.drops.taken:
        lacking = [day for day in days if name in data.drops.lacking(day) and day not in missing]
        if lacking:
            found.append(Check("care", f"Without a drop of {name}: {_listed(lacking)}."))
    return found


def not_taken_in(data: ReportData) -> list[Check]:
    """Days of landing that the lake lacks, however old, with the command that fetches them."""
    return [Check(one.state, one.text) for one in data.waiting]


def days_without_orders(data: ReportData) -> list[Check]:
    """Of the last days, those that landed and have no order, in a shop that sells on most days."""
    days = data.recent
    empty = data.drops.without_orders(days[0], days[-1])
    if not empty or not _sells_daily(data):
        return []
    state: Literal["bad", "care"] = "bad" if len(empty) == len(days) else "care"
    return [Check(state, f"Not one order, though files landed: {_listed(empty)}.")]


def _sells_daily(data: ReportData) -> bool:
    """Whether of the ten weeks to the last day with an order most have one."""
    last = max(data.drops.sold, default=None)
    first = min(data.drops.sold, default=None)
    if last is None or first is None:
        return False
    first = max(first, last - timedelta(days=69))
    sold = sum(first <= day <= last for day in data.drops.sold)
    return sold >= 0.75 * ((last - first).days + 1)


def days_without_revenue(data: ReportData) -> list[Check]:
    """Of the last days, those with live orders that brought no money at all."""
    days = data.recent
    rows = data.rows(
        f"SELECT {DAY} AS day FROM daily_sales WHERE {DAY} BETWEEN ? AND ? AND orders > canceled_orders "
        "AND revenue = 0 ORDER BY 1",
        (days[0], days[-1]),
    )
    state: Literal["bad", "care"] = "bad" if len(rows) == len(days) else "care"
    return [Check(state, f"Orders, but no revenue: {_listed([row['day'] for row in rows])}.")] if rows else []


def audit(data: ReportData) -> list[Check]:
    """What the audit of exactly these tables found, whichever run asked for it."""
    rows = audit_of(data.lake, data.behind)
    if not rows:
        return [Check("care", "No audit of this release is on record.")]
    rules = _rules(data, rows)
    if not rules:
        return [Check("care", "The audit of this release looked at no rule.")]
    broken = [row for row in rules if not row["passed"] and row["effect"] == "withheld"]
    if broken:
        return [Check("bad", f"The audit of this release failed: {_named(broken)}.")]
    checked = f"{len(rules):,} {'check' if len(rules) == 1 else 'checks'}"
    checks = [Check("good", f"The audit passed: {checked}, and none that guards a release failed.")]
    whole = [row for row in rules if not row["passed"] and not _counts_kept(row)]
    return checks + ([Check("care", f"Does not hold: {_named(whole)}.")] if whole else [])


def odd_rows(data: ReportData) -> list[Check]:
    """What warnings found in the rows that came for this release and in those it changes; each row is kept."""
    changed = [row for row in _rules(data, audit_of(data.lake, data.behind)) if _counts_kept(row)]
    odd = [row for row in changed + judged_for(data.lake, data.behind) if row["effect"] == "warned"]
    if not odd:
        return []
    rules = len({(row["table_name"], row["rule"]) for row in odd})
    times = sum(row["rows_broken"] for row in odd)
    text = f"{rules} {'rule' if rules == 1 else 'rules'} found rows that are only odd, {times:,} times in all; "
    return [Check("odd", text + "these rows are kept.")]


def _counts_kept(row: dict[str, Any]) -> bool:
    """Whether a row of the audit counts rows of gold: silver's were counted when they came in."""
    return row["rows_broken"] and not row["table_name"].startswith("silver.")


def _rules(data: ReportData, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the audit's own row, and without watches, which speak for themselves."""
    watches = {(name, watch.name) for name, contract in data.contracts.items() for watch in contract.watches}
    return [row for row in rows if row["rule"] != "audit" and (row["table_name"], row["rule"]) not in watches]


def accounted_for(data: ReportData) -> list[Check]:
    """Whether the last days add up, from the files to the tables."""
    row = _tallied(data)
    if row is None:
        return [Check("care", f"No row has landed in the {RECENT} days to {day_text(data.last)}.")]
    if row["unbalanced"]:
        sums = "1 daily sum does" if row["unbalanced"] == 1 else f"{row['unbalanced']} daily sums do"
        return [Check("bad", f"{sums} not add up from the files to the tables.")]
    return [Check("good", f"Every row of the last {RECENT} days is accounted for, and money to the cent.")]


def set_aside(data: ReportData) -> list[Check]:
    """How many rows of the last days are in quarantine, and what money they stand for."""
    row = _tallied(data)
    aside = int(row["quarantined"] or 0) if row else 0
    if row is None or not aside:
        return []
    share = aside / int(row["landed"])
    text = f"{aside:,} of {int(row['landed']):,} rows of the last {RECENT} days ({share:.1%}) cannot be used"
    at_stake = all_in_words(
        in_quarantine(data.lake, since=data.recent[0], until=data.recent[-1]), data.reporting.currency
    )
    return [Check("care" if share > MUCH_ASIDE else "odd", f"{text} and are set aside: {at_stake}.")]


def _tallied(data: ReportData) -> dict[str, Any] | None:
    """The last days' drops as they were last counted; None where no row landed."""
    days = data.recent
    sql = (
        "SELECT sum(rows_landed - coalesce(rows_passed_over, 0)) AS landed, sum(rows_quarantined) AS quarantined, "
        "count(*) FILTER (NOT balanced) AS unbalanced FROM (SELECT * FROM ops_rows WHERE batch_date BETWEEN ? AND ? "
        "QUALIFY row_number() OVER (PARTITION BY entity, dataset, batch_date ORDER BY reconciled_at DESC) = 1)"
    )
    rows = ops.select(data.lake.table("ops.reconciliation"), sql, (days[0], days[-1]))
    return rows[0] if rows and rows[0]["landed"] else None


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def _listed(days: Sequence[date]) -> str:
    return ", ".join(day_text(day) for day in days)


def _named(rows: Sequence[dict[str, Any]]) -> str:
    return "; ".join(f"{row['table_name']}: {row['rule']}" for row in rows)
