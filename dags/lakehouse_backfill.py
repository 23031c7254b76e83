"""lakehouse_backfill: a range of days in one pass, by hand. It takes the days that landing holds and reports gaps."""

from __future__ import annotations

from airflow.sdk import DAG, Param

from dags.lakehouse import defaults, environment, runners

settings = environment.airflow_settings()

with DAG(
    "lakehouse_backfill",
    description="A range of days, from landing to one audited release",
    schedule=None,
    start_date=environment.BEGINNING,
    catchup=False,
    max_active_runs=1,
    default_args=defaults.arguments(),
    params={
        "from": Param(type="string", format="date", description="first batch date"),
        "to": Param(type="string", format="date", description="last batch date, included"),
        "runner": Param(settings.runners[0], enum=list(settings.runners), description="who runs the tasks"),
    },
    tags=["lakehouse"],
    doc_md=__doc__,
):
    days = ["--from", "{{ params['from'] }}", "--to", "{{ params['to'] }}"]
    runners.run(runners.words(), days, outlets=environment.gold_assets())
