"""A look of a watch, where topics are landed first: what is wrong is told, and stops nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from spark_app.lake.kafka import EventsNotTaken, LandedEvents
from spark_app.runs import seeing, window
from spark_app.runs.context import Context
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import KafkaSettings
from tests.support.drops import drop

TODAY = date(2024, 3, 9)


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setattr(window, "running_day", lambda context: TODAY)
    monkeypatch.setattr(Context, "spark", None)
    made = open_context(RunRequest("local", home=str(tmp_path)), RunRecord("watch"))
    settings = made.settings.model_copy(update={"kafka": KafkaSettings(servers="a:1", topics={"t": "orders"})})
    return Context(settings, made.contracts, made.source, made.record)


def land_by(monkeypatch: pytest.MonkeyPatch, what: Callable[[], LandedEvents]) -> None:
    monkeypatch.setattr(seeing, "land_events", lambda *_: what())


@pytest.mark.parametrize(
    ("absent", "told"),
    [((), ""), (("t",), "events: nobody has made the topics t at a:1 yet; the others are taken")],
)
def test_what_topics_have_is_news_of_the_same_look_and_one_that_is_not_there_is_told(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, absent: tuple[str, ...], told: str
) -> None:
    def landed() -> LandedEvents:
        drop(tmp_path / "landing", "orders", TODAY, [{"order_id": "O1"}], "t.0.0-0.csv")
        return LandedEvents(1, 1, absent=absent)

    land_by(monkeypatch, landed)
    seen = seeing.see(context, seeing.Memory())
    assert (seen.news.drops, seen.trouble) == (1, told)


def test_files_are_news_also_where_topics_cannot_be_read(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> LandedEvents:
        raise EventsNotTaken("events of a:1 (t) are not taken: TimeoutException")

    land_by(monkeypatch, away)
    drop(tmp_path / "landing", "orders", TODAY, [{"order_id": "O1"}])
    seen = seeing.see(context, seeing.Memory())
    assert (seen.news.drops, seen.trouble) == (1, "events of a:1 (t) are not taken: TimeoutException")


def test_what_was_seen_of_versions_is_forgotten_where_others_may_have_written(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    land_by(monkeypatch, LandedEvents)
    memory = seeing.Memory()
    seeing.see(context, memory)
    context.lake.seen["rows", "gold.t", 1] = "as it was"
    memory.epoch = 7  # a run has been there since
    seeing.see(context, memory)
    assert not context.lake.seen
