"""All files of an export, and how they are written."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from spark_app.contracts.load import load_contracts
from spark_app.contracts.metrics import load_metrics
from spark_app.contracts.views import load_views
from spark_app.runtime.reporting import USUAL_CURRENCY
from superset_assets.charts import chart_file
from superset_assets.dashboards import load_dashboards
from superset_assets.datasets import SCHEMA, column_types, dataset
from superset_assets.identity import VERSION, identity
from superset_assets.layout import dashboard_file
from superset_assets.queries import worked_queries

# Same input, same bytes.
_WHEN = "2024-01-01T00:00:00+00:00"
_ZIP_WHEN = (2024, 1, 1, 0, 0, 0)
DATABASE = "databases/warehouse.yaml"


def files(uri: str, connect_args: Mapping[str, Any] | None = None, currency: str = USUAL_CURRENCY) -> dict[str, str]:
    """Every file of the export by its path.

    `uri` is the warehouse's SQLAlchemy URI, without a password; `connect_args` what the driver is given besides;
    `currency`: what gold reports in.
    """
    contracts = load_contracts()
    gold = [contract for contract in contracts.values() if contract.layer == "gold"]
    views = {view.name: view for view in load_views(contracts)}
    metrics = load_metrics(views.values())
    types = column_types(gold, views.values())
    made: dict[str, Mapping[str, Any]] = {
        "metadata.yaml": {"version": VERSION, "type": "assets", "timestamp": _WHEN},
        DATABASE: _database(uri, connect_args or {}),
    }
    for view in views.values():
        made[f"datasets/warehouse/{view.name}.yaml"] = dataset(view, metrics, types, currency)
    for dashboard in load_dashboards(metrics, views):
        made[f"dashboards/{dashboard.name}.yaml"] = dashboard_file(dashboard)
        for chart in dashboard.charts:
            made[f"charts/{chart.name.replace('/', '_')}.yaml"] = chart_file(chart, currency)
    for query in worked_queries():
        made[f"queries/warehouse/{query.name}.yaml"] = {
            "label": query.title,
            "description": query.text,
            "sql": query.sql,
            "schema": SCHEMA,
            "uuid": identity("query", query.name),
            "database_uuid": identity("database", "warehouse"),
            "version": VERSION,
        }
    return {path: yaml.safe_dump(dict(one), sort_keys=False, allow_unicode=True) for path, one in made.items()}


def _database(uri: str, connect_args: Mapping[str, Any]) -> dict[str, Any]:
    engine = {"connect_args": dict(connect_args)} if connect_args else {}
    return {
        "database_name": "Warehouse",
        "sqlalchemy_uri": _masked(uri),
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {"allows_virtual_table_explore": True, "metadata_params": {}, "engine_params": engine},
        "uuid": identity("database", "warehouse"),
        "version": VERSION,
    }


def _masked(uri: str) -> str:
    """With a user goes a password: this word stands for it, and an import must be told it or refuses."""
    return re.sub(r"//([^:/@?]+)@", r"//\1:XXXXXXXXXX@", uri)


def write(made: Mapping[str, str], to: Path) -> None:
    """Write the export as a zip, in one folder as Superset wants it."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path, text in made.items():
            bundle.writestr(zipfile.ZipInfo(f"lakehouse/{path}", _ZIP_WHEN), text)
