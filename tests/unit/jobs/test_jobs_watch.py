"""The watch's loop, with runs that are stood in for: when it looks, takes in, waits, and ends. Without Spark."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from datetime import time as day_time
from pathlib import Path

import pytest

from spark_app.jobs import watch as job
from spark_app.jobs.watch import Batch, WatchRequest, watch
from spark_app.lake.landing import fingerprint
from spark_app.lake.lock import LeaseRequest, hold_lease
from spark_app.lake.paths import Lake
from spark_app.lake.watching import read_sign
from spark_app.runs import seeing, window
from spark_app.runs import stopping as stopping_
from spark_app.runs.context import Context
from spark_app.runs.look import look_at_landing
from spark_app.runs.opening import open_context
from spark_app.runs.request import Outcome, RunRequest
from spark_app.runs.stopping import Stop, stopping
from spark_app.runs.watching import Seen
from spark_app.runs.window import running_window
from spark_app.runtime.days import yesterday
from spark_app.runtime.errors import SettingsError, UsageError
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import KafkaSettings, load_settings
from tests.support.drops import drop
from tests.support.ops_rows import put

TODAY = date(2024, 3, 9)


class Looks(Stop):
    """Asks for the end after so many looks, and waits for none."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.left = most

    def wait(self, seconds: float) -> None:
        self.left -= 1
        if not self.left:
            self.ask()


@dataclass
class World:
    """A home, and what is run there: each run takes in all there is, and ends with the next of `codes`."""

    home: Path
    codes: list[int] = field(default_factory=list)
    asked: list[RunRequest] = field(default_factory=list)
    records: list[RunRecord] = field(default_factory=list)
    works: list[object] = field(default_factory=list)

    def lands(self, name: str, dataset: str = "orders", day: date = TODAY) -> None:
        drop(self.home / "landing", dataset, day, [{"order_id": name}], f"{name}.csv")

    def run(self, request: RunRequest, work: object, on_start: Callable[[RunRecord], None]) -> Outcome:
        record = RunRecord(request.command, first_day=request.first, last_day=request.last)
        on_start(record)
        self.asked.append(request)
        self.works.append(work)
        self.records.append(record)
        context = open_context(request, record)
        with hold_lease(context.lake, LeaseRequest(record.run_id, "watch")):
            for dataset, found in look_at_landing(context, running_window(context), {}).landed.items():
                for day, files in found.items():
                    row = {"dataset": dataset, "batch_date": day, "day_fingerprint": fingerprint(files)}
                    put(context.table("ops.ingested_files"), [{**row, "bronze_version": len(self.asked)}])
        return Outcome(self.codes.pop(0) if self.codes else 0, "done", record, 0.1)

    def watched(self, batches: int | None = None, looks: int = 4) -> list[Batch]:
        made: list[Batch] = []
        watch(WatchRequest("local", str(self.home), batches=batches), made.append, Looks(looks))
        return made

    @property
    def lake(self) -> Lake:
        return Lake(str(self.home / "lake"))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path)
    (tmp_path / "landing").mkdir()
    monkeypatch.setattr(window, "running_day", lambda context: TODAY)
    monkeypatch.setattr(job, "_night", lambda context: None)
    monkeypatch.setattr("spark_app.runs.lifecycle.run", made.run)
    return made


def test_what_landed_is_one_batch_and_then_looks_find_nothing(world: World) -> None:
    world.lands("a")
    (only,) = world.watched()
    assert (only.step, only.news.drops) == ("batch", 1)
    asked = world.asked[0]
    assert (asked.command, asked.first, asked.last, asked.intraday) == ("watch", TODAY, TODAY, True)
    assert asked.wait_seconds > 0, "a run that came in between is waited for"


def test_an_empty_landing_starts_nothing(world: World) -> None:
    assert world.watched() == []
    sign = read_sign(world.lake)
    assert sign is not None
    assert sign.ended


def test_the_first_batch_goes_on_with_what_a_dead_run_left(world: World) -> None:
    world.lands("a")
    world.watched(1)
    (again,) = world.watched()
    assert (again.step, again.news.drops) == ("batch", 0)


def test_each_file_that_comes_is_another_batch(world: World) -> None:
    world.lands("a")
    made: list[Batch] = []

    def next_file(batch: Batch) -> None:
        made.append(batch)
        world.lands(f"b{len(made)}")

    watch(WatchRequest("local", str(world.home), batches=3), next_file, Looks(9))
    assert [one.news.drops for one in made] == [1, 1, 1]


def test_it_ends_in_order_when_told_to(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.lands("a")
    with stopping() as stop:
        made: list[Batch] = []

        def terminated(batch: Batch) -> None:
            made.append(batch)
            os.kill(os.getpid(), signal.SIGTERM)

        begun = time.monotonic()
        watch(WatchRequest("local", str(world.home), every=60), terminated, stop)
        stop.ask()  # the same word once more, by way of the process's group
        monkeypatch.setattr(stopping_, "AGAIN", 0.0)
        with pytest.raises(KeyboardInterrupt):
            stop.ask()
    assert len(made) == 1
    assert time.monotonic() - begun < 30, "it does not wait for the next look"


def test_while_another_run_writes_it_waits(world: World) -> None:
    world.lands("a")
    context = open_context(RunRequest("local", home=str(world.home)), RunRecord("run"))
    with hold_lease(context.lake, LeaseRequest("a-night", "run")):
        assert world.watched() == []
    assert len(world.watched(1)) == 1


def test_a_batch_that_failed_is_tried_again_and_after_five_it_gives_up(world: World) -> None:
    world.lands("a")
    world.codes = [1, 0]
    assert [one.outcome.exit_code for one in world.watched(looks=2)] == [1, 0]
    world.codes = [1] * 9
    assert [one.outcome.exit_code for one in world.watched(looks=9)] == [1] * 5


def test_a_release_that_is_withheld_waits_for_news_and_wrong_settings_end_it(world: World) -> None:
    world.lands("a")
    world.codes = [4]
    assert [one.outcome.exit_code for one in world.watched()] == [4]
    world.lands("b")
    world.codes = [SettingsError.exit_code]
    assert [one.outcome.exit_code for one in world.watched()] == [2]


def test_a_night_is_its_own_run_of_the_day_before(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "_night", lambda context: day_time(0))
    world.lands("a")
    made = world.watched()
    assert [one.step for one in made] == ["batch", "night"]
    night = world.asked[1]
    assert (night.command, night.first, night.last, night.intraday) == ("run", yesterday(), yesterday(), False)


def test_that_files_have_waited_long_is_told(world: World) -> None:
    world.lands("a")
    long_ago = time.time() - 3600
    os.utime(world.home / "landing" / "orders" / f"dt={TODAY}" / "a.csv", (long_ago, long_ago))
    world.watched(1)
    (notice,) = world.records[0].notices
    assert notice.lines[0].startswith("60 minutes behind: what landed at")


def test_a_file_is_touched_at_the_start_and_with_each_look(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = world.home / "looked"
    touched: list[bool] = []
    see = seeing.see

    def seen(context: Context, memory: seeing.Memory) -> Seen:
        touched.append(looked.exists())
        looked.unlink(missing_ok=True)
        return see(context, memory)

    monkeypatch.setattr(job, "see", seen)
    watch(WatchRequest("local", str(world.home), touch=str(looked)), stop=Looks(3))
    assert touched == [True, True, True]
    assert looked.exists()


def test_a_file_to_touch_in_no_folder_is_refused(world: World) -> None:
    with pytest.raises(UsageError, match=r"--touch: .*found no folder"):
        watch(WatchRequest("local", str(world.home), touch=str(world.home / "none" / "looked")), stop=Looks(1))


def test_a_topic_of_no_dataset_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = KafkaSettings(servers="a:1", topics={"t": "order"})
    own = load_settings("local", home=str(world.home)).model_copy(update={"kafka": wrong})
    monkeypatch.setattr("spark_app.runs.opening.load_settings", lambda *_, **__: own)
    with pytest.raises(SettingsError, match=r"kafka\.topics: t: unknown dataset 'order'; did you mean 'orders'\?"):
        world.watched()


def test_small_files_are_packed_now_and_then(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "PACKED_EACH", 2)
    world.lands("a")
    world.codes = [1, 1, 1]
    world.watched(3)
    assert [work is job.nightly.work for work in world.works] == [True, False, True]


def test_looks_cost_no_reading_of_the_ledger_while_nobody_writes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.lands("a")
    world.watched(1)
    read: list[int] = []
    monkeypatch.setattr(seeing.ledger, "fingerprints", lambda lake: read.append(1) or {})
    memory = seeing.Memory()
    context = open_context(RunRequest("local", home=str(world.home)), RunRecord("watch"))
    for _ in range(5):
        seeing.see(context, memory)
    assert read == [1]
