"""Commits without Spark."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from spark_app.lake import lease, ops
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
