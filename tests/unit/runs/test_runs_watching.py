"""What a watch does next, by what it has seen: rows in, a word out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from spark_app.lake.lease import Lease
from spark_app.runs.look import News
from spark_app.runs.watching import Holder, Past, Seen, next_step, pause
from spark_app.runtime.process import Process, this_process

TODAY, YESTERDAY, BEFORE = date(2026, 11, 29), date(2026, 11, 28), date(2026, 11, 27)
NIGHT = time(2)
SOME, NONE = News(2, (TODAY,), None), News(0, (), None)
BEGUN = Past(begun=True)


def at(hour: int) -> datetime:
    return datetime(2026, 11, 29, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seen", "past", "step"),
    [
        (Seen(at(14), NONE, False, YESTERDAY, BEFORE), BEGUN, "nothing"),
        (Seen(at(14), SOME, False, YESTERDAY, BEFORE), BEGUN, "batch"),
        (Seen(at(14), SOME, True, YESTERDAY, BEFORE), BEGUN, "wait"),  # another run is at work
        (Seen(at(14), NONE, True, YESTERDAY, BEFORE), BEGUN, "nothing"),
        (Seen(at(14), NONE, False, YESTERDAY, BEFORE), Past(), "batch"),  # what a dead one left unfinished
        (Seen(at(14), NONE, False, date.min, None), Past(), "nothing"),  # there is nothing at all
        (Seen(at(14), NONE, False, YESTERDAY, BEFORE), Past(begun=True, failures=1), "batch"),
        (Seen(at(2), NONE, False, BEFORE, BEFORE), BEGUN, "night"),
        (Seen(at(2), SOME, False, BEFORE, BEFORE), BEGUN, "night"),
        (Seen(at(1), SOME, False, BEFORE, BEFORE), BEGUN, "batch"),  # its last files are still to come
        (Seen(at(14), NONE, False, BEFORE, BEFORE), BEGUN, "night"),  # one that was missed
        (Seen(at(14), NONE, True, BEFORE, BEFORE), BEGUN, "wait"),
        (Seen(at(14), NONE, False, date.min, TODAY), BEGUN, "nothing"),  # a shop that opens today
        (Seen(at(14), NONE, False, YESTERDAY, BEFORE, "away"), BEGUN, "batch"),  # so that people are told
        (Seen(at(14), NONE, False, YESTERDAY, BEFORE, "away"), Past(begun=True, told="away"), "nothing"),
        (Seen(at(14), NONE, False, date.min, None, "away"), BEGUN, "nothing"),
        (Seen(at(14), NONE, False, BEFORE, BEFORE), Past(begun=True, night_tried=at(13)), "night"),
        (Seen(at(14), NONE, False, BEFORE, BEFORE), Past(begun=True, night_tried=at(14)), "nothing"),
    ],
)
def test_the_next_step_follows_from_what_was_seen(seen: Seen, past: Past, step: str) -> None:
    assert next_step(seen, past, NIGHT) == step


def test_a_night_that_is_somebody_elses_is_left_to_them() -> None:
    assert next_step(Seen(at(14), NONE, False, BEFORE, BEFORE), BEGUN, None) == "nothing"


def test_what_fails_is_tried_again_ever_later() -> None:
    assert [pause(60, failures) for failures in (0, 1, 2, 9)] == [60, 120, 240, 900]
    assert pause(3600, 9) == 3600


def lease(process: Process, *, word: str = "w", free: bool = False) -> Lease:
    return Lease(1, "r", "run", process, at(1), at(1), 60, free, word)


def test_a_holder_is_busy_while_it_lives_or_gives_signs() -> None:
    elsewhere = Process("far", "far boot ns", 7, "1")
    dead = Process(this_process().host, this_process().machine, 2**22 + 1, "1")
    assert not Holder().is_busy(None, 0)
    assert not Holder().is_busy(lease(this_process(), free=True), 0)
    assert not Holder().is_busy(lease(dead), 0)
    seen = Holder()
    assert seen.is_busy(lease(elsewhere, word="a"), 0)
    assert seen.is_busy(lease(elsewhere, word="a"), 60)
    assert not seen.is_busy(lease(elsewhere, word="a"), 67), "silent for as long as its lease holds"
    assert seen.is_busy(lease(elsewhere, word="b"), 68), "another sign of life"
