"""`lakehouse status`: what readers see, and how the last runs went."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from spark_app.cli import options, screen
from spark_app.cli.where import existing

if TYPE_CHECKING:
    from spark_app.runs.context import Context

RUNS_SHOWN = 5

COLUMNS_SINCE = 7  # days before the newest one landed, of which changed columns are told


@click.command()
@options.where
@options.most("--runs", RUNS_SHOWN, "runs, the newest")
@options.as_json
def status(environment: str, home: str | None, source: str | None, most: int | None, json_: bool) -> None:
    """What readers see, who writes the lake, how runs went, what was withheld, what is quarantined, changed columns."""
    existing(environment, home, source)
    found = _gather(environment, home, source)
    all_runs = len(found["runs"])
    found["runs"] = found["runs"][: options.bound(most, RUNS_SHOWN, json_)]
    if json_:
        screen.print_json(found)
        return
    current = found["release"]
    if current is None:
        screen.console.print("nothing has been released yet: lakehouse demo, or lakehouse run\n")
    else:
        held = found["warehouse_release_id"]
        behind = "" if held in (current["release_id"], "none") else f"; the warehouse still has {held or 'nothing'}"
        running = f", and {found['running_day']} so far" if found["running_day"] else ""
        screen.console.print(
            f"readers see release {current['release_id']} of {screen.text(current['released_at'])}, "
            f"days to {found['days_to']}{running}{behind}\n"
        )
    for line in found["watch"]["lines"]:
        screen.console.print(f"{screen.text(line)}\n")
    if found["lease"] is not None:
        screen.console.print(f"{screen.text(found['lease']['words'])}\n")
    columns = ("run", "command", "from", "to", "seconds", "exit", "message")
    rows = [
        (
            r["run_id"],
            r["command"],
            r["first_day"],
            r["last_day"],
            r["seconds"],
            r["exit_code"],
            _headline(r["message"]),
        )
        for r in found["runs"]
    ]
    if rows:
        screen.table("The last runs", columns, rows, numbers=("seconds", "exit"))
        screen.more(all_runs - len(rows), "--runs 0 shows all")
    for line in _withheld(found["withheld_by"]):
        screen.warn(line)
    if found["quarantine"]:
        shown = [(q["entity"], q["rule"], q["rows"], q["first_day"], q["last_day"]) for q in found["quarantine"]]
        screen.table("Quarantined", ("entity", "rule", "rows", "first day", "last day"), shown, numbers=("rows",))
    if found["set_aside"]:
        aside = [(one["entity"], one["what"], one["first"], one["last"]) for one in found["set_aside"]]
        screen.table("Set aside altogether", ("entity", "what", "first day", "last day"), aside)
    for line in [*(waits["text"] for waits in found["not_taken_in"]), *found["columns"]]:
        screen.warn(line)


def _withheld(rules: list[dict[str, Any]]) -> list[str]:
    """What withholds the newest figures, the causes first."""
    causes = [cause for rule in rules for cause in (rule["cause"] or "").splitlines()]
    by = [f"{rule['table_name']}: {rule['rule']} ({_found(rule)})" for rule in rules]
    return [*dict.fromkeys(causes), *(f"the newest figures are withheld by {one}" for one in by)]


def _found(rule: dict[str, Any]) -> str:
    if rule["rows_broken"]:
        return f"{rule['rows_broken']:,} of {rule['rows_checked']:,} rows"
    return f"found {rule['observed']:g}, expected {rule['expected']}"


def _headline(message: str) -> str:
    first, *rest = message.split("\n")
    return f"{first} (and {len(rest)} more lines: --json)" if rest else first


def _gather(environment: str, home: str | None, source: str | None) -> dict[str, Any]:
    from spark_app.cli.queries import failed_rules, last_days, quarantine_by_reason, recent_runs, running_day
    from spark_app.lake import releases
    from spark_app.lake.aside import count_set_aside
    from spark_app.lake.columns import recent_changes
    from spark_app.lake.lease import describe_holder, read_lease
    from spark_app.report.aside import in_words
    from spark_app.report.waiting import look
    from spark_app.runs.opening import open_context
    from spark_app.runs.request import RunRequest
    from spark_app.runtime.record import RunRecord

    context = open_context(RunRequest(environment, home=home, source=source), RunRecord("status"))
    house, current = context.warehouse(), releases.latest(context.lake)
    runs, lease = recent_runs(context.lake), read_lease(context.lake)
    return {
        "environment": environment,
        "release": None if current is None else current.__dict__,
        "days_to": next((day.day for day in last_days(context.lake, current, context.contracts)), None),
        "running_day": running_day(context.lake, current, context.contracts),
        "warehouse_release_id": "none" if house is None else house.loaded_release(),
        "watch": _watch(context),
        "lease": None if lease is None else {**asdict(lease), "words": describe_holder(lease)},
        "runs": runs,
        "withheld_by": failed_rules(context.lake),
        "quarantine": quarantine_by_reason(context.lake),
        "set_aside": [
            {**one.__dict__, "what": in_words(one, context.reporting.currency)} for one in count_set_aside(context.lake)
        ],
        "not_taken_in": [one.__dict__ for one in look(context.settings, context.contracts)],
        "columns": [change.text for change in recent_changes(context.lake, COLUMNS_SINCE)],
    }


def _watch(context: Context) -> dict[str, Any]:
    """Who watches, how far readers are behind what landed, and both in words; silent where nobody has ever watched."""
    from spark_app.lake.watching import is_watching, read_sign
    from spark_app.report.behind import behind_in_words, watch_in_words
    from spark_app.runs.look import behind_since

    sign, now = read_sign(context.lake), datetime.now(UTC)
    if sign is None:
        return {"watching": False, "behind_since": None, "minutes_behind": None, "lines": []}
    since, there = behind_since(context), is_watching(sign, now)
    return {
        "watching": there,
        "looked_at": sign.looked_at,
        "behind_since": since,
        "minutes_behind": None if since is None else round((now - since).total_seconds() / 60, 1),
        "lines": [f"{behind_in_words(since, now)}; {watch_in_words(sign, there=there)}"],
    }
