"""The record of a run: what it is at work on, as whoever asks is told."""

from __future__ import annotations

import re

import pytest

from spark_app.runtime.record import RunRecord


def at_work(record: RunRecord) -> list[str]:
    return [one.what for one in record.doing]


def test_what_is_under_way_is_said_until_it_ends_the_longest_first() -> None:
    record = RunRecord("run")
    assert at_work(record) == []
    with record.step("silver", "orders"):
        with record.step("silver", "payments"), record.at("starting Spark"):
            assert at_work(record) == ["silver orders", "silver payments", "starting Spark"]
            assert re.fullmatch(r"silver orders since \d\d:\d\d:\d\d UTC; silver payments .*", record.at_work())
            assert record.started_at <= record.doing[0].since <= record.doing[1].since
        assert at_work(record) == ["silver orders"]
    assert at_work(record) == []
    assert [step.table for step in record.steps] == ["payments", "orders"]


def test_what_failed_is_not_under_way_any_more() -> None:
    record = RunRecord("run")
    with pytest.raises(ValueError, match="torn"), record.step("gold", "fact_orders"):
        raise ValueError("torn")
    assert (at_work(record), record.steps[0].action) == ([], "failed")


def test_a_part_kept_as_a_step_of_its_own_is_taken_off_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 110.0, 200.0, 201.0])
    monkeypatch.setattr("spark_app.runtime.record.time.monotonic", lambda: next(clock))
    record = RunRecord("run")
    with record.step("publish", "warehouse") as step:
        record.part(step, "a into the warehouse", 4.0, "full")
        record.part(step, "b into the warehouse", 2.5, "changes")
    kept = [(one.layer, one.table, one.seconds, one.action) for one in record.steps]
    assert kept == [
        ("publish", "a into the warehouse", 4.0, "full"),
        ("publish", "b into the warehouse", 2.5, "changes"),
        ("publish", "warehouse", 3.5, "unchanged"),
    ]
    with record.step("publish", "warehouse") as step:
        record.part(step, "more than there is", 9.0, "full")
    assert record.steps[-1].seconds == 0.0
