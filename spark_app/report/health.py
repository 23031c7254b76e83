"""What the quality page shows, asked of the `ops` tables: plain rows, newest first where they have a time."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from spark_app.contracts.masking import masked
from spark_app.contracts.table import DIMENSIONS, QUARANTINE, Contract
from spark_app.lake import feed, ops
from spark_app.lake.behind import steps_of
from spark_app.report.data import ReportData

Rows = list[dict[str, Any]]
SHOWN_DAYS = 60
EXAMPLES = 3
MOST_UNUSUAL, MOST_ODD_FILES = 200, 50
# What a rule that rows broke led to, the gravest first; the words that people read.
EFFECTS = {
    "withheld": "release withheld",
    "quarantined": "rows set aside",
    "warned": "odd, kept",
    "none": "passed",
}
NO_ROWS = "no row to check"


def status(data: ReportData) -> Rows:
    """Table × dimension: the gravest effect of its rules when they were last judged, and how many there are."""
    rows = ops.select(
        data.lake.table("ops.quality_results"),
        "SELECT table_name, dimension, effect, count(*) AS rules, "
        "count(*) FILTER (rows_checked > 0 OR rows_broken IS NULL) AS looked FROM (SELECT * FROM ops_rows "
        "WHERE rule <> 'audit' AND dimension IS NOT NULL "
        "QUALIFY row_number() OVER (PARTITION BY table_name, rule ORDER BY checked_at DESC) = 1) GROUP BY ALL",
    )
    rows = [row for row in rows if row["table_name"] in data.contracts]
    cells: dict[tuple[str, str], Rows] = {}
    for row in rows:
        cells.setdefault((row["table_name"], row["dimension"]), []).append(row)
    found = []
    for table in sorted({table for table, _ in cells}):
        line: dict[str, Any] = {"table": table}
        for dimension in DIMENSIONS:
            of_cell = cells.get((table, dimension), [])
            line[dimension] = _cell(of_cell) if of_cell else None
        found.append(line)
    return found


def _cell(rows: Rows) -> dict[str, Any]:
    order = list(EFFECTS)
    worst = min((row["effect"] for row in rows), key=order.index)
    broken = sum(row["rules"] for row in rows if row["effect"] != "none")
    # A rule that had no row to look at has passed nothing.
    word = EFFECTS[worst] if worst != "none" or any(row["looked"] for row in rows) else NO_ROWS
    effect = worst if word != NO_ROWS else "unseen"
    return {"effect": effect, "word": word, "rules": sum(row["rules"] for row in rows), "broken": broken}


def over_time(data: ReportData) -> Rows:
    """Share of rules that passed, by day judged and dimension."""
    return ops.select(
        data.lake.table("ops.quality_results"),
        "SELECT checked_at::DATE AS day, dimension, count(*) FILTER (passed) / count(*) AS share, "
        "count(*) FILTER (NOT passed) AS broken FROM ops_rows WHERE rule <> 'audit' AND dimension IS NOT NULL "
        "AND checked_at >= ? GROUP BY ALL ORDER BY 1, 2",
        (_since(data),),
    )


def expectations(data: ReportData) -> Rows:
    """Each watched total as it was last judged: found, expected, whether it is usual."""
    return ops.select(
        data.lake.table("ops.figures"),
        "SELECT * FROM ops_rows WHERE segment IS NULL QUALIFY row_number() OVER "
        "(PARTITION BY table_name, rule, upstream ORDER BY day DESC, judged_at DESC) = 1 "
        "ORDER BY unusual DESC, table_name, rule, upstream",
    )


def volumes(data: ReportData) -> Rows:
    """Orders by day with what was expected of them, for as long as they were watched."""
    return ops.select(
        data.lake.table("ops.figures"),
        "SELECT day, observed, expected, low, high, unusual FROM ops_rows WHERE table_name = 'gold.daily_sales' "
        "AND rule = 'orders are as usual' AND day > ? "
        "QUALIFY row_number() OVER (PARTITION BY day ORDER BY judged_at DESC) = 1 ORDER BY day",
        (data.last - timedelta(days=SHOWN_DAYS),),
    )


def unusual(data: ReportData) -> Rows:
    """What was unusual of the days shown, a row a figure, the newest day and the gravest first."""
    return ops.select(
        data.lake.table("ops.figures"),
        "SELECT day, cause, table_name, figure, message, upstream, driver, run_id FROM ops_rows "
        "WHERE unusual AND day > ? QUALIFY row_number() OVER "
        "(PARTITION BY day, table_name, figure ORDER BY judged_at DESC) = 1 "
        f"ORDER BY day DESC, abs(score) DESC LIMIT {MOST_UNUSUAL}",
        (data.last - timedelta(days=SHOWN_DAYS),),
    )


def quarantined(data: ReportData) -> Rows:
    """Entity × rule: rows, days, and examples whose personal values are not shown."""
    sql = (
        "SELECT entity, reason.rule AS rule, reason.column AS col, any_value(reason.expected) AS expected, "
        "count(*) AS rows, max(batch_date) AS last_day, "
        f"array_agg(struct_pack(file := source_file, row := row_number, found := reason.found) "
        f"ORDER BY batch_date DESC, source_file, row_number)[1:{EXAMPLES}] AS examples "
        "FROM (SELECT *, unnest(reasons) AS reason FROM data) GROUP BY 1, 2, 3 ORDER BY rows DESC, entity, rule"
    )
    names = ("entity", "rule", "column", "expected", "rows", "last_day", "examples")
    rows = feed.over_version(data.lake.table(QUARANTINE), None, sql)
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for row in found:
        contract = data.contracts.get(f"silver.{row['entity']}")
        row["examples"] = [_example(contract, row["column"], one) for one in row["examples"]]
    return found


def _example(contract: Contract | None, column: str | None, one: dict[str, Any]) -> str:
    """Where a row is, and what was found there unless it may be of a person."""
    file = "/".join(str(one["file"]).rsplit("/", 2)[1:])
    return f"{file} row {one['row']}: {masked(contract, column, one['found'])}"


def reconciled(data: ReportData) -> Rows:
    """Entity: rows of the days shown by what became of them, and days that do not add up."""
    return ops.select(
        data.lake.table("ops.reconciliation"),
        "SELECT entity, count(*) AS days, sum(rows_landed) AS landed, sum(rows_accepted) AS accepted, "
        "sum(rows_superseded) AS superseded, sum(rows_quarantined) AS quarantined, "
        "sum(coalesce(rows_passed_over, 0)) AS passed_over, max(batch_date) AS last_day, "
        "count(*) FILTER (NOT balanced) AS unbalanced FROM (SELECT * FROM ops_rows WHERE batch_date > ? QUALIFY "
        "row_number() OVER (PARTITION BY entity, dataset, batch_date ORDER BY silver_version DESC) = 1) "
        "GROUP BY entity ORDER BY entity",
        (data.last - timedelta(days=SHOWN_DAYS),),
    )


def schema_changes(data: ReportData) -> Rows:
    """What was odd about the files' columns, by dataset."""
    return ops.select(
        data.lake.table("ops.ingested_files"),
        "SELECT dataset, message, status, min(batch_date) AS first_day, max(batch_date) AS last_day, "
        "count(*) AS files FROM ops_rows WHERE message IS NOT NULL AND status <> 'recovered' AND batch_date > ? "
        f"GROUP BY dataset, message, status ORDER BY last_day DESC, dataset LIMIT {MOST_ODD_FILES}",
        (data.last - timedelta(days=SHOWN_DAYS),),
    )


def runs(data: ReportData) -> Rows:
    """The last runs, with what they did and how long it took; without batches of a watch that ended well.

    Of those there is one a minute: an hour of them would leave no night to be seen.
    """
    return ops.select(
        data.lake.table("ops.runs"),
        "SELECT run_id, command, first_day, last_day, started_at, seconds, exit_code, message, release_id "
        "FROM ops_rows WHERE started_at >= ? AND (command <> 'watch' OR exit_code <> 0) "
        "ORDER BY started_at DESC LIMIT 200",
        (_since(data),),
    )


def time_of_release(data: ReportData) -> Rows:
    """Where the time of the runs behind the release went, by layer: seconds of its steps, which may overlap."""
    steps = steps_of(data.lake, data.behind)
    if data.publishing and data.publishing.run_id == data.behind.shown.run_id:  # not on record yet
        own = (asdict(step) for step in data.publishing.steps)
        steps += [{**step, "table_name": step["table"]} for step in own]
    layers: dict[str, Rows] = {}
    for step in sorted(steps, key=lambda one: one["started_at"]):
        layers.setdefault(step["layer"], []).append(step)
    return [_layer(name, rows) for name, rows in layers.items()]


def _layer(name: str, steps: Rows) -> dict[str, Any]:
    longest = max(steps, key=lambda one: one["seconds"])
    return {
        "layer": name,
        "seconds": sum(one["seconds"] for one in steps),
        "steps": len(steps),
        "longest": longest["table_name"],
        "longest_seconds": longest["seconds"],
    }


def _since(data: ReportData) -> datetime:
    """Runs are shown by when they ran, which for a replay of old days is not when those days were."""
    return data.written_at - timedelta(days=SHOWN_DAYS)
