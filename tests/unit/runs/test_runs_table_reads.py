"""When Redshift is asked who reads its tables, and what is said where it does not tell."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from spark_app.costs.reads import TableReads, keep_look, read_last_look
from spark_app.lake import releases
from spark_app.lake.releases import Release
from spark_app.runs.context import Context
from spark_app.runs.table_reads import keep_table_reads
from spark_app.runtime.errors import WarehouseError
from spark_app.runtime.settings import RedshiftSettings
from spark_app.warehouse import redshift_reads, redshift_session
from spark_app.warehouse.redshift_reads import Viewer
from tests.support.watched_shop import World

NOW = datetime.now(UTC)
TABLES = {"gold.fact_orders": 1, "gold.daily_channels": 1, "gold.daily_sales": 1}


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """A released lake, and Redshift without one of its tables."""
    made = World(tmp_path).context
    releases.record(made.lake, Release(1, "r1", "run", TABLES, None, None, NOW))
    redshift = RedshiftSettings.model_validate({"host": "h", "user": "u", "leave_out": ["daily_channels"]})
    update = {"warehouse": "redshift", "redshift": redshift}
    return replace(made, settings=made.settings.model_copy(update=update))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A Redshift that sees everybody: what it says (or raises) can be changed, how often it was asked is counted."""
    said: dict[str, Any] = {"times": 0, "viewer": Viewer(7, sees_everybody=True), "reads": {}, "error": None}

    @contextmanager
    def connected(_: RedshiftSettings) -> Any:
        said["times"] += 1
        if said["error"]:
            raise said["error"]
        yield None

    monkeypatch.setattr(redshift_session, "connected", connected)
    monkeypatch.setattr(redshift_reads, "find_viewer", lambda _: said["viewer"])
    monkeypatch.setattr(redshift_reads, "last_reads", lambda *_: said["reads"])
    return said


def test_once_a_day_of_the_tables_that_the_warehouse_has(context: Context, asked: dict[str, Any]) -> None:
    asked["reads"] = {"fact_orders": NOW, "daily_channels": NOW, "of_somebodys_own": NOW}
    for _ in range(3):
        keep_table_reads(context)
    assert asked["times"] == 1
    found = {one.table_name: one.last_read_at for one in read_last_look(context.lake)}
    assert found == {"fact_orders": NOW, "daily_sales": None}


def test_a_warehouse_that_is_no_redshift_is_never_asked(context: Context, asked: dict[str, Any]) -> None:
    keep_table_reads(replace(context, settings=context.settings.model_copy(update={"warehouse": "duckdb"})))
    assert (asked["times"], read_last_look(context.lake)) == (0, [])


@pytest.mark.parametrize(
    "error", [None, redshift_session.Refused("permission denied for relation sys_query_detail")], ids=["own", "none"]
)
def test_where_others_are_not_seen_it_is_said_when_met_first(
    context: Context, asked: dict[str, Any], error: Exception | None
) -> None:
    yesterday = NOW - timedelta(days=1)
    keep_look(context.lake, "r0", [TableReads("fact_orders", yesterday, yesterday, None)])
    asked["viewer"], asked["error"] = Viewer(7, sees_everybody=False), error
    keep_table_reads(context)
    ((cause, lines),) = [(one.cause, one.lines) for one in context.record.notices]
    assert (cause, len(lines)) == ("who reads tables", 1)
    expected = "permission denied" if error else "the loading user sees no other user's queries"
    assert lines[0].startswith(f"who reads which table of Redshift is not known: {expected}")
    assert {one.watched_since for one in read_last_look(context.lake)} == {None}


def test_and_not_again_the_next_day(context: Context, asked: dict[str, Any]) -> None:
    keep_look(context.lake, "r0", [TableReads("fact_orders", NOW - timedelta(days=1), None, None)])
    asked["viewer"] = Viewer(7, sees_everybody=False)
    keep_table_reads(context)
    assert (asked["times"], context.record.notices) == (1, [])


def test_one_that_does_not_answer_is_asked_again_by_the_next_run(context: Context, asked: dict[str, Any]) -> None:
    asked["error"] = WarehouseError("warehouse redshift h:5439/dev: no connection")
    keep_table_reads(context)
    assert context.record.warnings == [
        "who reads which table of Redshift is not known: warehouse redshift h:5439/dev: no connection"
    ]
    assert read_last_look(context.lake) == []
    asked["error"] = None
    keep_table_reads(context)
    assert [one.watched_since is not None for one in read_last_look(context.lake)] == [True, True]
