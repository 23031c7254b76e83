"""A process that lands events when it is told to, by a line: -m tests.stack.events_lander SETTINGS LANDING."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from spark_app.lake.kafka import EventsNotTaken, land_events
from spark_app.lake.paths import Landing
from spark_app.runtime.session import session
from spark_app.runtime.settings import KafkaSettings, load_settings


def main() -> None:
    """Answer each line with what was landed, or with what is wrong."""
    source, landing = KafkaSettings.model_validate_json(sys.argv[1]), Landing(sys.argv[2])
    spark = session(load_settings("local").model_copy(update={"kafka": source}))
    for _ in sys.stdin:
        before = len(spark.sparkContext.statusTracker().getJobIdsForGroup(None))
        try:
            said = asdict(land_events(spark, source, landing, "UTC"))
        except EventsNotTaken as error:
            said = {"error": error.message}
        jobs = len(spark.sparkContext.statusTracker().getJobIdsForGroup(None)) - before
        sys.stdout.write(json.dumps({**said, "jobs": jobs}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
