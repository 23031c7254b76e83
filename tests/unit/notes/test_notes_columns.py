"""What a run says of columns that went or came in the shop's files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from spark_app.notes.columns import tell_columns
from spark_app.runs.context import Context
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.record import RunRecord
from tests.support.ops_rows import put

FIRST, SECOND = date(2024, 3, 1), date(2024, 3, 2)
HEADER = ["order_id", "customer_id", "status"]


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run"))


def taken_in(context: Context, day: date, header: list[str], *, missing: list[str], unknown: list[str]) -> None:
    row = {"dataset": "orders", "batch_date": day, "file": f"orders/dt={day}/a.csv", "status": "ingested"}
    names = {"header": header, "missing_columns": missing, "unknown_columns": unknown}
    put(context.table("ops.ingested_files"), [{**row, **names, "bronze_version": day.day, "ingested_at": None}])


def test_a_column_that_went_is_a_notice_with_what_is_empty_now(context: Context) -> None:
    taken_in(context, FIRST, HEADER, missing=[], unknown=[])
    taken_in(context, SECOND, ["order_id", "customer_id", "state"], missing=["status"], unknown=["state"])
    tell_columns(context, {"orders": {SECOND}})
    [notice] = context.record.notices
    assert "`status`" in notice.lines[0]
    assert notice.lines[1] == ("without a value in these rows, unless the source is told the new name: orders.status")
    tell_columns(context, {"orders": {SECOND}})
    assert len(context.record.notices) == 1, "once a run"


def test_a_column_that_came_is_a_warning(context: Context) -> None:
    taken_in(context, FIRST, HEADER, missing=[], unknown=[])
    taken_in(context, SECOND, [*HEADER, "till"], missing=[], unknown=["till"])
    tell_columns(context, {"orders": {SECOND}})
    assert context.record.notices == []
    [warning] = context.record.warnings
    assert "`till`" in warning


def test_of_other_days_nothing_is_said(context: Context) -> None:
    taken_in(context, FIRST, HEADER, missing=[], unknown=[])
    taken_in(context, SECOND, [*HEADER, "till"], missing=[], unknown=["till"])
    tell_columns(context, {"orders": {FIRST}})
    tell_columns(context, {"orders": set()})
    assert context.record.warnings == []
