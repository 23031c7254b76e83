"""Airflow connections that the settings name: there, or said in one line."""

from __future__ import annotations

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from dags.lakehouse import environment
from dags.lakehouse.outcome import failure


def check_connection(connection: str | None, setting: str) -> None:
    """Fails for good where `connection` is named and Airflow has none such."""
    if connection is None:
        return
    try:
        BaseHook.get_connection(connection)
    except AirflowNotFoundException:
        where = f"{setting} in conf/{environment.name()}.yaml"
        words = f"found connection '{connection}', which Airflow does not have; airflow connections add {connection} …"
        raise failure(where, 2, words) from None
