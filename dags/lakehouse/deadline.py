"""The nightly run's deadline: released by half past three, or people hear of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import AsyncCallback, DeadlineAlert, DeadlineReference

from dags.lakehouse.alerts import deadline_missed
from spark_app.runtime.airflow_settings import AirflowSettings

DAY = timedelta(days=1)


def release_deadline(settings: AirflowSettings) -> DeadlineAlert:
    """The alert, counted from the logical date, which is a day before the run starts."""
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
        interval=DAY + allowed(settings),
        callback=AsyncCallback(deadline_missed, {"release_by": settings.release_by}),
        name=f"released by {settings.release_by}",
    )


def allowed(settings: AirflowSettings) -> timedelta:
    """Between the start of a run and the time it must be released by, which may be after midnight."""
    start, end = (datetime.strptime(text, "%H:%M") for text in (settings.starts_at, settings.release_by))
    return (end - start) % DAY or DAY
