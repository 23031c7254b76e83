"""A new day that the lake holds in part: what landed of it beforehand and was not taken in withholds the release."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from spark_app.audits.half_days import refuse_half_days
from spark_app.lake import releases
from spark_app.lake.completed import Completed
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import LakeError
from spark_app.runtime.record import RunRecord
from tests.support.drops import drop
from tests.support.nights import DAYS, LAST, Night, started

BEFORE = DAYS[-2]


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """A release of all days but the last; then a night that has taken the last one in without payments."""
    night = started(tmp_path)
    night.takes_in(DAYS[:-1])
    night.releases()
    night.takes_in([LAST], lacking={"payments": [LAST]}, run="begun")
    return night


def lands(night: Night, dataset: str, day: date, at: datetime) -> None:
    path = drop(Path(night.gold.root) / "landing", dataset, day, [{"payment_sequence": 1}])
    os.utime(path, (at.timestamp(), at.timestamp()))


def look(night: Night, over: date = BEFORE, *, layer: str = "gold") -> None:
    """What an audit asks. `over`: the last day that readers were shown as over; `layer`: what its run began with."""
    context = open_context(RunRequest("local", home=str(night.gold.root)), RunRecord("run"))
    with context.record.step(layer, "orders"):
        pass
    refuse_half_days(context, night.tables(), releases.latest(night.lake), Completed(over, LAST))


def test_what_lay_in_landing_when_the_day_was_taken_in_belongs_to_it(night: Night) -> None:
    lands(night, "payments", LAST, datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(LakeError) as caught:
        look(night)
    assert f"({LAST}: payments); nothing was audited, readers keep release 1" in str(caught.value)
    assert caught.value.hint == f"take in the rest and release it: lakehouse run --from {LAST} --to {LAST}"
    assert (caught.value.exit_code, caught.value.retry) == (1, False)


def test_a_run_that_began_with_bronze_has_looked_itself(night: Night) -> None:
    lands(night, "payments", LAST, datetime.now(UTC) - timedelta(hours=1))
    look(night, layer="bronze")


def test_what_landed_since_is_of_the_next_run(night: Night) -> None:
    lands(night, "payments", LAST, datetime.now(UTC) + timedelta(hours=1))
    look(night)


def test_a_feed_that_has_not_come_is_told_elsewhere(night: Night) -> None:
    look(night)


def test_a_day_that_readers_were_shown_as_over_is_not_asked_about(night: Night) -> None:
    lands(night, "payments", LAST, datetime.now(UTC) - timedelta(hours=1))
    look(night, over=LAST)


def test_what_bronze_holds_and_silver_has_not_taken_in_belongs_to_it_too(night: Night) -> None:
    night.holds("payments", LAST)
    with pytest.raises(LakeError, match=f"{LAST}: payments"):
        look(night)


def test_a_day_that_nothing_was_taken_in_of_may_wait_as_a_whole(night: Night) -> None:
    for dataset in ("orders", "payments"):
        lands(night, dataset, LAST + timedelta(days=1), datetime.now(UTC) - timedelta(hours=1))
    look(night)
