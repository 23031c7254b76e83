"""Rows that landed, as files were counted when bronze took them in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
from deltalake import write_deltalake

from spark_app.contracts.table import Column, Type
from spark_app.lake import ledger, log, ops, writes
from spark_app.lake.paths import Lake

DAY, NEXT = date(2024, 3, 5), date(2024, 3, 6)


def entry(file: str, rows: int | None, version: int, day: date = DAY) -> dict[str, object]:
    given = {"dataset": "lines", "batch_date": day, "file": file, "rows": rows, "bronze_version": version}
    return {**dict.fromkeys(ops.SCHEMAS["ops.ingested_files"].names), **given}


def test_the_newest_taking_in_of_a_day_counts(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    ops.add(
        lake.table("ops.ingested_files"), [entry("a", 5, 1), entry("b", 7, 1), entry("a", 6, 3), entry("c", 1, 2, NEXT)]
    )
    assert ledger.counted(lake, "lines", [DAY, NEXT], 3) == {DAY: 6, NEXT: 1}
    assert ledger.counted(lake, "lines", [DAY], 2) == {DAY: 12}
    assert ledger.files_of(lake, "lines", DAY, 2) == {"a": 5, "b": 7}
    assert ledger.counted(lake, "others", [DAY], 3) == {}


def test_a_day_of_which_a_file_was_not_counted_is_not_known(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    ops.add(lake.table("ops.ingested_files"), [entry("a", 5, 1), entry("b", None, 1), entry("c", 1, 1, NEXT)])
    assert ledger.counted(lake, "lines", [DAY, NEXT], 1) == {NEXT: 1}


def test_a_lake_of_an_older_program_counted_no_file(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    old = ops.SCHEMAS["ops.ingested_files"]
    old = old.remove(old.get_field_index("rows"))
    row = {name: value for name, value in entry("a", None, 1).items() if name != "rows"}
    write_deltalake(lake.table("ops.ingested_files").path, pa.Table.from_pylist([row], schema=old))
    assert ledger.counted(lake, "lines", [DAY], 1) == {}
    assert ledger.files_of(lake, "lines", DAY, 1) == {}
    ops.add(lake.table("ops.ingested_files"), [entry("b", 3, 2, NEXT)])
    assert ledger.counted(lake, "lines", [DAY, NEXT], 2) == {NEXT: 3}


def test_a_run_killed_before_it_wrote_the_ledger_has_counted_all_the_same(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    writes.create(lake.table("bronze.lines"), [Column("order_id", Type("string"), False, "", "", None, None)])
    note = log.note_text("run-1", {}, days={"2024-03-05": "word"}, rows={"2024-03-05": 12})
    writes.advance(lake.table("bronze.lines"), note)
    assert ledger.unnoted(lake, "lines") == [ledger.Unnoted(DAY, "word", 1, "run-1", 12)]
