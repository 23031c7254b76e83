"""Small files are packed: no row changes, nothing is news, and versions from before stay readable."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from spark_app.lake import log, ops, packing, writes
from spark_app.lake.packing import MANY, pack_ops, pack_table
from spark_app.lake.paths import Lake
from tests.support.ops_rows import put

TABLE = "silver.orders"
MARCH, APRIL = date(2024, 3, 1), date(2024, 4, 1)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A table with a file a row: many of March, few of April."""
    made = Lake(str(tmp_path))
    config = {"delta.enableChangeDataFeed": "true"}
    for number in range(MANY + 2):
        row = pa.table({"id": [number], "_month": pa.array([MARCH if number < MANY else APRIL], pa.date32())})
        write_deltalake(made.table(TABLE).path, row, mode="append", partition_by=["_month"], configuration=config)
    writes.advance(made.table(TABLE), log.note_text("r1", {"bronze.orders": 7}))
    return made


def files(lake: Lake, table: str = TABLE, version: int | None = None) -> int:
    return len(DeltaTable(lake.table(table).path, version=version).file_uris())


def ids(lake: Lake, version: int | None = None) -> list[int]:
    return sorted(DeltaTable(lake.table(TABLE).path, version=version).to_pyarrow_table().column("id").to_pylist())


def test_only_the_partition_with_many_small_files_is_packed(lake: Lake) -> None:
    assert files(lake) == MANY + 2
    assert pack_table(lake.table(TABLE), "r2")
    assert files(lake) == 1 + 2
    assert ids(lake) == list(range(MANY + 2))
    assert not pack_table(lake.table(TABLE), "r3"), "few files are left as they are"


def test_it_is_no_news_for_what_is_behind_the_table(lake: Lake) -> None:
    before, version = log.data_version(lake.table(TABLE)), log.version_of(lake.table(TABLE)) or 0
    pack_table(lake.table(TABLE), "r2")
    assert log.data_version(lake.table(TABLE)) == before
    assert log.last_commit(lake.table(TABLE)).sources == {"bronze.orders": 7}
    feed = pa.table(DeltaTable(lake.table(TABLE).path).load_cdf(starting_version=version + 1).read_all())
    assert feed.num_rows == 0
    assert ids(lake, version) == list(range(MANY + 2)), "a reader of the version before still reads"


def test_ops_tables_are_packed_too_and_say_the_same(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MANY", 5)
    for number in range(6):
        put(lake.table("ops.runs"), [{"run_id": f"r{number}", "started_at": datetime(2024, 3, 1, tzinfo=UTC)}])
    put(lake.table("ops.alerts"), [{"run_id": "r1"}])
    assert pack_ops(lake) == ["ops.runs"]
    assert files(lake, "ops.runs") == 1
    assert {row["run_id"] for row in ops.select(lake.table("ops.runs"), "SELECT run_id FROM ops_rows")} == {
        f"r{number}" for number in range(6)
    }
    put(lake.table("ops.runs"), [{"run_id": "r9"}])
    assert len(ops.select(lake.table("ops.runs"), "SELECT 1 AS one FROM ops_rows")) == 7


def test_where_there_is_no_table_nothing_is_packed(tmp_path: Path) -> None:
    assert not pack_table(Lake(str(tmp_path)).table(TABLE), "r")
    assert pack_ops(Lake(str(tmp_path))) == []
