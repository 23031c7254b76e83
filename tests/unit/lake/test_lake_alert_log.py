"""What is known of a cause after the events that were noted of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from spark_app.lake.alert_log import BACK, State, snooze, states
from spark_app.lake.paths import Lake
from tests.support.ops_rows import put

NOW = datetime(2024, 3, 10, 6, tzinfo=UTC)
CAUSE = "exit-4-audit-failed"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path))


def noted(lake: Lake, hours_ago: float, event: str, severity: str = "error", **more: Any) -> None:
    row = {"noted_at": NOW - timedelta(hours=hours_ago), "event": event, "cause": CAUSE, "severity": severity}
    put(lake.table("ops.alerts"), [{"subject": "audit failed", **row, **more}])


def known(lake: Lake) -> State:
    return states(lake, NOW)[CAUSE]


def test_a_failure_is_open_from_its_first_event_on(lake: Lake) -> None:
    noted(lake, 30, "told")
    noted(lake, 6, "held")
    state = known(lake)
    assert (state.open_since, state.told_at, state.told) == (NOW - timedelta(hours=30), NOW - timedelta(hours=30), True)
    assert state.last_at == NOW - timedelta(hours=6)


def test_a_good_run_ends_it(lake: Lake) -> None:
    noted(lake, 30, "told")
    noted(lake, 6, "resolved")
    assert (known(lake).open_since, known(lake).told_at, known(lake).told) == (None, None, False)


def test_one_that_nobody_heard_of_is_open_and_untold(lake: Lake) -> None:
    noted(lake, 6, "held")
    assert (known(lake).open_since is not None, known(lake).told) == (True, False)


def test_what_the_scheduler_tells_was_told(lake: Lake) -> None:
    noted(lake, 6, "left")
    assert (known(lake).told, known(lake).told_at) == (True, None)


def test_a_warning_is_never_open(lake: Lake) -> None:
    noted(lake, 6, "told", severity="warning")
    assert known(lake).open_since is None


def test_a_snooze_changes_until_when_it_is_quiet_and_nothing_else(lake: Lake) -> None:
    noted(lake, 6, "told", exit_code=4)
    before = known(lake)
    until = NOW + timedelta(days=7)
    snooze(lake, before, NOW, until, "known")
    after = known(lake)
    assert after.snoozed_until == until
    assert (after.open_since, after.told_at, after.exit_code, after.subject) == (
        before.open_since,
        before.told_at,
        4,
        "audit failed",
    )


def test_what_is_long_past_is_forgotten(lake: Lake) -> None:
    noted(lake, BACK.total_seconds() / 3600 + 1, "told")
    assert states(lake, NOW) == {}
