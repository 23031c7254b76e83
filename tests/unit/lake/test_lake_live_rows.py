"""Rows of a live shop: files of landing where no topic is named, events where one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
from pyspark.sql import SparkSession

from spark_app.lake import live_rows
from spark_app.lake.landing import list_days
from spark_app.lake.live_rows import Sender, open_sender
from spark_app.lake.paths import Landing
from spark_app.runtime.settings import KafkaSettings, load_settings

NOW = datetime(2026, 11, 30, 12, 0, 5)
ROWS = {
    "orders": [{"order_id": "O1", "status": "created", "approved_at": ""}],
    "reviews": [{"review_id": "R1", "title": 'a "b", c'}, {"review_id": "R2", "title": ""}],
}


def test_without_topics_rows_are_one_more_file_of_the_day(tmp_path: Path) -> None:
    settings = load_settings("local", home=str(tmp_path))
    with open_sender(settings) as sender:
        sender.send(ROWS, NOW)
        assert sender.place == f"files of {tmp_path}/landing"
    landing = tmp_path / "landing"
    day = "dt=2026-11-30/live-120005.csv"
    assert (landing / "orders" / day).read_text() == "order_id,status,approved_at\nO1,created,\n"
    assert (landing / "reviews" / day).read_text() == 'review_id,title\nR1,"a ""b"", c"\nR2,\n'
    assert list_days(Landing(str(landing)), ROWS).strays == ()


def test_what_has_a_topic_is_an_event_and_the_rest_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: dict[str, Sequence[str]] = {}

    def send(spark: Any, source: KafkaSettings, events: Mapping[str, Sequence[str]]) -> None:
        sent.update(events)

    monkeypatch.setattr(live_rows, "send_events", send)
    kafka = KafkaSettings(servers="a:9092", topics={"shop.orders": "orders"})
    sender = Sender(Landing(str(tmp_path)), kafka, cast(SparkSession, object()))
    sender.send(ROWS, NOW)
    assert sent == {"shop.orders": ['{"order_id": "O1", "status": "created"}']}
    assert sorted(path.parts[-3] for path in tmp_path.rglob("*.csv")) == ["reviews"]
    assert sender.place == "events of a:9092 (shop.orders)"
