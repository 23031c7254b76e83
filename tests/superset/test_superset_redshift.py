"""The same assets over Redshift's stand-in: every metric, asked through Superset by a user who may only read."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import start
from playwright.sync_api import APIRequestContext, Page
from redshift_standin import Standin
from redshift_standin import start as start_standin
from superset_assets.dashboards import day_of

from spark_app.contracts.load import load_contracts
from spark_app.contracts.metrics import Metric, load_metrics
from spark_app.contracts.view import View
from spark_app.contracts.views import load_views
from tests.support.demo_shop import into_redshift

pytestmark = pytest.mark.superset
VIEWS = {view.name: view for view in load_views(load_contracts())}
METRICS = load_metrics(VIEWS.values())


def test_every_metric_is_the_same_over_redshift(page: Page, superset, warehouse: Path) -> None:
    with start_standin(s3_endpoint="http://127.0.0.1:1") as redshift:
        into_redshift(warehouse, redshift, "superset", "Superset-1")
        brought_to(superset, redshift)
        try:
            uri = page.request.get("/api/v1/database/1/connection").json()["result"]["sqlalchemy_uri"]
            assert uri.startswith("redshift+redshift_connector://superset:XXXXXXXXXX@")
            known = page.request.get("/api/v1/dataset/?q=(page_size:100)").json()["result"]
            ids = {dataset["table_name"]: dataset["id"] for dataset in known}
            asked = {name: answer(page.request, ids[name], VIEWS[name]) for name in {m.view for m in all_metrics()}}
        finally:
            start.prepare(superset.environment, start.duckdb_uri(warehouse))
    for metric in all_metrics():
        assert asked[metric.view][metric.name] == pytest.approx(expected(warehouse, metric), rel=1e-6), metric.name


def all_metrics() -> list[Metric]:
    return list(METRICS.by_name.values())


def brought_to(superset, redshift: Standin) -> None:
    """The assets over the stand-in, in place of those over DuckDB."""
    uri = f"redshift+redshift_connector://superset@{redshift.host}:{redshift.port}/{redshift.database}"
    start.prepare(superset.environment | {"SUPERSET_WAREHOUSE_PASSWORD": "Superset-1"}, uri, {"ssl": False})


def answer(request: APIRequestContext, dataset: int, view: View) -> dict[str, float]:
    """All metrics of a view in one query, over a range of days as a dashboard's filter has it."""
    day = day_of(view)
    days = [{"col": day, "op": "TEMPORAL_RANGE", "val": "2024-01-01 : 2024-03-01"}] if day else []
    query = {
        "metrics": [metric.name for metric in METRICS.of_view(view.name)],
        "filters": days,
        "columns": [],
        "row_limit": 10,
    }
    token = request.get("/api/v1/security/csrf_token/").json()["result"]
    asked = {"datasource": {"id": dataset, "type": "table"}, "queries": [query], "result_format": "json"}
    done = request.post("/api/v1/chart/data", headers={"X-CSRFToken": token}, data=asked)
    assert done.ok, done.text()
    return {name: float(value) for name, value in done.json()["result"][0]["data"][0].items()}


def expected(warehouse: Path, metric: Metric) -> float:
    """The same of the warehouse: over the demo's days where a view has days, and so without what is of no known day."""
    day = day_of(VIEWS[metric.view])
    known = f" WHERE {day} IS NOT NULL" if day else ""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return float(connection.execute(f"SELECT {metric.sql} FROM analytics.{metric.view}{known}").fetchone()[0])
