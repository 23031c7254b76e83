"""What Delta's logs say of commits: how many rows each wrote, and whether they are ours."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from spark_app.contracts.table import Column, Type
from spark_app.lake import contents, log, writes
from spark_app.lake.log import note_text
from spark_app.lake.paths import Lake, Table
from spark_app.runtime.errors import SettingsError


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """gold.t: 3 rows, then 2 more, then a commit of a note alone."""
    lake = Lake(str(tmp_path))
    for first, last in ((0, 3), (3, 5)):
        write_deltalake(lake.table("gold.t").path, pa.table({"k": list(range(first, last))}), mode="append")
    writes.advance(lake.table("gold.t"), note_text("r1", {}))
    return lake


def test_rows_written_are_those_of_the_commits_since(lake: Lake) -> None:
    assert [log.rows_written(lake.table("gold.t"), after) for after in (None, 0, 1, 2)] == [5, 2, 0, 0]
    assert log.rows_written(lake.table("gold.none"), None) == 0


@pytest.mark.parametrize(
    ("metrics", "rows"),
    [
        ({"numFiles": "1", "numOutputRows": "37", "numOutputBytes": "6654"}, 37),
        ({"numOutputRows": "9", "numCopiedRows": "0", "numDeletedRows": "4"}, 9),
        # A merge: of the 12 rows it put out 7 only lay in the same files.
        ({"numOutputRows": "12", "numTargetRowsCopied": "7", "numTargetRowsInserted": "2", "numTargetRowsUpdated": "3"}
         | {"numTargetRowsDeleted": "1"}, 5),
        ({"num_added_rows": 4, "num_copied_rows": 8}, 4),
        ({}, 0),
    ],
)  # fmt: skip
def test_each_engine_counts_in_its_own_words(metrics: dict[str, object], rows: int) -> None:
    assert log._written(metrics) == rows


def test_a_merge_of_delta_rs_is_not_asked_for(lake: Lake) -> None:
    """Commits of ours are Spark's, or rows that delta-rs appends: another of its own operations has other words."""
    DeltaTable(lake.table("gold.t").path).delete("k = 0")
    assert log.rows_written(lake.table("gold.t"), 2) == 0


def test_a_table_with_rows_and_no_commit_of_ours_is_not_replaced(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    assert log.own_commit(lake.table("gold.sums")) is None
    writes.create(lake.table("gold.sums"), [Column("a", Type("bigint"), False, "", "", None, None)])
    assert log.own_commit(lake.table("gold.sums")) is None, "an empty one may be ours"
    write_deltalake(lake.table("gold.sums").path, pa.table({"a": [1, 2]}), mode="append")
    with pytest.raises(SettingsError, match=r"gold\.sums: found a table of 2 rows at .*that no run has written"):
        log.own_commit(lake.table("gold.sums"))
    writes.advance(lake.table("gold.sums"), log.note_text("r1", {"silver.orders": 3}))
    commit = log.own_commit(lake.table("gold.sums"))
    assert commit is not None
    assert commit.sources == {"silver.orders": 3}


def test_the_last_version_that_derived_a_table_anew_is_looked_for_between_two(lake: Lake) -> None:
    """2 has a note alone, 3 and 5 derived it anew."""
    for whole in (True, False, True):
        writes.advance(lake.table("gold.t"), note_text("r2", {}, **({log.FULL_REBUILD: True} if whole else {})))
    assert [log.derived_anew(lake.table("gold.t"), after) for after in (2, 3, 5)] == [5, 5, None]
    assert [log.derived_anew(lake.table("gold.t"), 2, upto) for upto in (5, 4, 3)] == [5, 3, 3]
    assert log.derived_anew(lake.table("gold.t"), 3, 4) is None


def test_a_commit_that_changes_no_row_says_what_the_one_before_it_had_taken_in(lake: Lake) -> None:
    writes.advance(lake.table("gold.t"), note_text("r2", {"silver.orders": 3}, **{log.SALT: "a1"}))
    writes.advance(lake.table("gold.t"), log.unchanged_note("r3", log.last_commit(lake.table("gold.t"))))
    commit = log.last_commit(lake.table("gold.t"))
    assert commit is not None
    assert (commit.sources, commit.note[log.SALT]) == ({"silver.orders": 3}, "a1")
    assert log.SALT not in log.unchanged_note("r3", None)


def test_what_a_versions_commit_says_is_read_once(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    table = lake.table("gold.t")
    said = log.commit_at(table, 2)
    assert (said.version, said.note["run_id"]) == (2, "r1")
    monkeypatch.setattr(log, "open_table", lambda *asked: pytest.fail("opened again"))
    assert log.commit_at(lake.table("gold.t"), 2) == said


def test_of_a_version_that_is_still_to_come_nothing_is_kept(lake: Lake) -> None:
    table = lake.table("gold.t")
    assert log.commit_at(table, 3).version == 2
    writes.advance(table, note_text("r2", {}))
    assert log.commit_at(table, 3).note["run_id"] == "r2"
    assert log.commit_at(lake.table("gold.none"), 0) == log.Commit(0)


@pytest.fixture
def opens(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int | None]]:
    """Which logs are opened, as (table, version)."""
    opened: list[tuple[str, int | None]] = []
    real = log._opened

    def noting(table: Table, version: int | None) -> DeltaTable:
        opened.append((table.name, version))
        return real(table, version)

    monkeypatch.setattr(log, "_opened", noting)
    return opened


def test_a_log_is_opened_once_until_somebody_commits(lake: Lake, opens: list[tuple[str, int | None]]) -> None:
    table = lake.table("gold.t")
    assert [log.version_of(table) for _ in range(3)] == [2, 2, 2]
    assert opens == [("gold.t", None)]
    write_deltalake(table.path, pa.table({"k": [9]}), mode="append")  # as another process does
    assert [log.version_of(table) for _ in range(2)] == [3, 3]
    assert log.row_count(table) == 6
    assert opens == [("gold.t", None)] * 2


def test_a_version_is_opened_once_and_stays_what_it_was(lake: Lake, opens: list[tuple[str, int | None]]) -> None:
    table = lake.table("gold.t")
    assert [log.row_count(table, version) for version in (0, 1, 0, 1)] == [3, 5, 3, 5]
    assert [contents.dataset(table, version).count_rows() for version in (0, 1, 0, 1)] == [3, 5, 3, 5]
    assert opens == [("gold.t", 0), ("gold.t", 1)]


def test_a_log_whose_last_commit_is_gone_is_opened_anew(lake: Lake) -> None:
    table = lake.table("gold.t")
    assert log.version_of(table) == 2
    (Path(table.path) / "_delta_log" / f"{2:020}.json").unlink()
    assert log.version_of(table) == 1


def test_threads_share_no_open_log(lake: Lake) -> None:
    table = lake.table("gold.t")
    with ThreadPoolExecutor(1) as pool:
        theirs = pool.submit(log.open_table, table).result()
    assert log.open_table(table) is log.open_table(table)
    assert log.open_table(table) is not theirs


def test_who_writes_opens_a_log_of_its_own(lake: Lake) -> None:
    table = lake.table("gold.t")
    assert log.open_anew(table) is not log.open_table(table)
    assert log.open_anew(lake.table("gold.none")) is None


def test_what_was_seen_can_be_forgotten(lake: Lake, opens: list[tuple[str, int | None]]) -> None:
    table = lake.table("gold.t")
    before = contents.dataset(table, 1)
    assert contents.dataset(table, 1) is before
    lake.forget()
    assert contents.dataset(table, 1) is not before
    assert opens == [("gold.t", 1)] * 2
