"""What people are told when a run goes wrong, by the providers' notifiers: one message a cause.

A task's failure is told once, when it has failed for good: those behind it never run. A missed deadline is told of a
scheduled run that is still at work; one that has failed by then was told already.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dags.lakehouse import environment
from dags.lakehouse.channels import channels
from spark_app.runtime.messages import FINAL, harmless, laid_out, shortened

log = logging.getLogger(__name__)

TODO: Mapping[int, str] = {
    2: "correct what is named above, then clear {task} of this run",
    3: (
        "have the shop send what is missing, then clear {task} of this run; to go on without it, run "
        "lakehouse_backfill from the day before to this day"
    ),
    4: "have the day sent again, or correct the rule; then clear {first} of this run and what follows it",
}
ELSE = "look into the log; then clear {task} of this run: running again never harms"


@dataclass(frozen=True)
class Message:
    """A subject of one line, and a text."""

    subject: str
    text: str


def task_failed(context: Any) -> None:
    """Airflow calls this in the worker (or, where that was lost, in the DAG processor) when a task failed for good."""
    message = of_failure(context)
    for channel, notifier in channels(environment.airflow_settings().alerts, message.subject, message.text):
        try:
            # Not notifier(context): that renders templates, and rows of the shop are in the text.
            notifier.notify(context)
        except Exception:
            log.exception("No alert by %s (airflow.alerts in the settings); it said: %s", channel, message.subject)


async def deadline_missed(release_by: str, context: Mapping[str, Any]) -> None:
    """Airflow calls this in the triggerer when a run was not done in time."""
    run = context["dag_run"]
    if run["run_type"] != "scheduled" or run["state"] == "failed":
        log.info("Not told: a %s run that is %s", run["run_type"], run["state"])
        return
    message = of_deadline(release_by, run)
    failed = []
    for channel, notifier in channels(environment.airflow_settings().alerts, message.subject, message.text):
        try:
            await notifier.async_notify(context)
        except Exception:
            log.exception("No alert by %s (airflow.alerts in the settings)", channel)
            failed.append(channel)
    if failed:
        raise RuntimeError(f"no alert by {', '.join(failed)}: {message.subject}")


def of_failure(context: Any) -> Message:
    """What a failed task's message says."""
    ti, error = context["ti"], context.get("exception")
    code = getattr(error, "exit_code", None)
    words = getattr(error, "words", "") or str(error or "the worker that ran it was lost")
    group, _, name = ti.task_id.rpartition(".")
    first = "run" if name in ("run", "maintenance") else f"{group}.bronze".lstrip(".")
    # An audit that could not be made (another run is moving gold, a store is away) is no failed audit.
    what = FINAL.get(code or 0, "audit not made" if name == "audit" else f"{name} failed")
    log_url = getattr(ti, "log_url", None)
    lines = {
        "what": shortened(harmless(words)),
        "where": f"{ti.dag_id}, task {ti.task_id}, run {ti.run_id}, try {ti.try_number}"
        + (f"\n{log_url}" if log_url else ""),
        "do": TODO.get(code or 0, ELSE).format(task=ti.task_id, first=first),
    }
    return Message(f"lakehouse {environment.name()}: {what}{_of_day(context)}", laid_out(lines.items()))


def of_deadline(release_by: str, run: Mapping[str, Any]) -> Message:
    """What a missed deadline's message says."""
    lines = {
        "what": f"the run is {run['state']} and was to be released by {release_by} UTC; readers keep the last one",
        "where": f"{run['dag_id']}, run {run['dag_run_id']}, started {run.get('start_date') or 'not yet'}",
        "do": "look which task is at work or waits for a slot, and why; the run goes on by itself",
    }
    day = str(run.get("data_interval_start") or "")[:10]
    return Message(f"lakehouse {environment.name()}: not released by {release_by} UTC ({day})", laid_out(lines.items()))


def _of_day(context: Any) -> str:
    day = (context.get("params") or {}).get("date") or str(context.get("data_interval_start") or "")[:10]
    return f" ({day})" if day else ""
