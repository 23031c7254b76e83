"""Minutes instead of nights: looks for what has landed, and takes it through all layers to a release at once.

    spark-submit spark_app/jobs/watch.py --env local --every 60s

Each batch is a run as the night's, of today and the days that late files are looked for of, by the same functions in
the same session, with the lake held as long as it takes. Between batches nobody holds it: a night, a rebuild or a
rollback takes its turn there. A look that finds nothing starts no Spark job and holds nothing.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from datetime import time as day_time
from pathlib import Path

from spark_app.contracts.table import QUARANTINE
from spark_app.jobs import nightly
from spark_app.lake.packing import pack_ops, pack_table
from spark_app.lake.releases import Release
from spark_app.lake.watching import Sign, give_sign
from spark_app.runs import lifecycle
from spark_app.runs.context import Context
from spark_app.runs.entry import Parser, launch
from spark_app.runs.look import News
from spark_app.runs.opening import open_context
from spark_app.runs.request import Outcome, RunRequest
from spark_app.runs.seeing import Memory, see
from spark_app.runs.stopping import Stop, stopping
from spark_app.runs.watching import MOST_FAILURES, Past, Seen, next_step, pause
from spark_app.runs.window import running_window
from spark_app.runtime import glue
from spark_app.runtime.days import parse_wait, yesterday
from spark_app.runtime.errors import SettingsError, UsageError
from spark_app.runtime.process import this_process
from spark_app.runtime.record import RunRecord
from spark_app.runtime.yaml_lines import nearest

COMMAND = "watch"
PACKED_EACH = 20  # batches, after which small files are packed
_TURN = 300.0  # seconds that a batch waits for another run that came in between the look and it


@dataclass(frozen=True)
class WatchRequest:
    """Which lakehouse is watched, how often (None: as the settings say), and when to end: never, by itself.

    `batches`: after so many looks that found something to do; `seconds`: after so long. `touch`: a file of this
    machine that is touched at the start and with each look, for probes that must be cheap.
    """

    environment: str
    home: str | None = None
    source: str | None = None
    every: float | None = None
    batches: int | None = None
    seconds: float | None = None
    touch: str | None = None


@dataclass(frozen=True)
class Batch:
    """A run that the watch has made: for which news, and how it ended."""

    step: str
    news: News
    outcome: Outcome


def watch(
    request: WatchRequest, tell: Callable[[Batch], None] = lambda _: None, stop: Stop | None = None
) -> Outcome | None:
    """Look and take in, until asked to end; the last run made, None where there was none.

    Raises SettingsError and UsageError as a run does, before anything is looked at.
    """
    _touch(request)
    asked, past, memory = stop or Stop(), Past(), Memory()
    order = RunRequest(request.environment, COMMAND, request.home, request.source)
    context = open_context(order, RunRecord(COMMAND))
    _refuse_unknown_datasets(context)
    every = request.every or context.settings.watch.every_seconds
    night = _night(context)
    sign = Sign(this_process(), datetime.now(UTC), every, datetime.now(UTC))
    begun, last, made = time.monotonic(), None, 0
    while not asked.asked and made != request.batches and not _over(request, begun):
        looked_at = time.monotonic()
        seen = see(context, memory)
        sign = replace(sign, looked_at=seen.now, trouble=seen.trouble)
        step = next_step(seen, past, night)
        _touch(request)
        give_sign(context.lake, replace(sign, doing="" if step == "nothing" else step))
        if step in ("night", "batch"):
            made += 1
            last = _run(order, context, step, seen, packing=made % PACKED_EACH == 0)
            past = _after(past, step, last, seen)
            tell(Batch(step, seen.news, last))
            if last.exit_code == SettingsError.exit_code or past.failures >= MOST_FAILURES:
                break
        asked.wait(looked_at + pause(every, past.failures) - time.monotonic() if made != request.batches else 0)
    give_sign(context.lake, replace(sign, looked_at=datetime.now(UTC), ended=True))
    return last


def _touch(request: WatchRequest) -> None:
    if request.touch is None:
        return
    file = Path(request.touch)
    if not file.parent.is_dir():
        raise UsageError(f"--touch: {file}: found no folder {file.parent}")
    file.touch()


def _refuse_unknown_datasets(context: Context) -> None:
    """SettingsError where a topic is to land as a dataset that the source does not have."""
    for topic, dataset in (context.settings.kafka.topics if context.settings.kafka else {}).items():
        if dataset not in context.datasets:
            known = ", ".join(sorted(context.datasets))
            raise SettingsError(
                f"kafka.topics: {topic}: unknown dataset '{dataset}'{nearest(dataset, context.datasets)}; the source "
                f"{context.source.source} has {known}"
            )


def _run(order: RunRequest, context: Context, step: str, seen: Seen, *, packing: bool) -> Outcome:
    """A batch of the running day, or the night of the day before; the session is the one that is there."""
    today = running_window(context).last
    batch = replace(order, first=today, last=today, intraday=True, wait_seconds=_TURN)
    night = replace(order, command="run", first=yesterday(), last=yesterday(), wait_seconds=_TURN)

    def say_what_is_wrong(record: RunRecord) -> None:
        if seen.trouble:
            record.notice("events not taken", [seen.trouble])
        if seen.news.since is None:
            return
        minutes = (seen.now - seen.news.since).total_seconds() / 60
        if minutes > context.settings.watch.behind_minutes:
            text = f"{minutes:.0f} minutes behind: what landed at {seen.news.since:%H:%M} UTC has waited since"
            record.notice("watch behind", [text])

    work = _work_and_pack if packing else nightly.work
    outcome = lifecycle.run(night if step == "night" else batch, work, say_what_is_wrong)
    gc.collect()  # frames that Python still holds keep their plans in Spark's memory
    return outcome


def _work_and_pack(context: Context, request: RunRequest) -> Release | None:
    """All layers, and once readers have the release the small files that batches have left."""
    release = nightly.work(context, request)
    tables = [name for name in (*context.contracts, QUARANTINE) if not name.startswith("bronze.")]
    with context.record.step("maintenance", "small files") as step:
        packed = [name for name in tables if pack_table(context.table(name), context.run_id)]
        step.action = f"{len(packed) + len(pack_ops(context.lake))} tables packed"
    return release


def _after(past: Past, step: str, outcome: Outcome, seen: Seen) -> Past:
    failures = past.failures + 1 if outcome.exit_code == 1 else 0
    return Past(True, failures, seen.now if step == "night" else past.night_tried, seen.trouble)


def _night(context: Context) -> day_time | None:
    at = context.settings.watch.night
    return day_time.fromisoformat(at) if at else None


def _over(request: WatchRequest, begun: float) -> bool:
    return request.seconds is not None and time.monotonic() - begun >= request.seconds


def main(argv: Sequence[str] | None = None) -> None:
    """The command line, for spark-submit; exit codes and messages as every job's."""
    launch(argv, glue.Options(("env", "home", "source", "every", "batches", "for")), _watch)


def _watch(argv: Sequence[str]) -> Outcome:
    parser = Parser(prog="watch.py", allow_abbrev=False)
    parser.add_argument("--env", default="local")
    parser.add_argument("--home")
    parser.add_argument("--source")
    parser.add_argument("--every", type=_seconds)
    parser.add_argument("--batches", type=_at_least_one)
    parser.add_argument("--for", dest="seconds", type=parse_wait)
    found = parser.parse_args(list(argv))
    request = WatchRequest(found.env, found.home, found.source, found.every, found.batches, found.seconds)
    with stopping() as stop:
        return watch(request, stop=stop) or Outcome(0, "nothing landed", RunRecord(COMMAND), 0.0)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"found {number}, expected 1 or more")
    return number


def _seconds(text: str) -> float:
    found = parse_wait(text)
    if found < 1:
        raise argparse.ArgumentTypeError(f"found {text}, expected a second or more")
    return found


if __name__ == "__main__":
    main()
