"""Which days are over. A night completes its day; one that is taken in while it runs is shown before that.

`gold.landed_days` says it of each day, and the last day that a night was about stands in the note of its commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from spark_app.lake import log, releases
from spark_app.lake.behind import days_taken_in
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release

DAYS = "gold.landed_days"


@dataclass(frozen=True)
class Completed:
    """The last day that a night was about: in the release that readers have, and in what is about to be released."""

    before: date
    now: date

    def completes(self, day: date) -> bool:
        """Whether readers were shown the day before it was over, if at all."""
        return self.before < day <= self.now


ALL_OVER = Completed(date.max, date.max)  # where nothing is on record, no day is running


def complete_to(lake: Lake, tables: Mapping[str, int]) -> date | None:
    """The last day of drops that a night was about, of all that these gold versions hold; later ones still run.

    Of versions from before there were running days, the newest taken in. None where nothing is on record.
    """
    version = tables.get(DAYS)
    note = {} if version is None else log.commit_at(lake.table(DAYS), version).note
    if log.COMPLETE_TO in note:
        return date.fromisoformat(note[log.COMPLETE_TO])
    return max((day for days in days_taken_in(lake, tables).values() for day in days), default=None)


def completed_so_far(lake: Lake) -> date:
    """What the nights until now have completed; where gold does not say, by the latest release."""
    commit = log.last_commit(lake.table(DAYS))
    if commit is not None and log.COMPLETE_TO in commit.note:
        return date.fromisoformat(commit.note[log.COMPLETE_TO])
    released = releases.latest(lake)
    return (complete_to(lake, released.tables) if released else None) or date.min


def find_completed(lake: Lake, tables: Mapping[str, int], released: Release | None) -> Completed:
    """`tables`: the gold versions about to be released. Where nothing is on record, every day is over."""
    now = complete_to(lake, tables) or date.max
    before = (complete_to(lake, released.tables) or now) if released else date.min
    return Completed(before, now)
