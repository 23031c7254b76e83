"""What every task of every DAG is given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dags.lakehouse import environment
from dags.lakehouse.alerts import task_failed


def arguments() -> dict[str, Any]:
    """What all tasks have in common."""
    settings = environment.airflow_settings()
    return {
        "owner": "lakehouse",
        "retries": settings.retries,
        "retry_delay": timedelta(seconds=settings.retry_seconds),
        "retry_exponential_backoff": 2,
        "max_retry_delay": timedelta(minutes=30),
        "pool": settings.pool,
        # Of several runs that want a slot, the one that has come farthest: it ends before another begins.
        "weight_rule": "upstream",
        # Only a task that fails for good calls this, and those behind it never run: one message a cause.
        "on_failure_callback": task_failed,
    }
