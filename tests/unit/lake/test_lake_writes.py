"""Commits without Spark."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from spark_app.lake import lease, log, ops, writes
from spark_app.lake.lock import LeaseRequest, hold_lease
from spark_app.lake.paths import Lake
from spark_app.lake.slots import open_slot
from spark_app.runtime.errors import LakehouseError
from tests.support.leases import SECONDS
from tests.support.ops_rows import put

ME = LeaseRequest("me", "run", seconds=SECONDS)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def test_a_commit_carries_its_epoch_and_is_refused_without_the_lease(lake: Lake) -> None:
    with hold_lease(lake, ME) as held:
        put(replace(lake, fence=held).table("ops.runs"), [{"run_id": "mine"}])
        opened = Path(lake.root, "ops", "runs", "_delta_log", f"{0:020}.json").read_text()
        infos = [json.loads(line).get("commitInfo") for line in opened.splitlines()]
        assert [json.loads(info["userMetadata"]) for info in infos if info] == [{"epoch": 1}]
        at = open_slot(lake, lease.NAME)
        seen, mine = at.read(), lease.read_lease(lake)
        assert seen is not None
        assert mine is not None
        at.put(lease.write_lease(replace(mine, epoch=2, run_id="taker", word="theirs")), seen.tag)
        with pytest.raises(LakehouseError, match=r"run taker .* has taken over the lake"):
            held.check(ask=True)
        with pytest.raises(LakehouseError, match="run taker"):
            put(replace(lake, fence=held).table("ops.runs"), [{"run_id": "late"}])
    rows = ops.select(lake.table("ops.runs"), "SELECT run_id FROM ops_rows")
    assert [row["run_id"] for row in rows] == ["mine"]
    after = lease.read_lease(lake)
    assert after is not None
    assert (after.run_id, after.free) == ("taker", False)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"id": "b", "hash": "1", "_op": "remove"}, [("a", "1")]),
        ({"id": "a", "hash": "1", "_op": "write"}, [("a", "1")]),
        ({"id": "a", "hash": "2", "_op": "write"}, [("a", "2")]),
        ({"id": "a", "hash": "1", "_op": "remove"}, []),
        ({"id": "b", "hash": "1", "_op": "write"}, [("a", "1"), ("b", "1")]),
    ],
    ids=["removes what is not there", "writes what is there", "changes", "removes", "adds"],
)
@pytest.mark.parametrize("fenced", [True, False])
def test_what_a_merge_has_taken_in_is_noted_whether_or_not_a_row_changed(
    lake: Lake, change: dict[str, str], left: list[tuple[str, str]], fenced: bool
) -> None:
    """Without the note a run that only removed rows that were gone failed, each time anew."""
    with hold_lease(lake, ME) as held:
        table = (replace(lake, fence=held) if fenced else lake).table("silver.orders")
        writes.append(table, pa.table({"id": ["a"], "hash": ["1"]}), log.note_text("r1", {"bronze.orders": 1}))
        before = log.version_of(table)
        assert before is not None
        changes = pa.Table.from_pylist([change])
        note = log.note_text("r2", {"bronze.orders": 2})
        writes.merge(table, changes, ["id"], note, unless_equal="hash")
        found = log.open_table(table)
        assert found is not None
        assert sorted((row["id"], row["hash"]) for row in found.to_pyarrow_table().to_pylist()) == left
        commit = log.last_commit(table)
        assert commit is not None
        assert (commit.version, commit.sources) == (before + 1, {"bronze.orders": 2})


def test_what_was_made_from_another_version_is_not_written(lake: Lake) -> None:
    table, rows = lake.table("silver.orders"), pa.table({"id": ["a"], "hash": ["1"]})
    note = log.note_text("r1", {})
    writes.append(table.expecting(None), rows, note)
    writes.append(table.expecting(0), rows, note)
    changes = pa.table({"id": ["a"], "hash": ["2"], "_op": ["write"]})
    for write in (
        lambda: writes.append(table.expecting(0), rows, note),
        lambda: writes.append(table.expecting(None), rows, note),
        lambda: writes.replace(table.expecting(0), rows, "id = 'a'", note),
        lambda: writes.reshape(table.expecting(0), rows, note),
        lambda: writes.merge(table.expecting(0), changes, ["id"], note),
        lambda: writes.advance(table.expecting(0), note),
    ):
        with pytest.raises(writes.Overtaken, match=r"silver\.orders: .* \(found version 1, expected (0|-1)\)"):
            write()
    assert log.version_of(table) == 1


def test_a_commit_that_came_after_anothers_is_told_to_whom_made_it(lake: Lake) -> None:
    """Spark's own commits go on behind what came between, where these do not contradict each other."""
    rows = pa.table({"id": ["a"]})
    with hold_lease(lake, ME) as held:
        table = replace(lake, fence=held).table("bronze.orders")
        writes.append(table, rows, log.note_text("another", {}))
        writes.append(table, rows, log.note_text("me", {}))
        writes.confirm(table.expecting(0), log.note_text("me", {}))
        with pytest.raises(writes.Overtaken, match="found this run's commit as version 1, expected 0"):
            writes.confirm(table.expecting(None), log.note_text("me", {}))
