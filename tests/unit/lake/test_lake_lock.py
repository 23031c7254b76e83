"""One run at a time on a disk: rows of (what another process does, what this one gets). In S3: test_lock_on_s3"""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from spark_app.lake import lease
from spark_app.lake.lock import LakeBusy, LeaseRequest, hold_lease
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.lake.slots import WrittenInBetween, open_slot
from spark_app.runtime.process import Process, this_process
from tests.support.leases import SECONDS, another
from tests.support.ops_rows import put

ME = LeaseRequest("me", "run", seconds=SECONDS)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def test_a_living_run_is_named_in_one_line_and_a_dead_ones_lease_is_taken_at_once(lake: Lake) -> None:
    with another(lake, seconds=60) as other:
        begun = time.monotonic()
        with pytest.raises(LakeBusy) as busy, hold_lease(lake, ME):
            pass
        assert time.monotonic() - begun < 1
        assert f"run other (run, process {other.process.pid} on " in str(busy.value)
        assert "holds the lake since 20" in str(busy.value)
        assert "\n" not in str(busy.value)
        assert (busy.value.exit_code, busy.value.retry) == (1, True)
        other.dies()
        with hold_lease(lake, ME) as held:
            assert held.epoch == other.epoch + 1
            assert "had not let go of the lake when it died" in (held.took_over or "")


def test_a_sign_of_life_says_what_the_run_is_at_work_on(lake: Lake) -> None:
    work = ["starting Spark since 02:00:05 UTC"]
    with hold_lease(lake, replace(ME, seconds=60.0, doing=lambda: work[0])) as held:
        held.check(ask=True)
        found = lease.read_lease(lake)
        assert found is not None
        assert ", at work on starting Spark since 02:00:05 UTC; it lives" in lease.describe_holder(found)
        work[0] = ""
        held.check(ask=True)
        found = lease.read_lease(lake)
        assert found is not None
        assert "at work" not in lease.describe_holder(found)
        work[0] = "publish release since 03:00:00 UTC"
    found = lease.read_lease(lake)
    assert found is not None
    assert found.doing == "", "it has ended"


def test_a_stopped_run_is_told_and_finds_its_lease_taken(lake: Lake) -> None:
    with another(lake) as other:
        other.process.send_signal(signal.SIGSTOP)
        with hold_lease(lake, replace(ME, wait=30.0)) as held:
            other.process.send_signal(signal.SIGCONT)
            assert held.took_over is not None
            assert "that process lives, and is fenced off" in held.took_over
            found = other.looks()
            assert found.startswith("LeaseLost: ")
            assert "run me (run, process" in found
            held.check(ask=True)
            other.ends()  # it has nothing to give back
            held.check(ask=True)
        assert held.epoch == other.epoch + 1


def test_a_run_that_gives_signs_of_life_keeps_its_lease_however_long(lake: Lake) -> None:
    with another(lake) as other:
        first = lease.read_lease(lake)
        assert first is not None
        while (now := lease.read_lease(lake)) is None or now.renewed_at < first.renewed_at + timedelta(
            seconds=2 * SECONDS
        ):
            with pytest.raises(LakeBusy), hold_lease(lake, ME):
                pass
        assert other.looks(ask=True) == "still mine"


def test_a_run_waits_as_long_as_it_is_told(lake: Lake) -> None:
    told: list[str] = []
    with another(lake, seconds=60) as other:
        threading.Timer(0.5, other.ends).start()
        with hold_lease(lake, replace(ME, wait=30.0), told.append) as held:
            assert held.took_over is None
    assert [line.split(" (")[0] for line in told] == ["waiting: run other"]


def of_another_machine(lake: Lake) -> lease.Lease:
    now = datetime.now(UTC) + timedelta(hours=5)  # its clock is its own
    elsewhere = Process("pod-7", "another kernel", this_process().pid, "")
    held = lease.Lease(4, "theirs", "run", elsewhere, now, now, SECONDS, word="first")
    assert open_slot(lake, lease.NAME).put(lease.write_lease(held), None)
    return held


def test_a_run_on_another_machine_is_known_by_its_next_sign_of_life(lake: Lake) -> None:
    held = of_another_machine(lake)

    def live() -> None:
        at = open_slot(lake, lease.NAME)
        seen = at.read()
        assert seen is not None
        at.put(lease.write_lease(replace(held, word="second")), seen.tag)

    threading.Timer(0.5, live).start()
    with pytest.raises(LakeBusy, match=r"process .* on pod-7.*on another machine"), hold_lease(lake, ME):
        pass


def test_a_silent_one_on_another_machine_is_taken_over_after_its_own_time(lake: Lake) -> None:
    of_another_machine(lake)
    begun = time.monotonic()
    with hold_lease(lake, ME) as held:
        assert SECONDS < time.monotonic() - begun < 3 * SECONDS
        assert held.epoch == 5
        assert "gave no sign of life for 2 s" in (held.took_over or "")


def test_an_earlier_run_of_this_process_that_did_not_let_go_is_over(lake: Lake) -> None:
    now = datetime.now(UTC)
    mine = lease.Lease(1, "earlier", "run", this_process(), now, now, 60.0, word="w")
    open_slot(lake, lease.NAME).put(lease.write_lease(mine), None)
    with hold_lease(lake, ME) as held:
        assert held.epoch == 2
        with pytest.raises(LakeBusy), hold_lease(lake, replace(ME, run_id="second")):
            pass


@pytest.mark.parametrize("text", ["", "not JSON", '{"epoch": 3}'])
def test_what_no_run_has_written_is_replaced(lake: Lake, text: str) -> None:
    open_slot(lake, lease.NAME).put(text, None)
    with hold_lease(lake, ME) as held:
        assert held.epoch == 1


def test_the_number_rises_with_every_run_and_never_falls(lake: Lake) -> None:
    for epoch in (1, 2, 3):
        with hold_lease(lake, ME) as held:
            assert held.epoch == epoch
        there = lease.read_lease(lake)
        assert there is not None
        assert (there.free, there.epoch) == (True, epoch)
    put(lake.table("ops.runs"), [{"run_id": "r", "epoch": 7}, {"run_id": "of before there were epochs"}])
    for path in Path(lake.root, lease.NAME).iterdir():
        path.unlink()
    with hold_lease(lake, ME) as held:
        assert held.epoch == 8


def test_of_two_that_write_over_the_same_text_one_is_refused(lake: Lake) -> None:
    at = open_slot(lake, "_lease/lease")
    first = at.put("first", None)
    second = at.put("second", first)
    for over in (None, first):
        with pytest.raises(WrittenInBetween):
            at.put("third", over)
    seen = at.read()
    assert seen is not None
    assert (seen.text, seen.tag) == ("second", second)
    assert [path.name for path in Path(lake.root, lease.NAME).iterdir()] == [second]


def release(number: int, run_id: str, epoch: int | None = None) -> Release:
    return Release(number, run_id, "run", {"gold.t": number}, None, None, datetime.now(UTC), epoch=epoch)
