"""One run at a time in an object store: rows of (what another process does, what this one gets)."""

from __future__ import annotations

import signal
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from spark_app.contracts.table import Column, Type
from spark_app.lake import lease, log, objects, releases, writes
from spark_app.lake.lock import LakeBusy, LeaseRequest, hold_lease
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.lake.repair import bring_past
from spark_app.lake.s3 import prompt_client
from spark_app.lake.slots import NoConditionalPuts, WrittenInBetween, find_put_problem, open_slot
from spark_app.lake.writes import Overtaken
from spark_app.runtime.settings import S3Settings
from tests.support.leases import SECONDS, Stopped, another

ME = LeaseRequest("me", "run", seconds=SECONDS)


@pytest.fixture
def lake(bucket: str, s3: S3Settings) -> Lake:
    return Lake(f"{bucket}/lake", s3)


def test_a_living_run_is_named_and_a_dead_ones_lease_is_taken_at_once(lake: Lake) -> None:
    with another(lake, seconds=60) as other:
        with pytest.raises(LakeBusy, match=f"process {other.process.pid} on .* holds the lake since"):
            hold_lease(lake, ME).__enter__()
        other.dies()
        with hold_lease(lake, ME) as held:
            assert held.epoch == other.epoch + 1


def test_a_stopped_run_finds_its_lease_taken(lake: Lake) -> None:
    with another(lake) as other:
        other.process.send_signal(signal.SIGSTOP)
        with hold_lease(lake, replace(ME, wait=30.0)) as held:
            other.process.send_signal(signal.SIGCONT)
            assert "that process lives, and is fenced off" in (held.took_over or "")
            assert other.looks().startswith("LeaseLost: ")
            held.check(ask=True)


def test_a_release_is_not_recorded_by_who_was_taken_over_in_between(lake: Lake) -> None:
    def release(number: int, run_id: str) -> Release:
        return Release(number, run_id, "run", {"gold.t": number}, None, None, datetime.now(UTC), epoch=number)

    releases.record(lake, release(1, "r1"))
    with pytest.raises(Overtaken):
        releases.record(replace(lake, fence=Stopped(lake)), release(2, "stopped"))
    releases.record(lake, release(2, "r2"))
    assert [one.run_id for one in releases.releases(lake)] == ["r1", "r2"]


def test_a_log_that_lost_its_last_commit_is_brought_past_what_others_know(lake: Lake) -> None:
    writes.create(lake.table("gold.t"), (Column("a", Type("int"), False, "", "", None, None),))
    writes.advance(lake.table("gold.t"), log.note_text("r1", {"silver.s": 4}))
    writes.advance(lake.table("gold.t"), log.note_text("r2", {"silver.s": 5}))
    place = f"{lake.table('gold.t').path}/_delta_log"
    named = {entry.name: entry for entry in objects.list_folder(place, lake.s3)}
    objects.remove_file(named[f"{2:020}.json"], lake.s3)
    bring_past(lake.table("gold.t"), 2, "r3")
    found = log.last_commit(lake.table("gold.t"))
    assert found is not None
    assert (found.version, found.note["run_id"], found.sources) == (2, "r3", {"silver.s": 4})


def test_a_put_that_was_made_although_nobody_heard_so_is_known_again(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = prompt_client(lake.s3)
    plain = client.put_object

    def twice(**given: Any) -> Any:
        plain(**given)
        return plain(**given)  # as a client does that got no answer to the first

    with hold_lease(lake, ME) as held:
        monkeypatch.setattr(client, "put_object", twice)
        held.check(ask=True)
        held.check(ask=True)
        monkeypatch.undo()
        held.check(ask=True)


def test_of_two_that_write_over_the_same_text_one_is_refused(lake: Lake) -> None:
    at = open_slot(lake, lease.NAME)
    first = at.put("first", None)
    at.put("second", first)
    for over in (None, first):
        with pytest.raises(WrittenInBetween):
            at.put("third", over)
    seen = at.read()
    assert seen is not None
    assert seen.text == "second"


def test_a_store_that_puts_whatever_is_there_is_refused_in_words(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_put_problem(lake, lease.PROBE) is None
    client = prompt_client(lake.s3)
    plain = client.put_object
    conditions = ("IfMatch", "IfNoneMatch")
    monkeypatch.setattr(
        client, "put_object", lambda **given: plain(**{k: v for k, v in given.items() if k not in conditions})
    )
    assert find_put_problem(lake, lease.PROBE) == "it put an object in spite of If-None-Match"
    with pytest.raises(NoConditionalPuts, match="has no conditional puts") as refused, hold_lease(lake, ME):
        pass
    assert "s3.only_writer: true" in (refused.value.hint or "")
    alone = Lake(lake.root, lake.s3.model_copy(update={"only_writer": True}))
    monkeypatch.setattr("spark_app.lake.slots.prompt_client", lambda s3: client)
    with hold_lease(alone, ME) as held:
        held.check(ask=True)
