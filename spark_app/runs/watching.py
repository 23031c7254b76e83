"""What a watch does next, by what it has seen: the rules, apart from the watch that follows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from spark_app.lake.lease import Lease, is_too_silent
from spark_app.runs.look import News
from spark_app.runtime.process import is_alive

Step = Literal["batch", "night", "wait", "nothing"]

MOST_FAILURES = 5  # in a row, after which whoever supervises the watch shall start it anew
_LONGEST_PAUSE = 900.0  # seconds between tries of what fails
_NIGHT_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Seen:
    """What a look found: what landed, whether another writes the lake, and how far the nights have come.

    `completed`: the last day that a night was about; `first_day`: the first day of drops that the lake has, if any.
    `trouble`: why events were not landed, if they were not.
    """

    now: datetime
    news: News
    busy: bool
    completed: date
    first_day: date | None
    trouble: str = ""


@dataclass(frozen=True)
class Past:
    """What the watch has done so far: `begun` once it went on with whatever a run before it left unfinished.

    `failures`: batches in a row that ended with exit code 1. `night_tried`: when a night was last tried. `told`: the
    trouble that people were told of.
    """

    begun: bool = False
    failures: int = 0
    night_tried: datetime | None = None
    told: str = ""


def next_step(seen: Seen, past: Past, night: time | None) -> Step:
    """A night where one is due, a batch where there is news or something was left unfinished, else nothing.

    Trouble is news too: a run has a record and alerts, and pages that say so.
    While another run writes the lake, the watch waits for it.
    """
    due = night_is_due(seen, past, night)
    left = seen.first_day is not None and (not past.begun or past.failures > 0)
    trouble = seen.first_day is not None and seen.trouble not in ("", past.told)
    if not (due or left or seen.news or trouble):
        return "nothing"
    return "wait" if seen.busy else "night" if due else "batch"


def night_is_due(seen: Seen, past: Past, night: time | None) -> bool:
    """Whether the day before is to be completed, which nobody has done; one that failed is tried again each hour."""
    yesterday = seen.now.astimezone(UTC).date() - timedelta(days=1)
    if night is None or seen.now.astimezone(UTC).time() < night or seen.completed >= yesterday:
        return False
    if past.night_tried is not None and seen.now - past.night_tried < _NIGHT_AGAIN:
        return False
    return seen.first_day is not None and seen.first_day <= yesterday


def pause(every: float, failures: int) -> float:
    """Seconds from one look to the next: twice as long after each failure, up to a quarter of an hour."""
    return max(every, min(every * 2.0**failures, _LONGEST_PAUSE))


@dataclass
class Holder:
    """Who holds the lake, as this process has seen it: clocks of machines are not compared."""

    word: str = ""
    first_seen: float = 0.0

    def is_busy(self, lease: Lease | None, clock: float) -> bool:
        """Whether another writes now; one that is dead, or silent for as long as its lease holds, does not."""
        if lease is None or lease.free or is_alive(lease.process) is False:
            return False
        if lease.word != self.word:
            self.word, self.first_seen = lease.word, clock
        return not is_too_silent(lease, clock - self.first_seen)
