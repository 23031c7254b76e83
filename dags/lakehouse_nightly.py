"""lakehouse_nightly: each night the day before, from landing to an audited release."""

from __future__ import annotations

from airflow.sdk import DAG, Param
from airflow.timetables.interval import CronDataIntervalTimetable

from dags.lakehouse import defaults, environment, runners
from dags.lakehouse.deadline import release_deadline

settings = environment.airflow_settings()
hour, _, minute = settings.starts_at.partition(":")

# The batch date is the day the data interval starts on; a run by hand may name another.
BATCH_DATE = (
    "{{ params.date or (data_interval_start | ds if data_interval_start is defined and data_interval_start"
    " else macros.ds_add(dag_run.run_after | ds, -1)) }}"
)

with DAG(
    "lakehouse_nightly",
    description="Landing to an audited release, for the day before",
    schedule=CronDataIntervalTimetable(f"{int(minute)} {int(hour)} * * *", timezone="UTC"),
    start_date=environment.BEGINNING,
    catchup=False,
    max_active_runs=1,
    default_args=defaults.arguments(),
    deadline=release_deadline(settings),
    params={
        "date": Param(None, type=["null", "string"], format="date", description="batch date; else the interval's"),
        "runner": Param(settings.runners[0], enum=list(settings.runners), description="who runs the tasks"),
    },
    tags=["lakehouse"],
    doc_md=__doc__,
):
    runners.run(runners.words(), ["--date", BATCH_DATE], outlets=environment.gold_assets())
