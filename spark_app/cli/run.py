"""`lakehouse run` and `lakehouse rebuild`."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

import click

from spark_app.cli import options
from spark_app.cli.screen import progress
from spark_app.cli.where import existing, settings_of
from spark_app.runtime.days import read_span
from spark_app.runtime.layers import LAYERS, TABLE_LAYERS, Layer, layers_from, parse_layers

if TYPE_CHECKING:
    from spark_app.runs.request import RunRequest

# Steps of a run: six datasets, six entities and their reconciliation, twelve tables, audit, publish, dashboards.
STEPS = 30


@click.command()
@options.where
@options.days
@click.option("--layers", default=",".join(LAYERS), show_default=True, help="Which layers to run.")
@click.option("--allow-missing", is_flag=True, help="Go on where a daily entity has no drop.")
@options.wait
@options.as_json
def run(
    environment: str,
    home: str | None,
    source: str | None,
    day: date | None,
    first: date | None,
    last: date | None,
    layers: str,
    allow_missing: bool,
    wait: float,
    json_: bool,
) -> None:
    """Take in a day (or a range, in one pass), audit, and release.

    \b
      lakehouse run                                   yesterday, UTC
      lakehouse run --date 2024-02-29
      lakehouse run --from 2016-09-01 --to 2018-12-31
      lakehouse run --layers audit,publish            after the audit was withheld and mended

    Whatever landed since the last day taken in belongs to it, as do late and corrected files of the week before.
    Running again never harms.
    """
    start, end = read_span(day, first, last)
    chosen = parse_layers(layers)
    settings_of(environment, home, source)
    from spark_app.runs.request import RunRequest

    request = RunRequest(
        environment,
        "run",
        home,
        source,
        start,
        end,
        layers=chosen,
        allow_missing=allow_missing,
        wait_seconds=wait,
    )
    execute(request, json_)


@click.command()
@options.where
@click.option(
    "--from-layer",
    type=click.Choice(TABLE_LAYERS),
    default="bronze",
    show_default=True,
    help="Derive this layer and those after it again from nothing.",
)
@options.wait
@options.as_json
def rebuild(
    environment: str, home: str | None, source: str | None, from_layer: Layer, wait: float, json_: bool
) -> None:
    """Derive everything again from landing, and release it.

    The same rows come out: readers keep the release they have until the new one is audited.

    \b
      lakehouse rebuild                       after a change of the source's mapping
      lakehouse rebuild --from-layer gold     after a change of a gold table's logic
    """
    existing(environment, home, source)
    from spark_app.runs.request import RunRequest

    request = RunRequest(
        environment, "rebuild", home, source, layers=layers_from(from_layer), rebuild_from=from_layer, wait_seconds=wait
    )
    execute(request, json_)


def execute(request: RunRequest, json_: bool) -> None:
    """Run, show how it went, and end the process with the run's exit code."""
    from spark_app.cli import summary
    from spark_app.jobs import nightly

    with progress(STEPS) as follow:
        outcome = nightly.run(request, follow)
    if json_:
        summary.as_json(outcome)
    else:
        summary.show(request, outcome)
    sys.stdout.flush()
    sys.exit(outcome.exit_code)
