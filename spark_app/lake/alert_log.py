"""What people were told, and what they want to hear no more of: events of causes in `ops.alerts`.

An event is told (by a message), left (to the scheduler, which tells itself), held (back: snoozed, or told a while ago),
snoozed (until a time) or resolved (a run was fine).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from spark_app.lake import ops
from spark_app.lake.paths import Lake

BACK = timedelta(days=90)


@dataclass(frozen=True)
class State:
    """What is known of a cause. `told_at`: the last message; `open_since`: a failure that no good run has followed."""

    cause: str
    severity: str
    subject: str
    last_at: datetime
    told_at: datetime | None = None
    snoozed_until: datetime | None = None
    open_since: datetime | None = None
    exit_code: int | None = None
    days: tuple[date | None, date | None] = (None, None)
    told: bool = False  # whether a message or the scheduler told of what is open


def states(lake: Lake, now: datetime) -> dict[str, State]:
    """What is known of each cause of the last 90 days, by cause."""
    rows = ops.select(
        lake.table("ops.alerts"), "SELECT * FROM ops_rows WHERE noted_at >= ? ORDER BY noted_at", (now - BACK,)
    )
    found: dict[str, State] = {}
    for row in rows:
        found[row["cause"]] = _after(found.get(row["cause"]), row)
    return found


def add(lake: Lake, rows: Sequence[dict[str, Any]]) -> None:
    """Append events."""
    ops.add(lake.table("ops.alerts"), rows)


def snooze(lake: Lake, known: State, now: datetime, until: datetime, note: str) -> None:
    """Note that a cause is not to be told of before `until`."""
    event = {"noted_at": now, "run_id": None, "event": "snoozed", "until": until, "note": note, "exit_code": None}
    of = {"cause": known.cause, "severity": known.severity, "subject": known.subject}
    add(lake, [{**event, **of, "first_day": None, "last_day": None}])


def _after(known: State | None, row: dict[str, Any]) -> State:
    """The state of a cause after one more event."""
    event, at = row["event"], row["noted_at"]
    told_at = at if event == "told" else known.told_at if known else None
    until = row["until"] if event == "snoozed" else known.snoozed_until if known else None
    since, told = (known.open_since, known.told) if known else (None, False)
    if event == "resolved":
        since, told, told_at = None, False, None
    elif row["severity"] == "error" and event != "snoozed":
        since, told = since or at, told or event in ("told", "left")
    same = known if event == "snoozed" else None
    return State(
        row["cause"],
        same.severity if same else row["severity"],
        same.subject if same else row["subject"],
        at,
        told_at,
        until,
        since,
        same.exit_code if same else row["exit_code"],
        same.days if same else (row["first_day"], row["last_day"]),
        told,
    )
