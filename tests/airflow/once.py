"""Whole runs of a DAG by `dag.test()` (one_run.py), each Airflow home its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.airflow.parts import airflow
from tests.airflow.shop import PROJECT


class Once:
    """Runs a DAG once, in an Airflow home of its own."""

    def __init__(self, migrated: Path, home: Path, environment: dict[str, str]) -> None:
        shutil.copytree(migrated, home)
        database = f"sqlite:///{home}/airflow.db"
        self.environment = environment | {"AIRFLOW_HOME": str(home), "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database}
        airflow(self.environment, "dags", "reserialize")

    def run(self, dag: str, run_after: str, **conf: Any) -> dict[str, Any]:
        """The run's state, its tasks', and what was printed."""
        command = [sys.executable, str(PROJECT / "tests/airflow/one_run.py"), dag, run_after, json.dumps(conf)]
        done = subprocess.run(
            command, env=self.environment, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=3600
        )
        printed = done.stdout + done.stderr
        assert done.returncode == 0, printed[-6000:]
        return {**json.loads(done.stdout.splitlines()[-1]), "printed": printed}
