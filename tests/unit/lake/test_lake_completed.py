"""Which days are over, by the notes of gold.landed_days."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from spark_app.lake import log, releases, writes
from spark_app.lake.completed import ALL_OVER, Completed, complete_to, completed_so_far, find_completed
from tests.support.nights import CONTRACTS, LAST, Night, started

DAYS = "gold.landed_days"


@pytest.fixture
def night(tmp_path: Path) -> Night:
    made = started(tmp_path)
    made.takes_in()
    return made


def completes(night: Night, to: date) -> None:
    writes.create(night.lake.table(DAYS), CONTRACTS[DAYS].columns)
    writes.advance(night.lake.table(DAYS), log.note_text("r", {}, **{log.COMPLETE_TO: to.isoformat()}))


def test_a_note_says_it_also_of_earlier_versions(night: Night) -> None:
    completes(night, LAST)
    before = night.tables()
    completes(night, LAST + timedelta(days=1))
    assert complete_to(night.lake, before) == LAST
    assert complete_to(night.lake, night.tables()) == LAST + timedelta(days=1)
    assert completed_so_far(night.lake) == LAST + timedelta(days=1)


def test_packing_does_not_take_it_away(night: Night) -> None:
    completes(night, LAST)
    writes.advance(night.lake.table(DAYS), log.unchanged_note("m", log.last_commit(night.lake.table(DAYS))))
    assert completed_so_far(night.lake) == LAST


def test_without_a_note_it_is_what_was_taken_in(night: Night) -> None:
    assert complete_to(night.lake, night.tables()) == LAST
    assert completed_so_far(night.lake) == date.min, "nothing was released"
    night.releases()
    assert completed_so_far(night.lake) == LAST


def test_a_release_completes_the_days_since_the_one_before(night: Night) -> None:
    completes(night, LAST)
    night.releases()
    completes(night, LAST + timedelta(days=2))
    found = find_completed(night.lake, night.tables(), releases.latest(night.lake))
    assert found == Completed(LAST, LAST + timedelta(days=2))
    assert [found.completes(LAST + timedelta(days=n)) for n in range(4)] == [False, True, True, False]


def test_where_nothing_is_on_record_every_day_is_over(tmp_path: Path) -> None:
    empty = started(tmp_path)
    assert find_completed(empty.lake, {}, None).now == ALL_OVER.now
