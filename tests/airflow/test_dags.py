"""The DAGs as Airflow sees them: tasks, dates, assets, params, what they import, how fast they are read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG

from spark_app.contracts.load import load_contracts
from spark_app.runtime.airflow_settings import AirflowSettings
from tests.airflow.parts import airflow
from tests.airflow.shop import PROJECT, Shop

pytestmark = pytest.mark.airflow
Dags = Callable[..., dict[str, DAG]]
LAYERS = ["bronze", "silver", "gold", "audit", "publish"]
KUBERNETES = {"image": "shop/lakehouse:1"}
EMR = {"application_id": "00abc", "role": "arn:aws:iam::000000000000:role/lakehouse"}


def order(dag: DAG) -> list[str]:
    """Task ids, each before those behind it."""
    return [task.task_id for task in dag.topological_sort()]


def rendered(dag: DAG, task: str, **context: Any) -> list[str]:
    """A local task's arguments as a run would have them."""
    from airflow.sdk.execution_time.macros import ds_add

    found = dag.get_task(task)
    known = {key: dag.params.get_param(key) for key in dag.params}
    defaults = {key: param.resolve() for key, param in known.items() if param.schema.get("type") != "string"}
    params = {**defaults, **context.pop("params", {})}
    whole = {"params": params, "macros": SimpleNamespace(ds_add=ds_add), **context}
    return list(found.render_template(found.arguments, whole, found.get_template_env(dag)))


def test_a_task_a_layer_in_their_order(dags: Dags) -> None:
    found = dags()
    assert sorted(found) == ["lakehouse_backfill", "lakehouse_maintenance", "lakehouse_nightly"]
    assert order(found["lakehouse_nightly"]) == LAYERS
    assert order(found["lakehouse_backfill"]) == LAYERS
    assert order(found["lakehouse_maintenance"]) == ["maintenance"]
    for dag in found.values():
        assert (dag.max_active_runs, dag.catchup) == (1, False)


def test_one_task_for_a_small_shop(dags: Dags) -> None:
    assert order(dags(one_task=True)["lakehouse_nightly"]) == ["run"]


def test_several_runners_are_groups_and_a_param_chooses(dags: Dags) -> None:
    dag = dags(runners=["kubernetes", "local"], kubernetes=KUBERNETES)["lakehouse_nightly"]
    assert sorted(dag.task_ids) == sorted(["runner", *[f"{g}.{n}" for g in ("kubernetes", "local") for n in LAYERS]])
    choice = dag.get_task("runner")
    assert choice.downstream_task_ids == {"kubernetes.bronze", "local.bronze"}
    assert choice.python_callable(params={"runner": "local"}) == "local.bronze"
    assert dag.params["runner"] == "kubernetes"
    assert dag.params.get_param("runner").schema["enum"] == ["kubernetes", "local"]
    assert type(dag.get_task("kubernetes.gold")).__name__ == "LayerPod"
    assert type(dag.get_task("local.gold")).__name__ == "LocalJob"


def test_a_run_for_a_runner_that_is_not_set_up_is_refused(dags: Dags) -> None:
    from airflow.sdk.exceptions import ParamValidationError

    params = dags()["lakehouse_nightly"].params
    params["runner"] = "local"
    with pytest.raises(ParamValidationError, match=r"'kubernets' is not one of \['local'\]"):
        params["runner"] = "kubernets"


def test_the_interval_of_the_run_at_two_is_the_day_before(dags: Dags) -> None:
    from airflow.timetables.base import DataInterval, TimeRestriction

    table = dags()["lakehouse_nightly"].timetable
    last = DataInterval(datetime(2024, 2, 27, 2, tzinfo=UTC), datetime(2024, 2, 28, 2, tzinfo=UTC))
    anytime = TimeRestriction(earliest=None, latest=None, catchup=True)
    run = table.next_dagrun_info(last_automated_data_interval=last, restriction=anytime)
    assert run.run_after == datetime(2024, 2, 29, 2, tzinfo=UTC)
    assert run.data_interval.start == datetime(2024, 2, 28, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("context", "day"),
    [
        ({"data_interval_start": datetime(2024, 2, 28, 2, tzinfo=UTC)}, "2024-02-28"),
        ({"data_interval_start": datetime(2024, 2, 28, 2, tzinfo=UTC), "params": {"date": "2017-02-07"}}, "2017-02-07"),
        ({"data_interval_start": None, "dag_run": SimpleNamespace(run_after=datetime(2024, 3, 1, 9))}, "2024-02-29"),
        ({"dag_run": SimpleNamespace(run_after=datetime(2024, 3, 1, 9))}, "2024-02-29"),
    ],
)
def test_the_batch_date(dags: Dags, context: dict[str, Any], day: str) -> None:
    assert rendered(dags()["lakehouse_nightly"], "bronze", **context) == ["--env", "shop", "--date", day]


def test_a_backfill_is_a_range(dags: Dags) -> None:
    dag = dags()["lakehouse_backfill"]
    words = rendered(dag, "gold", params={"from": "2017-02-07", "to": "2017-02-09"})
    assert words == ["--env", "shop", "--from", "2017-02-07", "--to", "2017-02-09"]
    assert not dag.params.get_param("from").has_value, "nobody starts one without saying from where"


def test_maintenance_is_weekly(dags: Dags) -> None:
    dag = dags(maintenance="0 6 * * 6")["lakehouse_maintenance"]
    assert rendered(dag, "maintenance") == ["--env", "shop"]
    assert dag.timetable.serialize()["expression"] == "0 6 * * 6"


def test_gold_tables_are_assets_of_the_last_task(dags: Dags) -> None:
    dag = dags()["lakehouse_nightly"]
    names = {one.name for one in dag.get_task("publish").outlets}
    assert names == {one.qualified for one in load_contracts().values() if one.layer == "gold"}
    assert "gold.daily_sales" in names
    assert not dag.get_task("bronze").outlets


def test_retries_back_off_and_the_deadline_is_a_time_of_day(dags: Dags) -> None:
    dag = dags(retries=2, retry_seconds=30, pool="lakehouse", timeout_minutes=20)["lakehouse_nightly"]
    task = dag.get_task("gold")
    assert (task.retries, task.retry_delay, task.retry_exponential_backoff) == (2, timedelta(seconds=30), 2)
    assert (task.pool, task.execution_timeout) == ("lakehouse", timedelta(minutes=20))
    (alert,) = dag.deadline
    assert alert.interval == timedelta(hours=25, minutes=30), "from the logical date, a day before the start"
    assert type(alert.reference).__name__ == "DagRunLogicalDateDeadline"


def test_all_tasks_share_a_pool_and_the_run_that_has_come_farthest_goes_first(dags: Dags) -> None:
    tasks = [task for dag in dags().values() for task in dag.tasks]
    assert {(task.pool, str(task.weight_rule)) for task in tasks} == {("lakehouse", "upstream")}


def test_the_documented_pool_has_one_slot_and_counts_deferred_tasks(
    migrated: Path, airflow_environment: dict[str, str]
) -> None:
    """A task that waits for EMR Serverless is deferred: not counted, it would let a second one start beside it."""
    told = airflow(airflow_environment | {"AIRFLOW_HOME": str(migrated)}, "pools", "list", "--output", "json")
    pools = {one["pool"]: one for one in json.loads(told[told.index("[") :])}
    found = pools[AirflowSettings().pool]
    assert (found["slots"], found["include_deferred"]) == ("1", "True")


def test_a_night_may_end_after_midnight(dags: Dags) -> None:
    (alert,) = dags(starts_at="23:30", release_by="01:00")["lakehouse_nightly"].deadline
    assert alert.interval == timedelta(hours=25, minutes=30)


@pytest.mark.parametrize(
    ("airflow", "message"),
    [
        ("{runners: [kubernets]}", "found 'kubernets'"),
        ("{runners: [kubernetes]}", "found kubernetes without airflow.kubernetes, expected its image"),
        ("{kubernetes: {namespace: x}}", "airflow.kubernetes.image: field required"),
    ],
)
def test_bad_settings_are_one_line(shop: Shop, airflow: str, message: str) -> None:
    from airflow.dag_processing.dagbag import DagBag

    from dags.lakehouse import environment

    (shop.conf / "shop.yaml").write_text(f"airflow: {airflow}\n")
    environment.airflow_settings.cache_clear()
    errors = DagBag(str(PROJECT / "dags")).import_errors
    assert len(errors) == 3
    for text in errors.values():
        assert "shop.yaml" in text.strip().splitlines()[-2] + text.strip().splitlines()[-1]
        assert message in text


def test_read_without_spark_and_in_under_a_second_of_its_own(shop: Shop) -> None:
    """In a fresh process: what the DAG files take beyond Airflow and the providers they use."""
    shop.settings(runners=["kubernetes", "emr_serverless", "local"], kubernetes=KUBERNETES, emr_serverless=EMR)
    script = """
import runpy, sys, time
import airflow.sdk, airflow.timetables.interval, airflow.timetables.trigger
from airflow.sdk import DAG, Asset, AsyncCallback, BaseHook, BaseOperator, DeadlineAlert, Param, TaskGroup
import airflow.providers.cncf.kubernetes.operators.pod, airflow.providers.amazon.aws.operators.emr
import airflow.providers.standard.operators.python
begun = time.process_time()
for name in ("nightly", "backfill", "maintenance"):
    runpy.run_path(f"dags/lakehouse_{name}.py")
heavy = [name for name in ("pyspark", "delta", "deltalake", "duckdb") if name in sys.modules]
print(time.process_time() - begun, *heavy)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seconds, *heavy = done.stdout.split()
    assert not heavy
    assert float(seconds) < 1.0
