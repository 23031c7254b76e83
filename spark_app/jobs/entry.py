"""The layers as programs of their own: `spark-submit spark_app/jobs/<layer>.py --env E --date D`.

The package must be importable and Delta's jars with Spark: in the image and on Glue they are; for a checkout see
docs/architecture.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date

from spark_app.jobs import nightly
from spark_app.jobs.nightly import Layer, Order
from spark_app.runtime.errors import LakehouseError, UsageError


def main(layer: Layer, argv: Sequence[str] | None = None) -> None:
    """Run one layer and end the process with its exit code; messages go to standard error."""
    try:
        outcome = nightly.run(order(layer, sys.argv[1:] if argv is None else argv))
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
    sys.exit(outcome.exit_code)


def order(layer: Layer, argv: Sequence[str]) -> Order:
    """The same arguments as `lakehouse run`, but for --layers."""
    parser = argparse.ArgumentParser(prog=f"{layer}.py", allow_abbrev=False)
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
    return Order(
        found.env, layer, found.home, found.source, first, last, layers=(layer,), allow_missing=found.allow_missing
    )
