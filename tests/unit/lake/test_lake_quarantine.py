"""The quarantine as a table of the lake, without Spark: made, made fit, asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from spark_app.lake import log, quarantine
from spark_app.lake.paths import Lake


def test_a_new_quarantine_has_a_change_feed_and_says_whose_a_row_is(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    quarantine.ensure(lake, "run")
    table = DeltaTable(lake.table(quarantine.TABLE).path)
    assert table.metadata().configuration["delta.enableChangeDataFeed"] == "true"
    assert {field.name for field in table.schema().fields} >= set(quarantine.WHOSE)
    quarantine.ensure(lake, "run")
    assert DeltaTable(lake.table(quarantine.TABLE).path).version() == table.version() == 0


def test_one_from_before_gets_the_columns_and_a_version_to_take_changes_in_from(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    old = pa.table({"entity": ["payments"], "raw": ["{}"]})
    write_deltalake(lake.table(quarantine.TABLE).path, old, partition_by=["entity"])
    quarantine.ensure(lake, "run")
    table = DeltaTable(lake.table(quarantine.TABLE).path)
    assert {field.name for field in table.schema().fields} >= set(quarantine.WHOSE)
    assert log.data_version(lake.table(quarantine.TABLE)) == table.version()
    assert quarantine.select(lake, "SELECT raw, order_id, updated_at FROM quarantined") == [
        {"raw": "{}", "order_id": None, "updated_at": None}
    ]
    quarantine.ensure(lake, "run")
    assert DeltaTable(lake.table(quarantine.TABLE).path).version() == table.version()


def test_rows_of_some_entities(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    rows = pa.table({"entity": ["payments", "payments", "reviews"], "raw": ["1", "2", "3"]})
    write_deltalake(lake.table(quarantine.TABLE).path, rows, partition_by=["entity"])
    assert quarantine.rows_of(lake, 0, ("payments", "order_items")) == 2
    assert quarantine.rows_of(lake, 0, ("orders",)) == 0


def test_what_is_held_of_days_and_of_files_of_others(tmp_path: Path) -> None:
    lake, first, second = Lake(str(tmp_path)), date(2024, 3, 1), date(2024, 3, 2)
    rows = pa.table(
        {"entity": ["payments"] * 2, "batch_date": [first, second], "source_file": ["p/a.csv", "p/b.csv"]},
    )
    write_deltalake(lake.table(quarantine.TABLE).path, rows, partition_by=["entity"])
    assert quarantine.holds(lake, "payments", None)
    assert quarantine.holds(lake, "payments", [first])
    assert quarantine.holds(lake, "payments", [], files=["p/b.csv"])
    assert not quarantine.holds(lake, "payments", [], files=["p/c.csv"])
    assert not quarantine.holds(lake, "payments", [])
    assert not quarantine.holds(lake, "orders", None)
