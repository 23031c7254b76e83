"""lakehouse_maintenance: weekly, packs small files and removes what no kept release needs."""

from __future__ import annotations

from airflow.sdk import DAG, Param
from airflow.timetables.trigger import CronTriggerTimetable

from dags.lakehouse import defaults, environment, runners

settings = environment.airflow_settings()

with DAG(
    "lakehouse_maintenance",
    description="Optimise, vacuum, expire",
    schedule=CronTriggerTimetable(settings.maintenance, timezone="UTC"),
    start_date=environment.BEGINNING,
    catchup=False,
    max_active_runs=1,
    default_args=defaults.arguments(),
    params={
        "runner": Param(settings.runners[0], enum=list(settings.runners), description="who runs the tasks"),
    },
    tags=["lakehouse"],
    doc_md=__doc__,
):
    runners.run(["maintenance"], [])
