"""The views as Superset's datasets: columns with their descriptions, metrics as conf/metrics.yaml has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from spark_app.contracts.ddl_script import duckdb_script
from spark_app.contracts.metrics import Metric, Metrics, Unit
from spark_app.contracts.table import Contract
from spark_app.contracts.view import View
from spark_app.runtime import duck
from superset_assets.dashboards import day_of
from superset_assets.identity import VERSION, identity

SCHEMA = "analytics"
# How numbers are written: d3's format words, of which Superset takes the same.
FORMATS: Mapping[Unit, str] = {"money": ",.2f", "count": ",d", "percent": ".1%", "days": ",.1f", "score": ".2f"}
_TEMPORAL = ("DATE", "TIMESTAMP")

Types = Mapping[tuple[str, str], str]


def column_types(contracts: Iterable[Contract], views: Iterable[View]) -> Types:
    """The type of every view's column, by view and column: asked of an empty warehouse that DuckDB makes in memory."""
    with duck.connect() as connection:
        for statement in duckdb_script(contracts, list(views)):
            connection.execute(statement)
        rows = connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE schema_name = ?", [SCHEMA]
        ).fetchall()
    return {(table, column): kind for table, column, kind in rows}


def dataset(view: View, metrics: Metrics, types: Types, currency: str) -> dict[str, Any]:
    """One view's dataset. It has no catalog: the database's own."""
    return {
        "table_name": view.name,
        "schema": SCHEMA,
        "description": f"{view.description} Grain: {view.grain}.",
        "main_dttm_col": day_of(view),
        "filter_select_enabled": True,
        "normalize_columns": False,
        "always_filter_main_dttm": False,
        "columns": [_column(column.name, types[view.name, column.name], column.description) for column in view.columns],
        "metrics": [_metric(metric, currency) for metric in metrics.of_view(view.name)],
        "uuid": identity("dataset", view.name),
        "database_uuid": identity("database", "warehouse"),
        "version": VERSION,
    }


def _column(name: str, kind: str, description: str) -> dict[str, Any]:
    return {
        "column_name": name,
        "verbose_name": name.replace("_", " ").capitalize(),
        "description": description,
        "type": kind,
        "is_dttm": re.match(r"[A-Z]*", kind)[0] in _TEMPORAL,  # type: ignore[index]  # always matches
        "is_active": True,
        "groupby": True,
        "filterable": True,
    }


def _metric(metric: Metric, currency: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "metric_name": metric.name,
        "verbose_name": metric.title,
        "expression": metric.sql,
        "description": metric.description,
        "d3format": FORMATS[metric.unit],
    }
    if metric.unit == "money":
        shown["currency"] = {"symbol": currency, "symbolPosition": "prefix"}
    return shown
