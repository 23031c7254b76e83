"""The runner `local`: exit codes, last words, and what a kill ends. A script stands in for the project's Python."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from tests.airflow.parts import until
from tests.airflow.shop import PROJECT
from tests.support.scripts import python_program

pytestmark = pytest.mark.airflow
Dags = Callable[..., dict[str, DAG]]


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Stands in for the project's Python: prints its words and environment, and ends as the date says."""
    code = f"""
import os, subprocess, sys, time
print("words", *sys.argv[1:])
print("env", os.getcwd(), os.environ.get("PYTHONPATH"), os.environ.get("AIRFLOW_HOME"), flush=True)
code = int(os.environ["END"])
if code < 0:
    child = subprocess.Popen(["sleep", "600"])
    open("{tmp_path}/part", "w").write(f"{{os.getpid()}} {{child.pid}}")
    os.rename("{tmp_path}/part", "{tmp_path}/pids")
    time.sleep(600)
if code:
    print("error: it ended\\n  look there", file=sys.stderr)
sys.exit(code)
"""
    return python_program(tmp_path / "python", code)


def run(dags: Dags, python: Path, task: str = "silver") -> None:
    dags(local={"python": str(python)})["lakehouse_nightly"].get_task(task).execute({})


@pytest.mark.parametrize(("code", "final"), [(1, False), (2, True), (3, True), (4, True), (9, False)])
def test_exit_codes(dags: Dags, python: Path, monkeypatch: pytest.MonkeyPatch, code: int, final: bool) -> None:
    monkeypatch.setenv("END", str(code))
    with pytest.raises(AirflowException) as caught:
        run(dags, python)
    assert isinstance(caught.value, AirflowFailException) == final
    assert caught.value.exit_code == code
    assert caught.value.words == "it ended\n  look there"


def test_the_job_runs_in_the_projects_own_environment(
    dags: Dags, python: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("END", "0")
    run(dags, python, "silver")
    printed = capfd.readouterr()
    said = printed.out + printed.err
    assert "words -P -m spark_app.jobs.silver --env shop --date" in said
    assert f"env {PROJECT} {PROJECT} None" in said


def test_no_environment_is_one_line(dags: Dags, tmp_path: Path) -> None:
    with pytest.raises(AirflowFailException, match=r"no Python there \(airflow\.local\.python\); make setup"):
        run(dags, tmp_path / "absent")


def test_a_kill_ends_the_job_and_what_it_started(
    dags: Dags, python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("END", "-1")
    task = dags(local={"python": str(python)})["lakehouse_nightly"].get_task("gold")
    ends: list[BaseException] = []

    def work() -> None:
        try:
            task.execute({})
        except AirflowException as error:
            ends.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    pids = until("the job runs", lambda: (tmp_path / "pids").is_file() and (tmp_path / "pids").read_text().split(), 60)
    task.on_kill()
    thread.join(60)
    assert not [pid for pid in map(int, pids) if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
    assert ends[0].exit_code == -signal.SIGTERM, "a try that was killed may be made again"
