"""`ops` rows: what is written is what the table has columns for, or nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from spark_app.lake import ops
from spark_app.lake.paths import Lake
from spark_app.runtime.errors import LakeError
from tests.support.ops_rows import put

STEP: dict[str, Any] = {
    "run_id": "r1",
    "layer": "gold",
    "table_name": "fact_orders",
    "started_at": None,
    "seconds": 1.5,
    "action": "merged",
    "rows_written": 3,
    "version": 7,
}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path))


def test_a_row_comes_back_as_it_was_written(lake: Lake) -> None:
    ops.add(lake.table("ops.steps"), [STEP])
    assert ops.select(lake.table("ops.steps"), "SELECT * FROM ops_rows") == [STEP]


def test_a_misspelt_column_is_an_error_and_nothing_is_written(lake: Lake) -> None:
    row = {**STEP, "row_written": 3}
    del row["rows_written"]
    with pytest.raises(LakeError, match="unknown column 'row_written'; did you mean 'rows_written'"):
        ops.add(lake.table("ops.steps"), [STEP, row])
    assert ops.select(lake.table("ops.steps"), "SELECT * FROM ops_rows") == []


@pytest.mark.parametrize("table", ops.SCHEMAS)
def test_each_column_of_each_table_must_be_given(lake: Lake, table: str) -> None:
    names = ops.SCHEMAS[table].names
    for name in names:
        row = {each: None for each in names if each != name}
        with pytest.raises(LakeError, match=rf"{re.escape(table)}: a row is not written: no {name}; expected"):
            ops.add(lake.table(table), [row])


def test_no_rows_are_no_commit(lake: Lake) -> None:
    ops.add(lake.table("ops.steps"), [])
    assert not Path(lake.table("ops.steps").path).exists()


def test_tests_may_leave_columns_out_but_not_misspell_them(lake: Lake) -> None:
    put(lake.table("ops.steps"), [{"run_id": "r2"}])
    assert ops.select(lake.table("ops.steps"), "SELECT run_id, seconds FROM ops_rows") == [
        {"run_id": "r2", "seconds": None}
    ]
    with pytest.raises(LakeError, match="unknown column 'runid'"):
        put(lake.table("ops.steps"), [{"runid": "r3"}])


ALERTS = "SELECT count(*) AS n FROM ops_rows"


@pytest.mark.parametrize("in_memory", [ops.IN_MEMORY, 0], ids=["held", "too many to be held"])
def test_what_is_asked_again_is_read_once_and_what_was_added_since_is_seen(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    monkeypatch.setattr(ops, "IN_MEMORY", in_memory)
    table = lake.table("ops.alerts")
    for known in (1, 2, 3):
        put(table, [{"run_id": f"r{known}"}])
        assert [ops.select(table, ALERTS) for _ in range(2)] == [[{"n": known}]] * 2
        read = [ops._whole(table, known - 1) for _ in range(2)]
        assert read[0] is read[1]
        assert isinstance(read[0], pa.Table) == bool(in_memory)
