"""Tells people of a failed run that no Airflow watches: by Apprise, which knows Slack, e-mail, SNS and a hundred more.

Under Airflow the DAGs tell (dags/lakehouse/alerts.py): what they start has $LAKEHOUSE_SCHEDULER set.
"""

from __future__ import annotations

import logging
import os

from spark_app.runtime.errors import AuditFailed, LandingIncomplete, UsageError
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import Settings

SCHEDULER_VARIABLE = "LAKEHOUSE_SCHEDULER"
LONGEST = 3000  # characters of what broke
WHAT = {
    AuditFailed.exit_code: "audit failed, release withheld",
    LandingIncomplete.exit_code: "landing incomplete",
    UsageError.exit_code: "settings, source or contract refused",
}


def tell(settings: Settings, record: RunRecord, exit_code: int, message: str, hint: str | None) -> None:
    """One message to each URL of the settings' `alerts`; what does not get through is a warning of the run."""
    if not exit_code or not settings.alerts or os.environ.get(SCHEDULER_VARIABLE):
        return
    subject, text = composed(settings, record, exit_code, message, hint)
    for variable in settings.alerts:
        problem = _send(os.environ.get(variable, ""), subject, text)
        if problem:
            record.warn(f"alerts: ${variable} {problem}: nobody was told there of this failure")


def composed(settings: Settings, record: RunRecord, exit_code: int, message: str, hint: str | None) -> tuple[str, str]:
    """Subject and text: what broke, where, and what to run."""
    days = " to ".join(dict.fromkeys(str(day) for day in (record.first_day, record.last_day) if day))
    subject = f"lakehouse {settings.environment}: {WHAT.get(exit_code, 'run failed')}" + (f" ({days})" if days else "")
    again = f"lakehouse run --env {settings.environment}"
    if record.first_day:
        single = record.first_day == record.last_day
        again += f" --date {record.first_day}" if single else f" --from {record.first_day} --to {record.last_day}"
    short = message if len(message) <= LONGEST else f"{message[:LONGEST]}…"
    parts = {
        "what": short,
        "where": f"{record.command}, run {record.run_id}, lake {settings.resolve(settings.lake)}",
        "do": f"{hint or 'look into the log'}\nthen, as often as you like: {again}",
    }
    return subject, "\n".join(f"{name:<6}" + part.replace("\n", "\n      ") for name, part in parts.items())


def _send(url: str, subject: str, text: str) -> str | None:
    """What went wrong, if anything. The URL holds tokens: no message, log or error of ours may show it."""
    if not url:
        return "is not set"
    try:
        import apprise  # only where something is told: it takes a while to import
    except ImportError:
        return "needs the package apprise, which is not installed here"
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    teller = apprise.Apprise()
    if not teller.add(url):
        return "holds no URL that Apprise knows"
    sent = teller.notify(body=text, title=subject, body_format=apprise.NotifyFormat.TEXT)
    return None if sent else "was not reached, or refused the message"
