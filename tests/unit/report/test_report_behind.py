"""How far readers are behind, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from spark_app.lake.watching import Sign
from spark_app.report.behind import behind_in_words, watch_in_words
from spark_app.runtime.process import Process

NOW = datetime(2026, 11, 29, 14, 32, 5, tzinfo=UTC)
SIGN = Sign(Process("shop", "m", 42, "1"), NOW, 60.0, NOW)


@pytest.mark.parametrize(
    ("minutes", "says"),
    [(0.5, "less than a minute"), (1, "1 minute"), (23, "23 minutes"), (119, "119 minutes"), (120, "2 hours")],
)
def test_readers_are_behind_by_what_waits_longest(minutes: float, says: str) -> None:
    assert behind_in_words(NOW - timedelta(minutes=minutes), NOW).startswith(f"readers are {says} behind: what landed")


def test_or_have_it_all() -> None:
    assert behind_in_words(None, NOW) == "readers have all that has landed"


def test_who_watches_and_what_it_does() -> None:
    assert watch_in_words(SIGN, there=True) == "process 42 on shop watches each 60 s, last look 14:32:05 UTC"
    assert watch_in_words(replace(SIGN, doing="batch"), there=True).endswith("UTC, at work on a batch")
    assert watch_in_words(replace(SIGN, doing="wait"), there=True).endswith("waiting for another run to end")
    assert watch_in_words(SIGN, there=False).startswith("nobody watches: process 42 on shop is gone without a word")
    assert "ended, its last look was 2026-11-29 14:32:05" in watch_in_words(replace(SIGN, ended=True), there=False)
