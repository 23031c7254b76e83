"""Seconds of executors, from what Spark's REST API says of them."""

from __future__ import annotations

from datetime import UTC, datetime

from spark_app.runtime.executors import added_up, executor_seconds


def test_from_when_each_came_to_when_it_went() -> None:
    """As Spark 3.5 answers: the driver among them, one that was removed, one that is there."""
    told = [
        {"id": "driver", "addTime": "2026-11-29T01:00:00.000GMT", "isActive": True, "totalCores": 0},
        {"id": "1", "addTime": "2026-11-29T01:00:10.500GMT", "removeTime": "2026-11-29T01:01:10.500GMT"},
        {"id": "2", "addTime": "2026-11-29T01:01:00.000GMT", "isActive": True, "totalCores": 2},
    ]
    now = datetime(2026, 11, 29, 1, 2, 30, tzinfo=UTC)
    assert added_up(told, datetime(2026, 11, 29, tzinfo=UTC), now) == 60.0 + 90.0
    later = datetime(2026, 11, 29, 1, 2, tzinfo=UTC)
    assert added_up(told, later, now) == 30.0, "of a second run of the same application its own time"


def test_without_spark_there_is_none() -> None:
    assert executor_seconds(datetime.now(UTC)) == 0.0
