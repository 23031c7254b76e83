"""What a run is about, in bytes of landing: known before Spark starts, also where bronze ran in a process before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from spark_app.runs import work_size
from spark_app.runs.context import Context
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runs.work_size import size_work
from spark_app.runtime.layers import Layer
from spark_app.runtime.record import RunRecord
from tests.support.ops_rows import put

FILES = [  # dataset, day, file, bytes, bronze's commit
    ("orders", 1, "orders/a.csv", 100, 1),
    ("orders", 1, "orders/a.csv", 120, 3),  # the day again: what it held first is gone
    ("orders", 2, "orders/b.csv", 7, 3),
    ("payments", 1, "payments/a.csv", 1000, 1),
]


@pytest.fixture
def context(tmp_path: Path) -> Context:
    found = open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run"))
    names = ("dataset", "batch_date", "file", "size", "bronze_version")
    rows = [dict(zip(names, (one, date(2024, 3, day), *rest), strict=True)) for one, day, *rest in FILES]
    put(found.table("ops.ingested_files"), rows)
    return found


def sized(context: Context, *layers: Layer, rebuild_from: Layer | None = None) -> int:
    size_work(context, RunRequest("local", layers=layers, rebuild_from=rebuild_from))
    return context.record.landed_bytes


def test_a_layer_by_itself_works_on_what_no_release_shows(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sized(context, "silver") == 1127
    taken = {"bronze.orders": 2, "bronze.payments": 1}
    monkeypatch.setattr(work_size, "bronze_released", lambda lake: taken)
    assert sized(context, "gold") == 127
    assert sized(context, "silver", "gold", "audit", "publish") == 127


def test_what_is_derived_anew_is_made_of_all_that_is_held(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_size, "bronze_released", lambda lake: {"bronze.orders": 3, "bronze.payments": 1})
    assert sized(context, "gold", "audit", "publish", rebuild_from="gold") == 1127


@pytest.mark.parametrize("layers", [("bronze", "silver", "gold"), ("audit",), ()])
def test_bronze_says_itself_and_what_needs_no_spark_says_nothing(context: Context, layers: tuple[Layer, ...]) -> None:
    assert sized(context, *layers) == 0
