"""The runner `emr_serverless` where it cannot start a job run: one line each. test_scheduler.py has the runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException

from tests.airflow.emr import JobRuns, job_runs
from tests.airflow.shop import Shop

pytestmark = pytest.mark.airflow
Dags = Callable[..., dict[str, DAG]]


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
        dag.get_task("gold").execute({})
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
