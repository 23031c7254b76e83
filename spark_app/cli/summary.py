"""What is said after a run: the day's figures, what was quarantined and why, where the time went, where things are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

from spark_app.cli import screen
from spark_app.cli.queries import last_days, quarantine_by_reason, release_difference
from spark_app.contracts.load import load_contracts
from spark_app.lake import releases
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.report.address import site_uri
from spark_app.report.incomplete import incomplete_in_words
from spark_app.runs.request import Outcome, RunRequest
from spark_app.runtime.record import Step
from spark_app.runtime.settings import Settings, load_settings

_WIDE = 42
_REASONS = 15
_FIGURES = (
    ("revenue", "revenue"),
    ("orders", "orders placed"),
    ("canceled_orders", "of these canceled"),
    ("average_order_value", "average order value"),
    ("items", "items"),
    ("new_customers", "new customers"),
    ("returning_customers", "returning customers"),
    ("late_deliveries", "delivered late"),
)
# Only where something lowers sales: else net sales are goods sold.
_NET = (("net_sales", "net sales"), ("discounts", "discounts"), ("returns", "returns"))


def show(request: RunRequest, outcome: Outcome) -> None:
    settings = load_settings(request.environment, home=request.home, source=request.source)
    lake = Lake(settings.resolve(settings.lake), settings.s3)
    if outcome.exit_code == 0:
        _figures(lake, outcome.current)
        _release(lake, outcome)
        _quarantined(lake)
    if outcome.record.set_aside and not outcome.exit_code:
        screen.warn(f"set aside: {outcome.record.set_aside}")
    for warning in outcome.record.warnings:
        screen.warn(warning)
    _odd(outcome)
    _trusted(outcome)
    _times(outcome)
    if outcome.exit_code:
        screen.fail(outcome.message, outcome.hint)
        return
    _places(settings)
    current = f"; readers see release {outcome.current.release_id}" if outcome.current else ""
    screen.console.print(f"[bold green]{outcome.message}[/] in {outcome.seconds:.0f} s{current}")


def as_json(outcome: Outcome) -> None:
    screen.print_json(
        {
            "run_id": outcome.record.run_id,
            "exit_code": outcome.exit_code,
            "message": outcome.message,
            "hint": outcome.hint,
            "release_id": outcome.release.release_id if outcome.release else None,
            "current_release_id": outcome.current.release_id if outcome.current else None,
            "first_day": outcome.record.first_day,
            "last_day": outcome.record.last_day,
            "seconds": round(outcome.seconds, 3),
            "warnings": outcome.record.warnings,
            "trust": asdict(outcome.record.verdict) if outcome.record.verdict else None,
            "set_aside": outcome.record.set_aside,
            "oddities": [oddity.__dict__ for oddity in outcome.record.oddities],
            "steps": [
                {
                    "layer": s.layer,
                    "table": s.table,
                    "seconds": s.seconds,
                    "action": s.action,
                    "version": s.version,
                }
                for s in outcome.record.steps
            ],
        }
    )


def _figures(lake: Lake, release: Release | None) -> None:
    days = last_days(lake, release, load_contracts())
    if not days:
        return
    lowered = any(day.figures.get("discounts") or day.figures.get("returns") for day in days)
    shown = (*_NET, *_FIGURES) if lowered else _FIGURES
    rows = [(label, *(day.figures.get(name) for day in days)) for name, label in shown]
    notes = [f" ({day.why})" if day.why else "" for day in days]
    columns = ("", f"{days[0].day}{notes[0]}", f"day before{notes[1]}", f"week before{notes[2]}")
    screen.table("The last day", columns, rows, numbers=columns[1:])
    last = days[0].figures
    if missing := incomplete_in_words(last.get("incomplete_orders"), last.get("orders")):
        screen.warn(f"{days[0].day}: {missing}")


def _release(lake: Lake, outcome: Outcome) -> None:
    """The last few days whose figures the release changes; a first one changes all and says nothing."""
    if outcome.release is None or outcome.release.release_id == 1:
        return
    before = releases.find(lake, outcome.release.release_id - 1)
    days = release_difference(lake, before, outcome.release)["days"]
    columns = ("order_date", "orders_before", "orders", "revenue_before", "revenue")
    shown = [[day[name] for name in columns] for day in days[-7:]]
    if shown:
        title = f"What release {outcome.release.release_id} changes: {len(days)} days (lakehouse releases diff)"
        screen.table(title, columns, shown, numbers=columns[1:])
        screen.more(len(days) - len(shown), "earlier days: lakehouse releases diff --limit 0")


def _quarantined(lake: Lake) -> None:
    rows = quarantine_by_reason(lake)
    if rows:
        shown = [
            (r["entity"], r["rule"], r["rows"], _brief(r["found"]), _brief(r["expected"])) for r in rows[:_REASONS]
        ]
        columns = ("entity", "rule", "rows", "for example found", "expected")
        screen.table("Quarantined, with reasons (lakehouse quarantine list)", columns, shown, numbers=("rows",))
        screen.more(len(rows) - len(shown), "lakehouse quarantine list")


def _odd(outcome: Outcome) -> None:
    rows = [(o.table, o.rule, o.broken, o.checked) for o in sorted(outcome.record.oddities, key=lambda o: o.table)]
    if rows:
        columns = ("table", "what does not hold", "rows", "of")
        screen.table("Odd (warnings of this run)", columns, rows, numbers=("rows", "of"))


def _trusted(outcome: Outcome) -> None:
    """What the pages say of the figures that readers have now."""
    verdict = outcome.record.verdict
    if verdict is None:
        return
    colour = {"good": "green", "care": "yellow", "bad": "red"}[verdict.state]
    screen.console.print(f"[bold]Can it be trusted?[/] [{colour}]{screen.text(verdict.title)}[/]")
    for text in verdict.reasons:
        screen.console.print(f"  {screen.text(text)}")
    screen.console.print()


def _brief(text: str | None) -> str | None:
    return text if text is None or len(text) <= _WIDE else f"{text[: _WIDE - 1]}…"


def _times(outcome: Outcome) -> None:
    layers: dict[str, list[Step]] = defaultdict(list)
    for step in outcome.record.steps:
        layers[step.layer].append(step)
    rows = []
    for layer, steps in layers.items():
        begun = min(step.started_at for step in steps)
        ended = max(step.started_at.timestamp() + step.seconds for step in steps)
        worst = sorted(steps, key=lambda step: -step.seconds)[:4]
        detail = ", ".join(f"{step.table} {step.seconds:.1f} ({step.action})" for step in worst)
        detail += f" and {len(steps) - len(worst)} more" if len(steps) > len(worst) else ""
        rows.append((layer, round(ended - begun.timestamp(), 1), detail))
    columns = ("layer", "seconds", "longest tables")
    if rows:
        screen.table("Where the time went (all of it in ops.steps)", columns, rows, numbers=("seconds",))


def _places(settings: Settings) -> None:
    rows = [
        ("dashboards", _short(site_uri(settings)) + "/index.html", "the morning page and six more, for any browser"),
        ("warehouse", _warehouse(settings), "analytics.sales_daily, analytics.orders, …"),
        ("lake", _short(settings.resolve(settings.lake)), "bronze, silver, gold, ops as Delta tables"),
        ("landing", _short(settings.resolve(settings.landing)), "<dataset>/dt=YYYY-MM-DD/*.csv"),
    ]
    if settings.data_docs:
        docs = _short(settings.resolve(settings.reports)) + "/quality/index.html"
        rows.append(("quality", docs, "Great Expectations' Data Docs"))
    screen.table("Where things are", ("what", "path", "holds"), rows)


def _warehouse(settings: Settings) -> str:
    if settings.redshift is not None and settings.warehouse == "redshift":
        where = settings.redshift.host or settings.redshift.workgroup or settings.redshift.cluster
        return f"redshift {where}/{settings.redshift.database}"
    return "none" if settings.warehouse == "none" else f"DuckDB {_short(settings.resolve(settings.warehouse_path))}"


def _short(path: str) -> str:
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path
