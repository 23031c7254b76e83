"""Rows of a shop that sells at this moment, sent as they come about: events of Kafka, or files of landing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import SparkSession

from spark_app.lake.kafka import send_events
from spark_app.lake.objects import put_text
from spark_app.lake.paths import Landing
from spark_app.runtime.session import session
from spark_app.runtime.settings import KafkaSettings, Settings

Rows = Mapping[str, Sequence[Mapping[str, str]]]  # by dataset: column -> text, empty where there is no value


@dataclass(frozen=True)
class Sender:
    """`kafka`, `spark`: the topics that some datasets have, and what sends to them; files are landed of the others."""

    landing: Landing
    kafka: KafkaSettings | None = None
    spark: SparkSession | None = None

    @property
    def place(self) -> str:
        """Where the rows go, in words."""
        files = f"files of {self.landing}"
        return f"events of {self.kafka.servers} ({', '.join(self.kafka.topics)})" if self.kafka else files

    def send(self, rows: Rows, now: datetime) -> None:
        """Each dataset's rows to its topic, or as one file more of the day. Raises EventsNotTaken."""
        topics = {dataset: topic for topic, dataset in (self.kafka.topics if self.kafka else {}).items()}
        if self.kafka and self.spark and (events := {topics[name]: of for name, of in rows.items() if name in topics}):
            texts = {topic: [_event(row) for row in of] for topic, of in events.items()}
            send_events(self.spark, self.kafka, texts)
        for name, of in rows.items():
            if name not in topics:
                place = self.landing.folder(name, f"dt={now:%Y-%m-%d}", f"live-{now:%H%M%S}.csv")
                put_text(_csv(of), place, self.landing.s3)


@contextmanager
def open_sender(settings: Settings) -> Iterator[Sender]:
    """By the settings: with a Spark session where they name topics."""
    landing = Landing(settings.resolve(settings.landing), settings.s3)
    if settings.kafka is None:
        yield Sender(landing)
        return
    spark = session(settings, "lakehouse demo")
    try:
        yield Sender(landing, settings.kafka, spark)
    finally:
        spark.stop()


def _event(row: Mapping[str, str]) -> str:
    """A JSON object that does not name what has no value."""
    return json.dumps({name: value for name, value in row.items() if value})


def _csv(rows: Sequence[Mapping[str, str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
