"""Commits of one writer after another: rows of (epochs as they stand in the log, what is found)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spark_app.contracts.table import Column, Type
from spark_app.lake import log, writes
from spark_app.lake.epochs import OutOfOrder, check_release, first_fallen_epoch
from spark_app.lake.lock import LeaseRequest, hold_lease
from spark_app.lake.log import Commit
from spark_app.lake.paths import Lake
from spark_app.lake.writes import Overtaken

COLUMNS = (Column("a", Type("int"), False, "", "", None, None),)


def commits(*epochs: int | str | None) -> list[Commit]:
    """An epoch each; None: by a program from before there were any; `whole 5`: the table was derived anew."""
    notes = []
    for epoch in epochs:
        whole = {"whole": True} if str(epoch).startswith("whole") else {}
        number = None if epoch is None else int(str(epoch).removeprefix("whole"))
        notes.append({**whole, **({} if number is None else {"epoch": number})})
    return [Commit(version, note) for version, note in enumerate(notes)]


@pytest.mark.parametrize(
    ("found", "version"),
    [
        (commits(), None),
        (commits(None, None), None),
        (commits(None, 1, 1, 2, 7), None),
        (commits(1, None, 2, None), None),
        (commits(1, 3, 2), 2),
        (commits(1, 3, 2, 3, 2), 2),
        (commits(1, 3, 2, "whole 4"), None),
        (commits(1, 3, 2, "whole 4", 4, 3), 5),
        (commits(4, "whole 3"), None),  # it read all that was there
    ],
)
def test_an_epoch_less_than_before(found: list[Commit], version: int | None) -> None:
    late = first_fallen_epoch(found)
    assert (late.version if late else None) == version


def written(lake: Lake, epochs: list[int]) -> None:
    writes.create(lake.table("gold.t"), COLUMNS)
    for epoch in epochs:
        writes.advance(lake.table("gold.t"), log.note_text(f"r{epoch}", {}, epoch=epoch))


@pytest.mark.parametrize(
    ("epochs", "before", "said"),
    [
        ([1, 1], None, ""),
        ([1, 2], None, "version 2 is of run r2, epoch 2, expected up to 1"),  # another is at work already
        ([3, 1], 1, "version 2 is of run r1, epoch 1, expected no less than before it"),  # over what was released
        ([3, 2, 1, 1], 3, ""),  # was before the release, which was checked then
    ],
)
def test_a_release_is_of_one_writer_after_another(
    tmp_path: Path, epochs: list[int], before: int | None, said: str
) -> None:
    lake = Lake(str(tmp_path))
    written(lake, epochs)
    with hold_lease(lake, LeaseRequest("me", "run", seconds=60)) as held:
        fenced, released = replace(lake, fence=held), {} if before is None else {"gold.t": before}
        if said:
            with pytest.raises(OutOfOrder, match=said):
                check_release(fenced, {"gold.t": len(epochs)}, released)
        else:
            check_release(fenced, {"gold.t": len(epochs)}, released)


def test_a_commit_that_is_not_there_as_it_was_made_is_told_and_one_that_is_is_remembered(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    writes.create(lake.table("gold.t"), COLUMNS)
    with hold_lease(lake, LeaseRequest("me", "run", seconds=60)) as held:
        fenced, note = replace(lake, fence=held), log.note_text("me", {})
        writes.advance(fenced.table("gold.t"), note)
        assert held.commits == {"gold.t": 1}
        path = Path(lake.table("gold.t").path, "_delta_log", f"{1:020}.json")
        path.write_text(path.read_text().replace('\\"me\\"', '\\"late\\"'))
        with pytest.raises(Overtaken, match=r"gold\.t: another has committed to it"):
            writes.confirm(fenced.table("gold.t"), note)
