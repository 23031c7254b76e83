"""The layers as programs of their own: `spark-submit spark_app/jobs/<layer>.py --env E --date D`; nightly.py is all.

The package must be importable and Delta's jars with Spark: in the image and on Glue they are; for a checkout see
docs/architecture.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

from spark_app.jobs import nightly
from spark_app.jobs.nightly import LAYERS, Layer, Order, Outcome
from spark_app.runtime.errors import LakehouseError, UsageError

Word = Layer | Literal["run"]


def main(word: Word, argv: Sequence[str] | None = None) -> None:
    """Run one layer, or all (`run`), and end the process with its exit code; messages go to standard error."""
    finish(lambda: nightly.run(order(word, sys.argv[1:] if argv is None else argv)))


def finish(work: Callable[[], Outcome]) -> None:
    """Do the work, say how it went, and end the process with its exit code."""
    try:
        outcome = work()
    except LakehouseError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(error.exit_code)
    for warning in outcome.record.warnings:
        sys.stderr.write(f"note: {warning}\n")
    for step in outcome.record.steps:
        sys.stderr.write(f"{step.layer} {step.table}: {step.action} in {step.seconds:.1f} s\n")
    if outcome.exit_code:
        sys.stderr.write(f"error: {outcome.message}\n")
        if outcome.hint:
            sys.stderr.write(f"  {outcome.hint}\n")
    else:
        sys.stderr.write(f"{outcome.message}\n")
    sys.exit(outcome.exit_code)


def order(word: Word, argv: Sequence[str]) -> Order:
    """The same arguments as `lakehouse run`, but for --layers."""
    parser = argparse.ArgumentParser(prog="nightly.py" if word == "run" else f"{word}.py", allow_abbrev=False)
    parser.add_argument("--env", default="local")
    parser.add_argument("--home")
    parser.add_argument("--source")
    parser.add_argument("--date", type=date.fromisoformat)
    parser.add_argument("--from", dest="first", type=date.fromisoformat)
    parser.add_argument("--to", dest="last", type=date.fromisoformat)
    parser.add_argument("--allow-missing", action="store_true")
    found = parser.parse_args(list(argv))
    if found.date and (found.first or found.last):
        raise UsageError("give --date, or --from with --to, not both")
    if bool(found.first) != bool(found.last):
        raise UsageError("--from and --to go together")
    first, last = (found.date, found.date) if found.date else (found.first, found.last)
    layers = LAYERS if word == "run" else (word,)
    return Order(
        found.env, word, found.home, found.source, first, last, layers=layers, allow_missing=found.allow_missing
    )
