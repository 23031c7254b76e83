"""Events off Kafka's topics into landing, exactly once, by Spark Structured Streaming.

Spark writes down which offsets a batch has before it takes them, in `<landing>/_kafka`, and that it is done after its
files are there. A batch that died in between is taken again with the same offsets, and gives the same files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame, SparkSession

from spark_app.lake.events import Event, EventFile, files_of
from spark_app.lake.objects import put_text
from spark_app.lake.paths import Landing
from spark_app.runtime.errors import LakeError
from spark_app.runtime.failpoints import commit_point
from spark_app.runtime.settings import KafkaSettings

PROGRESS = "_kafka"  # the folder of landing where Spark keeps how far it is; no dataset begins with _
POINT = "landing.events"
_IAM = "software.amazon.msk.auth.iam"
_TELLING = re.compile(r"(UnknownTopicOrPartition|OffsetOutOfRange|data loss|TimeoutException|not present|Failed to)")


class EventsNotTaken(LakeError):
    """Kafka is away, or topics or offsets are gone; what landed before stays, and nothing is skipped."""

    retry = True


@dataclass
class LandedEvents:
    """What was landed: events and files, and lines of them that are no event. `absent`: topics that are not there."""

    events: int = 0
    files: int = 0
    bad: int = 0
    absent: tuple[str, ...] = ()

    def add(self, made: list[EventFile]) -> None:
        self.events += sum(len(file.lines) for file in made)
        self.files += len(made)
        self.bad += sum(file.bad for file in made)


def land_events(spark: SparkSession, source: KafkaSettings, landing: Landing, timezone: str) -> LandedEvents:
    """All events that the topics have and landing has not; without a Spark job where there are none.

    A topic that is not there yet keeps no other's from being taken. Raises EventsNotTaken, also where one is gone.
    """
    found = LandedEvents()
    frames = spark.readStream.format("kafka").options(**_options(source)).load()
    rows = frames.selectExpr("topic", "partition", "offset", "unix_micros(timestamp) AS at", "value")
    query = (
        rows.writeStream.foreachBatch(_landing(source, landing, timezone, found))
        .option("checkpointLocation", landing.folder(PROGRESS))
        .trigger(availableNow=True)
        .start()
    )
    try:
        query.awaitTermination()
    except StreamingQueryException as error:
        raise EventsNotTaken(
            f"events of {source.servers} ({', '.join(source.topics)}) are not taken: {_said(str(error))}",
            hint="it is tried again with each look; where topics or offsets are gone for good: kafka.skip_lost: true",
        ) from None
    finally:
        query.stop()
    there = _topics_of(query.lastProgress)
    found.absent = tuple(topic for topic in source.topics if topic not in there)
    return found


def _topics_of(progress: Mapping[str, Any] | None) -> set[str]:
    """The topics that a query has places in, as it says at its end."""
    places = [one.get("endOffset") for one in (progress or {}).get("sources", ())]
    return {topic for one in places for topic in (json.loads(one) if isinstance(one, str) else one or {})}


def send_events(spark: SparkSession, source: KafkaSettings, events: Mapping[str, Sequence[str]]) -> None:
    """Send each topic's events (JSON); it returns once the broker has them. For a made-up shop, not for a run.

    Raises EventsNotTaken.
    """
    rows = [(topic, value) for topic, values in events.items() for value in values]
    sent = spark.createDataFrame(rows, "topic string, value string").coalesce(1).write.format("kafka")
    try:
        sent.options(**_to_connect(source)).save()
    except Exception as error:
        if (said := _said(str(error))) and not _TELLING.search(said):
            raise
        raise EventsNotTaken(f"events are not taken by {source.servers}: {said}", hint="is the broker up?") from None


def _landing(
    source: KafkaSettings, landing: Landing, timezone: str, found: LandedEvents
) -> Callable[[DataFrame, int], None]:
    def land(rows: DataFrame, _: int) -> None:
        events = [
            Event(
                row["topic"],
                row["partition"],
                row["offset"],
                datetime.fromtimestamp(row["at"] / 1e6, UTC),
                None if row["value"] is None else bytes(row["value"]),
            )
            for row in rows.collect()
        ]
        made = files_of(events, source.topics, timezone)
        for file in made:
            with commit_point(POINT):
                put_text(file.text, landing.folder(file.name), landing.s3)
        found.add(made)

    return land


def _options(source: KafkaSettings) -> dict[str, str]:
    return {
        **_to_connect(source),
        # By a pattern: of the topics named those that are there. By their names, one that nobody has sent anything to
        # yet would keep the others' events from being taken.
        "subscribePattern": "|".join(re.escape(topic) for topic in source.topics),
        "startingOffsets": "earliest",
        "maxOffsetsPerTrigger": str(source.events_per_batch),
        "failOnDataLoss": str(not source.skip_lost).lower(),
        "kafka.default.api.timeout.ms": "15000",
        "fetchOffset.numRetries": "1",
    }


def _to_connect(source: KafkaSettings) -> dict[str, str]:
    # A broker that is away is told within a look or two, not after minutes.
    timeout = {"kafka.request.timeout.ms": "10000"}
    return {"kafka.bootstrap.servers": source.servers, **_security(source), **timeout}


def _security(source: KafkaSettings) -> dict[str, str]:
    if not source.iam:
        return {"kafka.security.protocol": "SSL" if source.ssl else "PLAINTEXT"}
    # As the library's own page says: https://github.com/aws/aws-msk-iam-auth
    return {
        "kafka.security.protocol": "SASL_SSL",
        "kafka.sasl.mechanism": "AWS_MSK_IAM",
        "kafka.sasl.jaas.config": f"{_IAM}.IAMLoginModule required;",
        "kafka.sasl.client.callback.handler.class": f"{_IAM}.IAMClientCallbackHandler",
    }


def _said(text: str) -> str:
    """The line of Java's that tells the cause."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in reversed(lines) if _TELLING.search(line)]
    return (telling or lines or ["no reason given"])[0][:300]
