"""Data quality: the runs, how long they took and what they cost."""

from __future__ import annotations

from spark_app.costs.history import run_costs
from spark_app.report import charts, health
from spark_app.report.data import ReportData
from spark_app.report.health import Rows
from spark_app.report.numbers import DASH, time_text
from spark_app.report.page import Column, Figure

SHOWN = 60


def durations(ended: Rows) -> Figure:
    """Minutes of each run."""
    rows = [
        {
            "run": f"{row['started_at']:%d %b %H:%M} {row['command']}",
            "value": row["seconds"] / 60,
            "ended": "fine" if row["exit_code"] == 0 else f"exit {row['exit_code']}",
        }
        for row in reversed(ended[:40])
    ]
    columns = [
        Column("run", "Started"),
        Column("value", "Minutes", "score"),
        Column("ended", "Ended"),
    ]
    definition = "Minutes that each of the last 40 runs took, by the clock; a layer run by itself is a run, and "
    definition += "a batch of a watch only where it failed."
    return Figure("How long runs take", definition, charts.bars("run", "score"), values=rows, columns=columns)


def runs(data: ReportData, ended: Rows) -> Figure:
    """The runs one by one, with their cost where somebody bills them."""
    costs = _costs(data, ended)
    rows = [
        {
            "started": time_text(row["started_at"]),
            "command": row["command"],
            "days": " to ".join(dict.fromkeys(str(day) for day in (row["first_day"], row["last_day"]) if day)),
            "minutes": row["seconds"] / 60,
            "cost": costs.get(row["run_id"], DASH),
            "ended": "fine" if row["exit_code"] == 0 else f"⚠ exit {row['exit_code']}",
            "said": str(row["message"]).split("\n")[0],
        }
        for row in ended[:SHOWN]
    ]
    columns = [
        Column("started", "Started"),
        Column("command", "Command"),
        Column("days", "Days"),
        Column("ended", "Ended"),
        Column("minutes", "Minutes", "score"),
        Column("cost", "Cost"),
        Column("said", "It said"),
    ]
    definition = f"The last {SHOWN} runs that have ended; of batches of a watch only those that failed. "
    if not costs:
        columns = [column for column in columns if column.name != "cost"]
        definition += "What they cost is shown where the settings say who bills them (cost.billed_by)."
    else:
        definition += (
            "Cost: US dollars at list prices, as in ops.bills; what storage and the warehouse cost is not in it."
        )
    return Figure("Runs", definition, values=rows, columns=columns, wide=True)


def _costs(data: ReportData, ended: Rows) -> dict[str, str]:
    """What runs cost, of those that are shown and have a bill."""
    if not ended:
        return {}
    days = [row["started_at"].date() for row in ended[:SHOWN]]
    return {one.run_id: f"${one.dollars:,.2f}" for one in run_costs(data.lake, min(days), max(days))}


def layers(data: ReportData) -> Figure:
    """Seconds of the runs behind the release, by layer: of one run that did all, or of a run for each layer."""
    rows = [
        {**row, "longest": f"{row['longest']} ({row['longest_seconds']:.1f} s)"} for row in health.time_of_release(data)
    ]
    columns = [
        Column("layer", "Layer"),
        Column("seconds", "Seconds", "score"),
        Column("steps", "Steps", "count"),
        Column("longest", "Longest step"),
    ]
    shown, before = data.behind.shown, data.behind.before
    since = f"after release {before.release_id} and up to" if before else "up to"
    definition = (
        f"Steps of the runs {since} release {shown.release_id}, also of runs that released nothing; steps may overlap, "
        "so they add up to more than the clock."
    )
    return Figure("Where the release's time went", definition, values=rows, columns=columns)
