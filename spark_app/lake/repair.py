"""A log of which commits were lost or written over, made fit to be written on."""

from __future__ import annotations

import re

from spark_app.lake import log, objects
from spark_app.lake.paths import Lake

# Beside each commit Spark keeps what it found the table to hold then (N.crc), and on disks checksums of files.
_KEPT = re.compile(r"\.?(\d{20})\.(?:crc|json\.crc|crc\.crc)")
_FAR = 100


def bring_past(lake: Lake, table: str, version: int, run_id: str) -> None:
    """Empty commits until the log is at `version`: others know of it, and must not take the next commits for those.

    What was kept of commits from `version` on, and of those that are no more, speaks of others and is removed.
    """
    now = log.version_of(lake, table)
    if now is None:
        return  # made anew
    _forget(lake, table, min(version, now + 1))
    while now < version < now + _FAR:
        log.advance(lake, table, unchanged(lake, table, run_id))
        now += 1


def unchanged(lake: Lake, table: str, run_id: str) -> str:
    """The note of a commit that changes nothing: the table has taken in what it had taken in."""
    commit = log.last_commit(lake, table)
    salt = {log.SALT: commit.note[log.SALT]} if commit and log.SALT in commit.note else {}
    return log.note_text(run_id, commit.sources if commit else {}, packed=True, **{log.MENDED: True}, **salt)


def _forget(lake: Lake, table: str, first: int) -> None:
    for entry in objects.children(f"{lake.path(table)}/_delta_log", lake.s3):
        match = _KEPT.fullmatch(entry.name)
        if match and int(match[1]) >= first:
            objects.remove(entry, lake.s3)
