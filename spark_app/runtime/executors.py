"""How long a run's executors were there, as Spark itself tells by the REST API of its UI."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pyspark.sql import SparkSession

_SECONDS = 5  # that the driver, which is this very process's Java, is given to answer


def executor_seconds(since: datetime) -> float | None:
    """Seconds of all executors since then, added up: 0 where Spark has none or was not started.

    None where nobody tells.
    """
    spark = SparkSession.getActiveSession()
    if spark is None or re.match(r"local(\[|$)", spark.sparkContext.master or ""):
        return 0.0
    if (url := spark.sparkContext.uiWebUrl) is None:
        return None
    asked = f"{url}/api/v1/applications/{spark.sparkContext.applicationId}/allexecutors"
    try:
        with urllib.request.urlopen(asked, timeout=_SECONDS) as answer:
            return added_up(json.load(answer), since, datetime.now(UTC))
    except (OSError, ValueError):
        return None


def added_up(executors: Iterable[Mapping[str, Any]], since: datetime, now: datetime) -> float:
    """Seconds from when each executor came (or `since`) to when it went (or `now`), the driver's own left out.

    An application may do several runs: each has the seconds of its own time.
    """
    spans = [
        (max(_time(one["addTime"]), since), _time(one["removeTime"]) if one.get("removeTime") else now)
        for one in executors
        if one["id"] != "driver"
    ]
    return sum(max((last - first).total_seconds(), 0.0) for first, last in spans)


def _time(text: str) -> datetime:
    """A time as `2026-11-29T01:02:03.456GMT`."""
    return datetime.fromisoformat(text.removesuffix("GMT")).replace(tzinfo=UTC)
