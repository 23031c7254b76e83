"""The runner `emr_serverless` where it cannot start a job run, or must not start a second one; test_scheduler.py has
the runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred

from tests.airflow.emr import JobRuns, job_runs
from tests.airflow.shop import Shop

pytestmark = pytest.mark.airflow
Dags = Callable[..., dict[str, DAG]]


SETTINGS = {"application_id": "00abc", "role": "arn:aws:iam::000000000000:role/lakehouse"}


class Service:
    """EMR Serverless as far as this matters: a request whose token came before is answered with its job run."""

    def __init__(self) -> None:
        self.by_token: dict[str, str] = {}
        self.states: dict[str, str] = {}

    def get_application(self, **_: Any) -> dict[str, Any]:
        return {"application": {"state": "STARTED"}}

    def start_job_run(self, *, clientToken: str, **_: Any) -> dict[str, Any]:
        job = self.by_token.setdefault(clientToken, f"job-{len(self.by_token) + 1}")
        self.states.setdefault(job, "RUNNING")
        return {"jobRunId": job, "ResponseMetadata": {"HTTPStatusCode": 200}}

    def get_job_run(self, *, jobRunId: str, **_: Any) -> dict[str, Any]:
        return {"jobRun": {"state": self.states[jobRunId]}}


def a_try(number: int, run: str = "night-1") -> dict[str, Any]:
    """The context of a task's try."""
    ti = SimpleNamespace(dag_id="lakehouse_nightly", run_id=run, task_id="gold", map_index=-1, try_number=number)
    ti.xcom_push = lambda key, value: None
    return {"ti": ti}


def waited_for(dags: Dags, service: Service, context: dict[str, Any], **settings: str) -> str:
    """The job run that a try waits for; its worker reads the DAG anew, as each does."""
    task = dags(runners=["emr_serverless"], emr_serverless=SETTINGS | settings)["lakehouse_nightly"].get_task("gold")
    task.__dict__["hook"] = SimpleNamespace(conn=service)
    with pytest.raises(TaskDeferred) as deferred:
        task.execute(context)
    return str(deferred.value.trigger.job_id)


def test_a_try_whose_worker_was_lost_starts_no_second_job_run(dags: Dags) -> None:
    service = Service()
    assert waited_for(dags, service, a_try(1)) == "job-1"
    # Nobody heard of it: the same request again, and the next try's.
    assert waited_for(dags, service, a_try(1)) == "job-1"
    assert waited_for(dags, service, a_try(2)) == "job-1"
    assert len(service.states) == 1


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED", "CANCELLING", "SUCCESS"])
def test_a_job_run_that_is_over_is_followed_by_a_new_one_and_that_is_found_again_too(dags: Dags, state: str) -> None:
    service = Service()
    waited_for(dags, service, a_try(1))
    service.states["job-1"] = state
    assert waited_for(dags, service, a_try(2)) == "job-2"
    assert waited_for(dags, service, a_try(3)) == "job-2", "the second try was lost"
    service.states["job-2"] = state
    assert waited_for(dags, service, a_try(4)) == "job-3"


def test_a_try_starts_one_job_run_however_soon_that_ends(dags: Dags) -> None:
    service = Service()
    service.states |= {"job-1": "FAILED", "job-2": "FAILED"}
    assert waited_for(dags, service, a_try(1)) == "job-1", "what became of it is the waiting's to tell"
    assert waited_for(dags, service, a_try(2)) == "job-2"


def test_another_run_of_the_dag_and_other_settings_are_other_job_runs(dags: Dags) -> None:
    service = Service()
    waited_for(dags, service, a_try(1))
    assert waited_for(dags, service, a_try(1, run="night-2")) == "job-2"
    assert waited_for(dags, service, a_try(1), default_parameters="--conf spark.executor.memory=8g") == "job-3"


@pytest.fixture
def emr(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobRuns]:
    with job_runs(tmp_path / "emr", shop) as found:
        monkeypatch.setenv("AIRFLOW_CONN_SHOP_EMR", json.dumps(found.connection))
        yield found


def test_a_connection_that_airflow_does_not_have(dags: Dags, emr: JobRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_SHOP_EMR")
    dag = dags(runners=["emr_serverless"], emr_serverless=emr.settings)["lakehouse_nightly"]
    line = r"^airflow\.emr_serverless\.connection in conf/shop\.yaml: settings.*\nfound connection 'shop_emr', which"
    with pytest.raises(AirflowFailException, match=line):
        dag.get_task("gold").execute({})


def test_an_application_that_is_not_there(dags: Dags, emr: JobRuns) -> None:
    asked = emr.settings | {"application_id": "00absent"}
    dag = dags(runners=["emr_serverless"], emr_serverless=asked)["lakehouse_nightly"]
    with pytest.raises(AirflowFailException) as caught:
        dag.get_task("gold").execute(a_try(1))
    where, words = str(caught.value).splitlines()
    assert where.startswith("application 00absent (airflow.emr_serverless in conf/shop.yaml): settings")
    assert words == "ResourceNotFoundException: Application 00absent does not exist"
    assert not emr.all()


def test_an_application_that_does_not_start(dags: Dags, emr: JobRuns) -> None:
    """Waited for in the triggerer: what that says is told, and another try may fare better."""
    from dags.lakehouse.outcome import JobFailed

    dag = dags(runners=["emr_serverless"], emr_serverless=emr.settings)["lakehouse_nightly"]
    nothing_started = {"ti": SimpleNamespace(xcom_pull=lambda **_: None)}
    event = {"event": {"status": "error", "message": "no capacity"}}
    with pytest.raises(JobFailed, match=r"it did not start: .*no capacity"):
        dag.get_task("gold").resume_execution("execute", event, nothing_started)
    assert not emr.all()
