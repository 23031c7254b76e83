"""A log of which commits were lost or written over, made fit to be written on."""

from __future__ import annotations

from spark_app.lake import checksums, log, writes
from spark_app.lake.paths import Table

_FAR = 100


def bring_past(table: Table, version: int, run_id: str) -> None:
    """Empty commits until the log is at `version`: others know of it, and must not take the next commits for those.

    What was kept of commits from `version` on, and of those that are no more, speaks of others and is removed.
    """
    now = log.version_of(table)
    if now is None:
        return  # made anew
    checksums.forget(table, min(version, now + 1))
    while now < version < now + _FAR:
        writes.advance(table, unchanged(table, run_id))
        now += 1


def unchanged(table: Table, run_id: str) -> str:
    """The note of a commit that changes nothing: the table has taken in what it had taken in."""
    return log.unchanged_note(run_id, log.last_commit(table), **{log.MENDED: True})
