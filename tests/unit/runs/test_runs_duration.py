"""A run that takes longer than its like."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from spark_app.runs.duration import notice_slow_run
from tests.support.ops_rows import put
from tests.support.watched_shop import DAYS, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_run_that_takes_far_longer_names_its_step(world: World) -> None:
    begun = datetime(2024, 1, 1, tzinfo=UTC)
    runs = [
        {"run_id": f"r{at}", "command": "run", "first_day": day, "last_day": day, "exit_code": 0, "release_id": at}
        | {"seconds": 200.0 + 5 * (at % 4), "started_at": begun + timedelta(days=at)}
        for at, day in enumerate(DAYS[:12], 1)
    ]
    put(world.lake.table("ops.runs"), runs)
    step = {"layer": "silver", "table_name": "orders", "seconds": 40.0}
    put(world.lake.table("ops.steps"), [{**step, "run_id": run["run_id"]} for run in runs])
    notice_slow_run(world.context, 390.0)
    assert not world.record.notices, "not yet twice as long"
    with world.record.step("silver", "orders") as now:
        pass
    now.seconds = 340.0
    notice_slow_run(world.context, 520.0)
    (notice,) = world.record.notices
    assert notice.lines[0].startswith("run took 520 s, usually 20")
    assert "most of it in silver orders: 340 s, usually 40 s" in notice.lines[0]
