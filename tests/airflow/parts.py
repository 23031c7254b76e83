"""The parts of `airflow standalone`, each a process of its own, on free ports and a fresh home, ended for certain."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import psutil

from tests.support.receivers import free_port

T = TypeVar("T")
AIRFLOW = [sys.executable, "-m", "airflow"]
PARTS = ("api-server", "dag-processor", "scheduler", "triggerer")
ENDED = ("success", "failed")


def until(what: str, found: Callable[[], T | None], seconds: float, look: Callable[[], None] = lambda: None) -> T:
    """What `found` gives as soon as it gives something; `look` may raise when waiting has become pointless."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        look()
        assert time.monotonic() < deadline, f"not in {seconds:.0f} s: {what}"
        time.sleep(0.5)
    return value


def airflow(environment: Mapping[str, str], *words: str) -> str:
    """Airflow's command; its output, and an assertion where it fails."""
    done = subprocess.run([*AIRFLOW, *words], env=dict(environment), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"airflow {' '.join(words)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


class Airflow:
    """A running Airflow, spoken to by its REST API."""

    def __init__(self, home: Path, environment: Mapping[str, str], port: int) -> None:
        self.home, self.environment, self.url = home, dict(environment), f"http://localhost:{port}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._token = ""

    def begin(self) -> None:
        """Start all parts, and wait for the API, every part's heartbeat, and the DAGs."""
        (self.home / "parts").mkdir()
        for part in PARTS:
            with (self.home / "parts" / f"{part}.log").open("wb") as log:
                self._processes[part] = subprocess.Popen(
                    [*AIRFLOW, part], env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
            if part == "api-server":  # the others ask it
                until("the API answers", self._answers, 600, self.look)
        until("all parts are healthy", self._healthy, 600, self.look)

    def look(self) -> None:
        """Raises where a part has ended."""
        for part, process in self._processes.items():
            assert process.poll() is None, f"{part} ended: {self.log(part)[-4000:]}"

    def end(self) -> None:
        """End all parts and whatever they have started: children outlive a SIGTERM to their parent."""
        found: list[psutil.Process] = []
        for process in self._processes.values():
            with suppress(psutil.NoSuchProcess):
                parent = psutil.Process(process.pid)
                found += [parent, *parent.children(recursive=True)]
        for one in found:
            with suppress(psutil.NoSuchProcess):
                one.terminate()
        _, alive = psutil.wait_procs(found, timeout=10)
        for one in alive:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(alive, timeout=10)

    def log(self, part: str) -> str:
        return (self.home / "parts" / f"{part}.log").read_text(errors="replace")

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer of the REST API; an assertion with its words where it refuses."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(f"{self.url}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode(errors='replace')}") from None
        return json.loads(text) if text else None

    def pause(self, dag: str, paused: bool) -> None:
        self.call("PATCH", f"/api/v2/dags/{dag}", {"is_paused": paused})

    def trigger(self, dag: str, **conf: Any) -> str:
        """Start a run by hand; its id."""
        made = self.call("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})
        return str(made["dag_run_id"])

    def runs(self, dag: str, run_type: str) -> list[dict[str, Any]]:
        """The runs of a kind, oldest first."""
        found = self.call("GET", f"/api/v2/dags/{dag}/dagRuns?limit=100")["dag_runs"]
        return sorted((one for one in found if one["run_type"] == run_type), key=lambda one: str(one["run_after"]))

    def run(self, dag: str, run: str) -> dict[str, Any]:
        return dict(self.call("GET", f"/api/v2/dags/{dag}/dagRuns/{run}"))

    def tasks(self, dag: str, run: str) -> dict[str, dict[str, Any]]:
        """A run's task instances by task."""
        found = self.call("GET", f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances")["task_instances"]
        return {one["task_id"]: one for one in found}

    def read_again(self, dag: str) -> None:
        """Ask the DAG processor to read the DAG's file anew, for settings that have changed."""
        token = self.call("GET", f"/api/v2/dags/{dag}")["file_token"]
        self.call("PUT", f"/api/v2/parseDagFile/{token}")

    def task_ids(self, dag: str) -> list[str]:
        """The tasks of the DAG as it is now."""
        return [one["task_id"] for one in self.call("GET", f"/api/v2/dags/{dag}/tasks")["tasks"]]

    def ended(self, dag: str, run: str, seconds: float) -> dict[str, Any]:
        """A run when it has ended."""

        def look() -> dict[str, Any] | None:
            found = self.run(dag, run)
            return found if found["state"] in ENDED else None

        return until(f"{run} ends", look, seconds, self.look)

    def words(self, dag: str, run: str, task: str, number: int = 1) -> str:
        """The log of a task's try."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}/logs/{number}"
        found = self.call("GET", path)["content"]
        return "\n".join(str(one.get("event", one)) if isinstance(one, dict) else str(one) for one in found)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/auth/token", timeout=10) as answer:
                self._token = json.loads(answer.read())["access_token"]
        except (urllib.error.URLError, OSError):
            return False
        return True

    def _healthy(self) -> bool:
        found = self.call("GET", "/api/v2/monitor/health")
        parts = ("scheduler", "triggerer", "dag_processor")
        return all(found[part]["status"] == "healthy" for part in parts) and self._has_dags()

    def _has_dags(self) -> bool:
        problems = self.call("GET", "/api/v2/importErrors")["import_errors"]
        assert not problems, problems
        return len(self.call("GET", "/api/v2/dags")["dags"]) == 3


@contextmanager
def running(migrated: Path, home: Path, environment: Mapping[str, str]) -> Iterator[Airflow]:
    """A fresh Airflow for as long as the block lasts."""
    shutil.copytree(migrated, home)
    port, worker_logs, trigger_logs = free_port(), free_port(), free_port()
    own = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://localhost:{port}/execution/",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__HOST": "localhost",
        "AIRFLOW__API__BASE_URL": f"http://localhost:{port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": "only-for-tests-of-one-machine-0123456789",
        "AIRFLOW__API_AUTH__JWT_SECRET": "only-for-tests-of-one-machine-0123456789-0123456789-0123456789-01",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600",  # only when asked: it costs a processor
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": f"{home}/logs",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(worker_logs),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(trigger_logs),
    }
    made = Airflow(home, {**environment, **own}, port)
    try:
        made.begin()
        yield made
    finally:
        made.end()
