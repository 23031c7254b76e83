"""Files of versions that lie between those that are kept: of a release a minute, most are wanted for a day at most.

Delta's VACUUM goes by time alone: it keeps all that was needed since the oldest release that is kept.
"""

from __future__ import annotations

from collections.abc import Collection

from spark_app.lake.fence import check
from spark_app.lake.log import open_anew
from spark_app.lake.objects import Entry, remove_file
from spark_app.lake.paths import Table


def remove_between(table: Table, keep: Collection[int], hours: int) -> int:
    """Remove files that left the table longer than `hours` ago and that none of the versions `keep` names; how many.

    Nothing is committed: the log still speaks of the versions, and `releases list` says that they cannot be shown.
    """
    opened = open_anew(table)
    if opened is None:
        return 0
    gone = opened.vacuum(hours, dry_run=True, enforce_retention_duration=False, keep_versions=sorted(keep))
    check(table.fence)
    for path in gone:
        name = path.rpartition("/")[2]
        remove_file(Entry(name, f"{table.path}/{path}", False, 0, None), table.lake.s3)
    return len(gone)
