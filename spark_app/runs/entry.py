"""The layers as programs of their own: `spark-submit spark_app/jobs/<layer>.py --env E --date D`; nightly.py is all.

The package must be importable and Delta's jars with Spark: in the image and on Glue they are; for a checkout see
docs/architecture.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from spark_app.runs import lifecycle
from spark_app.runs.request import Outcome, RunRequest, Work
from spark_app.runtime import glue
from spark_app.runtime.days import parse_day, parse_wait, read_span
from spark_app.runtime.ending import end_process
from spark_app.runtime.errors import LakehouseError, UsageError
from spark_app.runtime.layers import LAYERS, Program

OPTIONS = glue.Options(("env", "home", "source", "date", "from", "to", "wait"), flags=("allow-missing",))


def main(program: Program, work: Work, argv: Sequence[str] | None = None) -> None:
    """Do the work of one layer, or of all (`run`), to the end of the process; messages go to standard error."""
    launch(argv, OPTIONS, lambda given: lifecycle.run(request(program, given), work))


def launch(argv: Sequence[str] | None, options: glue.Options, work: Callable[[Sequence[str]], Outcome]) -> None:
    """Do the work with the arguments given, say how it went, and end as the platform wants it.

    That is with the exit code; on Glue by returning from the script, or by an exception that says code and cause.
    `argv`: None where these are the process's own, which then ends here.
    """
    given = sys.argv[1:] if argv is None else argv
    if not glue.is_job(given):
        code, _ = _tell(lambda: work(given))
        if argv is None:
            end_process(code)
        sys.exit(code)
    with glue.job(given, options) as plain:
        code, message = _tell(lambda: work(plain))
        if code:
            raise glue.JobFailed(code, message)


def _tell(work: Callable[[], Outcome]) -> tuple[int, str]:
    """Exit code and message of the work, with all it has to say on standard error."""
    try:
        outcome = work()
    except LakehouseError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code, error.message
    for warning in outcome.record.warnings:
        sys.stderr.write(f"note: {warning}\n")
    if outcome.record.set_aside and not outcome.exit_code:
        sys.stderr.write(f"note: set aside: {outcome.record.set_aside}\n")
    for step in outcome.record.steps:
        sys.stderr.write(f"{step.layer} {step.table}: {step.action} in {step.seconds:.1f} s\n")
    if outcome.exit_code:
        sys.stderr.write(f"error: {outcome.message}\n")
        if outcome.hint:
            sys.stderr.write(f"  {outcome.hint}\n")
    else:
        sys.stderr.write(f"{outcome.message}\n")
    return outcome.exit_code, outcome.message


class Parser(argparse.ArgumentParser):
    """Wrong arguments are an error of ours, which every platform tells in its own way."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=self.format_usage().strip())


def request(program: Program, argv: Sequence[str]) -> RunRequest:
    """The same arguments as `lakehouse run`, but for --layers."""
    parser = Parser(prog="nightly.py" if program == "run" else f"{program}.py", allow_abbrev=False)
    parser.add_argument("--env", default="local")
    parser.add_argument("--home")
    parser.add_argument("--source")
    parser.add_argument("--date", type=parse_day)
    parser.add_argument("--from", dest="first", type=parse_day)
    parser.add_argument("--to", dest="last", type=parse_day)
    parser.add_argument("--allow-missing", action="store_true")
    parser.add_argument("--wait", type=parse_wait, default=0.0)
    found = parser.parse_args(list(argv))
    first, last = read_span(found.date, found.first, found.last)
    layers = tuple(layer for layer in LAYERS if program in ("run", layer))
    return RunRequest(
        found.env,
        program,
        found.home,
        found.source,
        first,
        last,
        layers=layers,
        allow_missing=found.allow_missing,
        wait_seconds=found.wait,
    )
