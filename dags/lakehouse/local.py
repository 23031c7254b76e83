"""The runner `local`: a process of the project's own environment on the worker's machine."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from airflow.sdk import BaseOperator

from dags.lakehouse import environment
from dags.lakehouse.outcome import KEPT_LINES, failure, last_words
from spark_app.runtime.layers import Program

SECONDS_TO_END = 20


def task(word: Program, arguments: Sequence[str], **options: Any) -> BaseOperator:
    """A task that runs `word` here."""
    settings = environment.airflow_settings().local
    return LocalJob(word=word, arguments=list(arguments), python=settings.python, **options)


class LocalJob(BaseOperator):
    """Runs a layer by the project's Python, passes its output to the task's log, and keeps its exit code."""

    template_fields = ("arguments",)

    def __init__(self, *, word: str, arguments: list[str], python: str, **options: Any) -> None:
        super().__init__(**options)
        self.word, self.arguments, self.python = word, arguments, python
        self._process: subprocess.Popen[str] | None = None

    def execute(self, context: Any) -> None:
        """Run it to its end; raises by its exit code."""
        python = environment.PROJECT / self.python
        if not python.is_file():
            raise failure(str(python), 2, "no Python there (airflow.local.python); make setup makes the project's own")
        command = [str(python), "-P", "-m", f"spark_app.jobs.{environment.script(self.word)}", *self.arguments]
        self.log.info("Running %s", " ".join(command))
        # A session of its own, so that Spark's JVM ends with it.
        self._process = subprocess.Popen(
            command,
            cwd=environment.PROJECT,
            env=_environment(python),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        kept: deque[str] = deque(maxlen=KEPT_LINES)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            kept.append(line.rstrip())
            self.log.info("%s", kept[-1])
        code = self._process.wait()
        _signal(self._process, signal.SIGKILL)  # whoever it left behind
        if code:
            raise failure(f"{self.word} on this machine", code, last_words(list(kept)))

    def on_kill(self) -> None:
        """End the process and all it started: politely, then not."""
        if self._process is None:
            return
        _signal(self._process, signal.SIGTERM)
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            _signal(self._process, signal.SIGKILL)


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # all have ended
        os.killpg(process.pid, number)


def _environment(python: Path) -> dict[str, str]:
    """This process's, without what makes a Python Airflow's."""
    ours = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "SPARK_HOME")
    kept = {key: value for key, value in os.environ.items() if key not in ours and not key.startswith("AIRFLOW")}
    path = f"{python.parent}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return kept | {
        "PATH": path,
        "PYTHONPATH": str(environment.PROJECT),
        "PYSPARK_PYTHON": str(python),
        "LAKEHOUSE_SCHEDULER": "airflow",
    }
