"""What Redshift Serverless has charged, read from the stand-in, and billed by the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from redshift_standin import Standin, start

from spark_app.costs.history import run_costs
from spark_app.costs.prices import load_prices
from spark_app.runs.context import Context
from spark_app.runs.warehouse_cost import keep_warehouse_cost
from spark_app.runtime.settings import RedshiftSettings
from spark_app.warehouse import redshift_session
from spark_app.warehouse.redshift_session import connected
from spark_app.warehouse.redshift_usage import charged_by_day
from tests.support.standin import logged_in
from tests.support.watched_shop import World

TODAY = datetime.now(UTC).date()
YESTERDAY, BEFORE = TODAY - timedelta(days=1), TODAY - timedelta(days=2)


@pytest.fixture(scope="module")
def redshift() -> Iterator[Standin]:
    """Charged: two minutes of 8 RPU the day before yesterday, one of them right before midnight; one yesterday."""
    with start() as standin:
        with logged_in(standin) as sql:
            for day, time in ((BEFORE, "02:10"), (BEFORE, "23:59"), (YESTERDAY, "00:00"), (TODAY, "00:10")):
                values = f"'{day} {time}', '{day} {time}:59', 300, 8, 480"
                sql.execute(f"INSERT INTO standin.serverless_usage VALUES ({values})".encode())
        yield standin


@pytest.fixture
def settings(redshift: Standin, monkeypatch: pytest.MonkeyPatch) -> RedshiftSettings:
    monkeypatch.setenv("LAKEHOUSE_REDSHIFT_PASSWORD", redshift.password)
    given: dict[str, Any] = {"host": redshift.host, "port": redshift.port, "user": redshift.user, "ssl": False}
    return RedshiftSettings(**given, database=redshift.database, temp="s3://bucket/temp")


def test_seconds_are_of_the_day_they_began(settings: RedshiftSettings) -> None:
    with connected(settings) as session:
        assert charged_by_day(session, BEFORE, YESTERDAY) == {BEFORE: 960, YESTERDAY: 480}
        assert charged_by_day(session, YESTERDAY, YESTERDAY) == {YESTERDAY: 480}
        assert charged_by_day(session, BEFORE - timedelta(days=9), BEFORE - timedelta(days=1)) == {}


def test_each_day_is_billed_once(settings: RedshiftSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """960 RPU-seconds: 0.266667 RPU-hours at 0.375; 480: 0.133333. Today is not over."""
    asked: list[str] = []

    def by_password(serverless: RedshiftSettings) -> Any:
        asked.append(serverless.workgroup or "")
        return connected(settings)

    monkeypatch.setattr(redshift_session, "connected", by_password)
    context = of_warehouse(World(tmp_path).context, settings.model_copy(update={"workgroup": "analytics"}))
    for _ in range(2):
        keep_warehouse_cost(context, load_prices())
    found = [(one.day, one.command, one.dollars) for one in run_costs(context.lake, BEFORE, TODAY)]
    assert found == [(BEFORE, "warehouse", Decimal("0.1")), (YESTERDAY, "warehouse", Decimal("0.05"))]
    assert asked == ["analytics"], "a day that has its bill is not asked for again"


def test_a_cluster_is_billed_by_its_nodes_and_never_asked(settings: RedshiftSettings, tmp_path: Path) -> None:
    """Two nodes for 24 hours at 1.086. Of the days before the first bill nothing is known."""
    context = of_warehouse(World(tmp_path).context, settings)
    keep_warehouse_cost(context, load_prices())
    assert run_costs(context.lake, BEFORE, TODAY) == [], "the settings name no nodes"
    cost = context.settings.cost.model_copy(update={"redshift_nodes": 2})
    context = replace(context, settings=context.settings.model_copy(update={"cost": cost}))
    for _ in range(2):
        keep_warehouse_cost(context, load_prices())
    found = [(one.day, one.command, one.dollars) for one in run_costs(context.lake, BEFORE, TODAY)]
    assert found == [(YESTERDAY, "warehouse", Decimal("52.128"))]


def of_warehouse(context: Context, redshift: RedshiftSettings) -> Context:
    update = {"warehouse": "redshift", "redshift": redshift}
    return replace(context, settings=context.settings.model_copy(update=update))
