"""Who runs a task: Kubernetes, EMR Serverless or this machine, as conf/<environment>.yaml says.

Each runner is a module with `task(word, arguments, **options)`, imported only where it is used: the providers take
seconds to import.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any

from airflow.sdk import BaseOperator, TaskGroup, chain

from dags.lakehouse import environment
from spark_app.runtime.airflow_settings import Runner
from spark_app.runtime.layers import LAYERS, Program


def words() -> tuple[Program, ...]:
    """What a run consists of: a task a layer, or one for all."""
    return ("run",) if environment.airflow_settings().one_task else LAYERS


def run(words: Sequence[Program], arguments: Sequence[str], outlets: Sequence[Any] = ()) -> None:
    """Tasks for `words`, one after the other, within the DAG being made; the last one updates `outlets`.

    With several runners each has a group of its own, and the run's param `runner` says which.
    """
    runners = environment.airflow_settings().runners
    if len(runners) == 1:
        _chained(runners[0], words, arguments, outlets)
        return
    chosen = _choice(f"{{runner}}.{words[0]}")
    for runner in runners:
        with TaskGroup(runner) as group:
            _chained(runner, words, arguments, outlets)
        chosen >> group


def _chained(runner: Runner, words: Sequence[Program], arguments: Sequence[str], outlets: Sequence[Any]) -> None:
    tasks = [task(runner, word, arguments, outlets=outlets if word == words[-1] else ()) for word in words]
    chain(*tasks)


def task(runner: Runner, word: Program, arguments: Sequence[str], **options: Any) -> BaseOperator:
    """One task that has `runner` do `word` with `arguments` (templates)."""
    made = import_module(f"dags.lakehouse.{runner}").task
    given = ["--env", environment.name(), *arguments]
    operator: BaseOperator = made(word, given, task_id=word, **options)
    if operator.execution_timeout is None:
        operator.execution_timeout = timedelta(minutes=environment.airflow_settings().timeout_minutes)
    return operator


def _choice(first_task: str) -> BaseOperator:
    from airflow.providers.standard.operators.python import BranchPythonOperator

    def chosen(params: Any) -> str:
        return first_task.format(runner=params["runner"])

    return BranchPythonOperator(task_id="runner", python_callable=chosen)
