"""Releases of runs that have the lake no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spark_app.lake import releases
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.lake.writes import Overtaken
from tests.support.leases import Stopped


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def release(number: int, run_id: str, epoch: int | None = None) -> Release:
    return Release(number, run_id, "run", {"gold.t": number}, None, None, datetime.now(UTC), epoch=epoch)


@pytest.mark.parametrize("known", [0, 1])
def test_a_release_is_not_recorded_by_who_was_taken_over_in_between(lake: Lake, known: int) -> None:
    for number in range(known):
        releases.record(lake, release(number + 1, "r1", 1))
    with pytest.raises(Overtaken):
        releases.record(replace(lake, fence=Stopped(lake)), release(known + 1, "stopped", 1))
    assert [one.run_id for one in releases.releases(lake)] == ["r1"] * known
    releases.record(lake, release(known + 1, "r2", 2))
    assert releases.find(lake, known + 1).run_id == "r2"


@pytest.mark.parametrize(
    ("recorded", "count"),
    [
        ([(1, "a", None), (2, "b", None)], "ab"),  # by programs from before there were epochs
        ([(1, "a", None), (2, "b", 1), (3, "c", 1), (4, "d", 2)], "abcd"),
        ([(1, "a", 1), (2, "b", 3), (2, "zombie", 2)], "ab"),
        ([(1, "a", 1), (2, "b", 3), (3, "zombie", 2), (3, "c", 4)], "abc"),
        ([(1, "a", 1), (2, "b", 3), (3, "by an older program", None)], ["a", "b", "by an older program"]),
    ],
)
def test_readers_pass_over_a_release_of_an_epoch_that_was_over(
    lake: Lake, recorded: list[tuple[int, str, int | None]], count: str | list[str]
) -> None:
    for row in recorded:
        releases.record(lake, release(*row))
    assert [one.run_id for one in releases.releases(lake)] == list(count)
