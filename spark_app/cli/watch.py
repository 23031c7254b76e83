"""`lakehouse watch`: minutes instead of nights."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from spark_app.cli import options, screen
from spark_app.cli.where import settings_of

if TYPE_CHECKING:
    from spark_app.jobs.watch import Batch


@click.command()
@options.where
@click.option(
    "--every", type=options.Seconds(), help="From one look at landing to the next, as 30s.  [default: the settings']"
)
@click.option("--batches", type=click.IntRange(1), help="End after so many batches.  [default: never]")
@click.option("--for", "seconds", type=options.Seconds(), help="End after so long, as 8h.  [default: never]")
@click.option("--touch", metavar="FILE", help="Touch this file with each look: a supervisor sees by it that it lives.")
@options.as_json
def watch(
    environment: str,
    home: str | None,
    source: str | None,
    every: float | None,
    batches: int | None,
    seconds: float | None,
    touch: str | None,
    json_: bool,
) -> None:
    """Take in what lands as it lands: today so far, audited and released, minutes after it was sold.

    \b
      lakehouse watch                     a look a minute, until Ctrl-C or SIGTERM
      lakehouse watch --every 30s
      lakehouse watch --batches 1         once, for a scheduler of your own

    New and changed files of today and of the look-back go through all layers, by what the nightly run does. What is
    asked of whole days waits for the night, which the watch runs itself, or leaves to your scheduler. One line a batch
    (with --json, one object a line); stopped, it ends once the batch at hand is released.
    """
    settings_of(environment, home, source)
    from spark_app.jobs import watch as job
    from spark_app.runs.stopping import stopping

    request = job.WatchRequest(environment, home, source, every, batches, seconds, touch)
    with stopping() as stop:
        last = job.watch(request, _as_line if json_ else _show, stop)
    sys.exit(last.exit_code if last else 0)


def _show(batch: Batch) -> None:
    outcome = batch.outcome
    what = "the night of" if batch.step == "night" else "today so far," if batch.step == "batch" else ""
    drops = f"{batch.news.drops} drops" if batch.news.drops != 1 else "1 drop"
    day = outcome.record.last_day
    screen.console.print(
        f"{outcome.record.started_at:%H:%M:%S} {what} {day}: {drops} new or changed, "
        f"{screen.text(outcome.message.splitlines()[0])} in {outcome.seconds:.1f} s"
    )
    for warning in outcome.record.warnings:
        screen.warn(warning)
    if outcome.exit_code and outcome.hint:
        screen.warn(outcome.hint)
    sys.stdout.flush()


def _as_line(batch: Batch) -> None:
    outcome = batch.outcome
    screen.print_json_line(
        {
            "step": batch.step,
            "run_id": outcome.record.run_id,
            "started_at": outcome.record.started_at,
            "day": outcome.record.last_day,
            "drops": batch.news.drops,
            "waiting_since": batch.news.since,
            "exit_code": outcome.exit_code,
            "message": outcome.message,
            "release_id": outcome.release.release_id if outcome.release else None,
            "seconds": round(outcome.seconds, 3),
            "warnings": outcome.record.warnings,
        }
    )
