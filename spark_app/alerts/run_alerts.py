"""Tells people how a run went: one summary a run, by Apprise, which knows Slack, e-mail, SNS and a hundred more.

What is told where is in the settings' `alerts`. The same cause is told again only after a while, not at all while it
is snoozed, and when a failure is over that is told as well. Failures of runs that Airflow started are told by the
DAGs (dags/lakehouse/alerts.py): what they start has $LAKEHOUSE_SCHEDULER set, and tells the rest.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from spark_app.alerts import sender
from spark_app.lake import alert_log
from spark_app.lake.alert_log import State
from spark_app.lake.failures import as_storage_error
from spark_app.lake.paths import Lake
from spark_app.runtime.alert_settings import AlertRoute, Severity
from spark_app.runtime.errors import AuditFailed, LandingIncomplete
from spark_app.runtime.messages import FINAL, laid_out, shortened
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import Settings

SCHEDULER_VARIABLE = "LAKEHOUSE_SCHEDULER"
OWN_COMMANDS = ("rebuild", "quarantine replay")  # what is run again as it was; of anything else the run of its days
REPEAT_AFTER = timedelta(hours=20)  # a cause that stays is told about once a night


@dataclass(frozen=True)
class News:
    """One thing to tell: its cause, how grave it is, a line for the subject, and what to say."""

    cause: str
    severity: Severity
    subject: str
    text: str
    event: str = "told"


def send_run_alerts(
    settings: Settings,
    record: RunRecord,
    exit_code: int,
    message: str,
    hint: str | None = None,
    *,
    released: bool = False,
) -> None:
    """One message at most to each URL of the settings' `alerts`; what does not get through is a warning of the run.

    `released`: the run went all the way, so that what failed before is over.
    """
    if not settings.alerts:
        return
    lake, now = Lake(settings.resolve(settings.lake), settings.s3), datetime.now(UTC)
    known = _known(lake, now)
    news = _failure(settings, record, exit_code, message, hint) + _warnings(record)
    news = [_due(one, known.get(one.cause), now) for one in news]
    if released and not exit_code:
        news += _resolved(known, record)
    to_send = [one for one in news if one.event in ("told", "resolved")]
    over = {one.cause for one in news if one.event == "resolved"}
    still_open = any(state.open_since and cause not in over for cause, state in known.items())
    reached = _send_all(settings, record, to_send, still_open=still_open) if to_send else set()
    kept = [one for one in news if one.event not in ("told", "resolved") or one.severity in reached]
    _keep(lake, record, exit_code, now, kept)


def name_cause(exit_code: int, message: str) -> str:
    """A word for a failure that is the same the next time: without days, numbers and paths."""
    lines = message.splitlines() or [""]
    telling = lines[1] if exit_code == AuditFailed.exit_code and len(lines) > 1 else lines[0]
    telling = re.sub(r"\S*/\S*|\d\S*|\[.*", " ", telling)
    return "-".join([f"exit-{exit_code}", *_words(telling)[:10]])


def _known(lake: Lake, now: datetime) -> Mapping[str, State]:
    try:
        return alert_log.states(lake, now)
    except Exception as error:  # storage that does not answer is what is told, then
        if as_storage_error(error, lake.root) is None:
            raise
        return {}


def _failure(settings: Settings, record: RunRecord, exit_code: int, message: str, hint: str | None) -> list[News]:
    if not exit_code:
        return []
    do = f"{hint or 'look into the log'}\nthen, as often as you like: {_again(settings, record)}"
    text = laid_out([("what", shortened(message)), ("do", do)])
    event = "left" if os.environ.get(SCHEDULER_VARIABLE) else "told"
    return [News(name_cause(exit_code, message), "error", FINAL.get(exit_code, "run failed"), text, event)]


def _warnings(record: RunRecord) -> list[News]:
    """Each notice by its cause; other warnings of the run by their words."""
    news = [
        News("-".join(_words(one.cause)), "warning", one.lines[0], laid_out([("warn", "\n".join(one.lines))]))
        for one in record.notices
    ]
    noticed = {one.lines[0] for one in record.notices}
    for warning in record.warnings:
        if warning not in noticed:
            cause = "-".join(["note", *_words(re.sub(r"\S*/\S*|\d\S*", " ", warning))[:10]])
            news.append(News(cause, "warning", warning, laid_out([("warn", warning)])))
    for odd in record.oddities:
        if odd.broken is None:  # rules that count no rows: freshness, and how many rows there are
            text = f"{odd.table}: {odd.rule}: does not hold"
            cause = "-".join(["rule", *_words(f"{odd.table} {odd.rule}")])
            news.append(News(cause, "warning", text, laid_out([("warn", text)])))
    return news


def _due(one: News, state: State | None, now: datetime) -> News:
    """The news as it is, or held back: snoozed, or told not long ago and still so."""
    if one.event != "told" or state is None:
        return one
    snoozed = state.snoozed_until is not None and now < state.snoozed_until
    lately = state.told_at is not None and now - state.told_at < REPEAT_AFTER
    return News(one.cause, one.severity, one.subject, one.text, "held") if snoozed or lately else one


def _resolved(known: Mapping[str, State], record: RunRecord) -> list[News]:
    """Failures that people were told of and that this run, which was fine, has ended."""
    over = []
    for state in known.values():
        if state.open_since is None or not state.told:
            continue
        last = state.days[1]
        if state.exit_code == LandingIncomplete.exit_code and last and not _covers(record, last):
            continue  # another day landed: the one that was missing still is
        if state.exit_code == 1 and state.told_at is None:
            continue  # a scheduler tries such a run again by itself, and tells only the last time
        of = f" of {last}" if last else ""
        words = f"over: {state.subject}{of}, first at {state.open_since:%Y-%m-%d %H:%M} UTC"
        text = laid_out([("fine", words)])
        over.append(News(state.cause, "resolved", state.subject, text, "resolved"))
    return over


def _covers(record: RunRecord, day: date) -> bool:
    first, last = record.first_day, record.last_day
    return first is None or last is None or first <= day <= last or day in record.caught_up


def _send_all(settings: Settings, record: RunRecord, news: Sequence[News], *, still_open: bool) -> set[Severity]:
    """Send each route what it wants to hear; severities that somebody heard, or nobody wants to."""
    reached: set[Severity] = {one.severity for one in news if not _wanting(settings.alerts, one.severity)}
    for route in settings.alerts:
        mine = [one for one in news if one.severity in route.severities]
        if not mine:
            continue
        subject, text = compose_message(settings, record, mine, still_open=still_open)
        problem = sender.send_message(os.environ.get(route.url_from, ""), subject, text, mine[0].severity)
        if problem:
            record.warn(f"alerts: ${route.url_from} {problem}: nobody was told there of: {subject}")
        else:
            reached |= {one.severity for one in mine}
    return reached


def _wanting(routes: Sequence[AlertRoute], severity: Severity) -> bool:
    return any(severity in route.severities for route in routes)


def compose_message(
    settings: Settings, record: RunRecord, news: Sequence[News], *, still_open: bool = False
) -> tuple[str, str]:
    """Subject and text of one summary: what broke, what is over, what is odd, where, and how to hear no more of it.

    `still_open`: another failure that was told goes on.
    """
    order: tuple[Severity, ...] = ("error", "resolved", "warning")
    listed = sorted(news, key=lambda one: order.index(one.severity))
    days = " to ".join(dict.fromkeys(str(day) for day in (record.first_day, record.last_day) if day))
    where = f"{record.command}, run {record.run_id}, lake {settings.resolve(settings.lake)}"
    snoozed = [one.cause for one in listed if one.severity != "resolved"]
    parts = [one.text for one in listed]
    if record.set_aside and not any(record.set_aside in part for part in parts):
        parts.append(laid_out([("aside", record.set_aside)]))
    parts.append(laid_out([("where", where)]))
    if snoozed:
        env = f"lakehouse alerts snooze --env {settings.environment} --until DATE "
        parts.append(laid_out([("quiet", "\n".join(env + cause for cause in snoozed))]))
    return f"lakehouse {settings.environment}: {_headline(listed, still_open=still_open)}" + (
        f" ({days})" if days else ""
    ), "\n".join(parts)


def _headline(listed: Sequence[News], *, still_open: bool) -> str:
    """What comes first; that all is fine again is said only where nothing is odd and no other failure goes on."""
    odd = sum(one.severity == "warning" for one in listed)
    warnings = f"{odd} warning{'s' if odd > 1 else ''}" if odd else ""
    if listed[0].severity == "error":
        return listed[0].subject
    if listed[0].severity == "resolved":
        over = f"over: {listed[0].subject}"
        return f"{over}, {warnings}" if warnings else over if still_open else "fine again"
    return warnings


def _again(settings: Settings, record: RunRecord) -> str:
    if record.intraday:  # a run of that day would take it for whole
        return f"lakehouse watch --env {settings.environment} --batches 1"
    command = record.command if record.command in OWN_COMMANDS else "run"
    again = f"lakehouse {command} --env {settings.environment}"
    if record.first_day:
        single = record.first_day == record.last_day
        again += f" --date {record.first_day}" if single else f" --from {record.first_day} --to {record.last_day}"
    return again


def _keep(lake: Lake, record: RunRecord, exit_code: int, now: datetime, news: Sequence[News]) -> None:
    rows = [
        {
            "noted_at": now,
            "run_id": record.run_id,
            "event": one.event,
            "cause": one.cause,
            "severity": one.severity,
            "subject": one.subject,
            "exit_code": exit_code,
            "first_day": record.first_day,
            "last_day": record.last_day,
            "until": None,
            "note": None,
        }
        for one in news
    ]
    try:
        alert_log.add(lake, rows)
    except Exception as error:
        if as_storage_error(error, lake.root) is None:
            raise
        record.warn("what was told could not be noted in ops.alerts: it may be told again")


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())
