"""Which environment the DAGs run, its settings, and the gold tables as assets. Reads YAML, never Spark."""

from __future__ import annotations

import os
from datetime import datetime
from functools import cache
from pathlib import Path

from airflow.sdk import Asset

from spark_app.contracts.names import table_names
from spark_app.runtime.airflow_settings import AirflowSettings
from spark_app.runtime.settings import load_settings

VARIABLE = "LAKEHOUSE_ENV"
PROJECT = Path(__file__).resolve().parents[2]
# Any day before the shop's first: Airflow makes no run before it.
BEGINNING = datetime.fromisoformat("2000-01-01T00:00:00+00:00")

_SCRIPTS = {"run": "nightly"}  # the other words are the names of their scripts


def script(word: str) -> str:
    """The module in spark_app/jobs that does `word`."""
    return _SCRIPTS.get(word, word)


def name() -> str:
    """The environment: `$LAKEHOUSE_ENV`, else `local`."""
    return os.environ.get(VARIABLE) or "local"


@cache
def airflow_settings() -> AirflowSettings:
    """The section `airflow` of conf/<environment>.yaml; what is wrong with it is the DAG's import error."""
    return load_settings(name()).airflow


@cache
def gold_assets() -> list[Asset]:
    """One asset a gold table, named as the contracts name it; other DAGs may follow `Asset("gold.daily_sales")`."""
    return [Asset(f"gold.{name}", group="lakehouse") for name in table_names("gold")]
