"""What landing has that bronze has not: files in, days out, without Spark."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from spark_app.lake import ledger
from spark_app.lake.landing import fingerprint
from spark_app.runs import look, window
from spark_app.runs.context import Context
from spark_app.runs.look import behind_since, changed_days, look_at_landing, news_of, rest_of_days_begun
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runs.window import Window, running_window
from spark_app.runtime.record import RunRecord
from tests.support.drops import drop
from tests.support.ops_rows import put

TODAY = date(2024, 3, 9)
NOON = datetime(2024, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setattr(window, "running_day", lambda context: TODAY)
    return open_context(RunRequest("local", home=str(tmp_path)), RunRecord("watch"))


def landed(context: Context, dataset: str, day: date, name: str = "a.csv", at: datetime = NOON) -> None:
    path = drop(Path(context.landing.root), dataset, day, [{f"{dataset}_id": name}], name)
    os.utime(path, (at.timestamp(), at.timestamp()))


def taken_in(context: Context, dataset: str, day: date, at: datetime) -> None:
    files = look_at_landing(context, running_window(context), {}).landed[dataset][day]
    row = {"dataset": dataset, "batch_date": day, "day_fingerprint": fingerprint(files), "bronze_version": 1}
    put(context.table("ops.ingested_files"), [{**row, "ingested_at": at}])


def changed(context: Context) -> dict[str, list[date]]:
    held = ledger.fingerprints(context.lake)
    found = changed_days(look_at_landing(context, running_window(context), held).landed, held)
    return {name: list(drop) for name, drop in found.items() if drop}


def test_today_and_the_days_before_it_are_looked_at(context: Context) -> None:
    for back in (-1, 0, 7, 8):
        landed(context, "orders", TODAY - timedelta(days=back))
    assert changed(context) == {"orders": [TODAY - timedelta(days=7), TODAY]}


def test_a_day_that_is_as_it_was_is_no_news_and_one_more_file_is(context: Context) -> None:
    landed(context, "orders", TODAY)
    landed(context, "payments", TODAY)
    taken_in(context, "orders", TODAY, NOON)
    assert changed(context) == {"payments": [TODAY]}
    landed(context, "orders", TODAY, "b.csv")
    assert changed(context) == {"orders": [TODAY], "payments": [TODAY]}


def test_news_wait_since_the_oldest_file_that_came_after_the_day_was_taken_in(context: Context) -> None:
    landed(context, "orders", TODAY, "a.csv", NOON)
    taken_in(context, "orders", TODAY, NOON + timedelta(minutes=1))
    landed(context, "orders", TODAY, "b.csv", NOON + timedelta(minutes=9))
    landed(context, "orders", TODAY, "c.csv", NOON + timedelta(minutes=5))
    held = ledger.fingerprints(context.lake)
    news = news_of(context, changed_days(look_at_landing(context, running_window(context), held).landed, held))
    assert (news.drops, news.days, news.since) == (1, (TODAY,), NOON + timedelta(minutes=5))
    assert behind_since(context) == NOON + timedelta(minutes=5)


def test_nobody_is_behind_where_nothing_waits(context: Context) -> None:
    assert behind_since(context) is None


def rest(context: Context, day: date) -> dict[str, list[date]]:
    """What a run over `day` takes in of later ones."""
    asked, held = Window(day, day, 7, single=True), ledger.fingerprints(context.lake)
    found = rest_of_days_begun(context, asked, look_at_landing(context, asked, held), held)
    return {name: list(drop) for name, drop in found.items()}


def test_the_rest_of_a_later_day_that_no_release_shows_is_taken_in_with_an_earlier_ones(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    for back in (0, 1):
        landed(context, "orders", TODAY - timedelta(days=back))
    landed(context, "payments", TODAY)
    assert rest(context, TODAY - timedelta(days=1)) == {}, "a later day that nobody began is nobody's yet"
    taken_in(context, "orders", TODAY, NOON)
    assert rest(context, TODAY - timedelta(days=1)) == {"payments": [TODAY]}
    assert rest(context, TODAY) == {}, "that is a day asked for"
    monkeypatch.setattr(look, "bronze_released", lambda lake: {"bronze.orders": 1})
    assert rest(context, TODAY - timedelta(days=1)) == {}, "a day that readers have may lack a feed, told elsewhere"
