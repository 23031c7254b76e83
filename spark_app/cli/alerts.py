"""`lakehouse alerts`: what people were told, what to be quiet about, and whether messages get through."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import click

from spark_app.cli import options, screen
from spark_app.cli.where import existing
from spark_app.runtime.errors import LakehouseError, UsageError
from spark_app.runtime.yaml_lines import nearest

if TYPE_CHECKING:
    from spark_app.lake.paths import Lake
    from spark_app.runtime.settings import Settings


@click.group()
def alerts() -> None:
    """Alerts: what was told, snooze a cause, try the URLs."""


@alerts.command("list")
@options.where
@options.as_json
def list_(environment: str, home: str | None, source: str | None, json_: bool) -> None:
    """Causes of the last 90 days, the newest first: when they were told, and until when they are snoozed."""
    from spark_app.lake import alert_log

    _, lake = _where(environment, home, source)
    found = sorted(alert_log.states(lake, datetime.now(UTC)).values(), key=lambda state: state.last_at, reverse=True)
    if json_:
        screen.print_json([state.__dict__ for state in found])
        return
    rows = [(s.cause, s.severity, s.subject, s.told_at, s.open_since, s.snoozed_until) for s in found]
    columns = ("cause", "severity", "what", "told", "open since", "snoozed until")
    screen.table(f"Alerts of the last {alert_log.BACK.days} days", columns, rows)


@alerts.command()
@options.where
@click.argument("cause")
@click.option("--until", "day", type=options.DAY, required=True, help="The first day that it is told again (UTC).")
@click.option("--note", default="", help="Why: kept beside it.")
@options.as_json
def snooze(
    environment: str, home: str | None, source: str | None, cause: str, day: date, note: str, json_: bool
) -> None:
    """Tell nobody of CAUSE (its messages name it) before a day; a day that is past wakes it up again."""
    from spark_app.lake import alert_log

    settings, lake = _where(environment, home, source)
    now = datetime.now(UTC)
    known = alert_log.states(lake, now)
    if cause not in known:
        raise UsageError(f"nobody was told of '{cause}'{nearest(cause, known)}", hint="see: lakehouse alerts list")
    until = datetime.combine(day, time(), UTC)
    if until > now + alert_log.BACK:
        raise UsageError(f"--until {day}: expected a day within {alert_log.BACK.days} days")
    alert_log.snooze(lake, known[cause], now, until, note)
    if json_:
        screen.print_json({"cause": cause, "environment": settings.environment, "snoozed_until": until})
        return
    quiet = f"quiet until {day}" if until > now else "awake"
    screen.console.print(f"{cause}: {quiet} ({settings.environment})")


@alerts.command()
@options.where
@options.as_json
def test(environment: str, home: str | None, source: str | None, json_: bool) -> None:
    """Send a message to every URL of the settings' `alerts`, and say which got through."""
    import os

    from spark_app.alerts import sender

    settings, _ = _where(environment, home, source)
    if not settings.alerts:
        raise UsageError("the settings' alerts are empty: nobody is told", hint="see docs/on-call.md")
    problems = {}
    for route in settings.alerts:
        text = f"A test. Here is told: {', '.join(route.severities)}."
        subject = f"lakehouse {environment}: a test of alerts"
        problem = sender.send_message(os.environ.get(route.url_from, ""), subject, text, "warning")
        problems[route.url_from] = problem
        if not json_:
            screen.console.print(f"${route.url_from}: {problem or 'sent'}")
    failed = [f"${name} {problem}" for name, problem in problems.items() if problem]
    if failed:
        raise LakehouseError("; ".join(failed), hint="set the variable to an Apprise URL that is reached from here")
    if json_:
        screen.print_json([{"url_from": name, "problem": problem} for name, problem in problems.items()])


def _where(environment: str, home: str | None, source: str | None) -> tuple[Settings, Lake]:
    from spark_app.lake.paths import Lake

    settings = existing(environment, home, source)
    return settings, Lake(settings.resolve(settings.lake), settings.s3)
