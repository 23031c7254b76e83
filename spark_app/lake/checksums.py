"""What Spark keeps beside each commit of a log: what it found the table to hold then, and on disks sums of the files.

Where a commit was lost or written over, these speak of one that is no more; some readers then fail, others believe it.
"""

from __future__ import annotations

import re

from spark_app.lake import objects
from spark_app.lake.paths import Table

_KEPT = re.compile(r"\.?(\d{20})\.(?:crc|json\.crc|crc\.crc)")
_COMMIT = re.compile(r"(\d{20})\.(?:json|checkpoint.*\.parquet)")


def forget(table: Table, first: int | None = None) -> None:
    """Remove what was kept of commits from version `first` on (None: of commits that are no more)."""
    found = objects.list_folder(f"{table.path}/_delta_log", table.lake.s3)
    commits = [int(match[1]) for entry in found if (match := _COMMIT.fullmatch(entry.name))]
    begin = max(commits, default=-1) + 1 if first is None else first
    for entry in found:
        match = _KEPT.fullmatch(entry.name)
        if match and int(match[1]) >= begin:
            objects.remove_file(entry, table.lake.s3)
