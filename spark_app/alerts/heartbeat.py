"""A dead-man's switch: a service that is told that a night began and how it ended, and calls people when nothing comes.

Messages of our own cannot tell of a night that never started, of a pod that waits for a node, or of a process that was
killed: a word that stays out can. The words are those of healthchecks.io and its like: `<url>/start`, `<url>` and
`<url>/fail`. The URL holds a token: no message, log or error of ours shows it.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import Request, urlopen

from spark_app.alerts.run_alerts import SCHEDULER_VARIABLE
from spark_app.runtime.messages import FINAL
from spark_app.runtime.record import RunRecord

_SECONDS = 10  # a run waits no longer for a word to be taken

Moment = Literal["start", "success", "fail"]


@dataclass(frozen=True)
class Heart:
    """What is told of a run: by which variable, and whether its beginning, its good end, or both are a night's."""

    variable: str
    record: RunRecord
    begins: bool
    ends: bool


def heart_of_run(variable: str | None, record: RunRecord, layers: Collection[str], last: date | None) -> Heart | None:
    """What to tell of this run; None where nothing refers to a URL, or the run is no night's.

    A night's run takes in the newest day. Where each layer is a process of its own, the first tells of the beginning
    and the last of the end.
    """
    newest = datetime.now(UTC).date() - timedelta(days=1)
    if variable is None or record.command not in ("run", *layers) or (last is not None and last < newest):
        return None
    return Heart(variable, record, "bronze" in layers, "publish" in layers)


def tell_beginning(heart: Heart | None) -> None:
    """Tell that a night began."""
    if heart is not None and heart.begins:
        _tell(heart, "start", f"run {heart.record.run_id} began")


def tell_end(heart: Heart | None, exit_code: int) -> None:
    """Tell how it ended. What a scheduler tries again by itself is no end yet."""
    if heart is None:
        return
    if not exit_code and heart.ends:
        _tell(heart, "success", f"run {heart.record.run_id} was fine")
    elif exit_code and (exit_code in FINAL or not os.environ.get(SCHEDULER_VARIABLE)):
        what = FINAL.get(exit_code, "run failed")
        _tell(heart, "fail", f"run {heart.record.run_id}: {what} (exit code {exit_code})")


def _tell(heart: Heart, moment: Moment, text: str) -> None:
    problem = _sent(os.environ.get(heart.variable, "").strip(), moment, text)
    if problem:
        heart.record.warn(f"heartbeat: ${heart.variable} {problem}: not told: {moment}")


def _sent(url: str, moment: Moment, text: str) -> str | None:
    """What went wrong, if anything; never with the URL in it."""
    if not url:
        return "is not set"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return "holds no http or https URL"
    path = parts.path.rstrip("/") + ("" if moment == "success" else f"/{moment}")
    request = Request(urlunsplit(parts._replace(path=path)), data=text.encode(), method="POST")
    try:
        with urlopen(request, timeout=_SECONDS):
            return None
    except HTTPError as error:
        return f"answered {error.code}"
    except (URLError, OSError, ValueError) as error:
        cause = getattr(error, "reason", error)
        return f"was not reached ({type(cause).__name__})"
