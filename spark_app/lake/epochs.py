"""What the commits of a table must look like where one writer followed another: their epochs never fall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spark_app.lake.fence import EPOCH
from spark_app.lake.log import FULL_REBUILD, MENDED, Commit, commits_after
from spark_app.lake.paths import Lake
from spark_app.runtime.errors import LakeError


class OutOfOrder(LakeError):
    """A writer that had been taken over committed all the same; what it wrote over the next run derives again."""

    retry = True


def check_release(lake: Lake, tables: Mapping[str, int], before: Mapping[str, int]) -> None:
    """Raises OutOfOrder where a table's commits since the release `before` are not those of one writer after another,
    each of which knew what the ones before it had done; `tables`: table -> the version about to be released.
    """
    if lake.fence is None:
        return
    for table, version in sorted(tables.items()):
        # From the released commit on: what comes right after it must not be of a lesser epoch either.
        commits = [c for c in commits_after(lake.table(table), before.get(table, 0) - 1) if c.version <= version]
        above = next((commit for commit in commits if epoch_of(commit) > lake.fence.epoch), None)
        for found, expected in (
            (first_fallen_epoch(commits), "no less than before it"),
            (above, f"up to {lake.fence.epoch}"),
        ):
            if found is not None:
                raise OutOfOrder(
                    f"{table}: version {found.version} is of run {found.note.get('run_id')}, epoch {epoch_of(found)}, "
                    f"expected {expected}: a run that had been taken over committed late; nothing was released",
                    hint="run again: what it wrote over is derived again",
                )


def first_fallen_epoch(commits: Sequence[Commit]) -> Commit | None:
    """The first of these (oldest first) whose epoch is less than that of one before it, if nothing made it good."""
    greatest, found = 0, None
    for commit in commits:
        if commit.note.get(FULL_REBUILD) or commit.note.get(MENDED):
            greatest, found = 0, None
        if found is None and EPOCH in commit.note and epoch_of(commit) < greatest:
            found = commit
        greatest = max(greatest, epoch_of(commit))
    return found


def epoch_of(commit: Commit) -> int:
    """0 of what programs of ours wrote before there were epochs."""
    return int(commit.note.get(EPOCH, 0))
