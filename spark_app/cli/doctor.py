"""`lakehouse doctor`: is everything in place, and what would become of a sample file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from spark_app.cli import options, screen
from spark_app.cli.where import existing
from spark_app.contracts.sources import source_file
from spark_app.runtime.errors import UsageError
from spark_app.runtime.settings import environment_file

ROWS_SHOWN = 5


@click.command()
@options.where
@click.option("--file", "sample", type=click.Path(path_type=Path), help="A sample file of the source's.")
@click.option("--dataset", help="Which of the source's datasets the file is; needed where there are several.")
@options.most("--rows", ROWS_SHOWN, "rows of the sample")
@options.as_json
def doctor(
    environment: str,
    home: str | None,
    source: str | None,
    sample: Path | None,
    dataset: str | None,
    most: int | None,
    json_: bool,
) -> None:
    """Check the set-up; with --source and --file, show how a shop's file would come out.

    \b
      lakehouse doctor
      lakehouse doctor --source kiosk --file tests/data/kiosk/landing/order_lines/dt=2024-12-20/kiosk-2024-12-20.csv
    """
    _check(environment, home, source, sample, dataset)
    from spark_app.doctor.checks import check_setup, sample_file

    if sample is not None:
        shown = options.bound(most, ROWS_SHOWN, json_)
        found = sample_file(environment, home, source, sample, dataset, shown)
        if found["problem"]:
            raise UsageError(f"{found['file']}: {found['problem']}")
        if json_:
            screen.print_json(found)
        else:
            _show_sample(found)
        return
    checked = check_setup(environment, home, source)
    if json_:
        screen.print_json([check.__dict__ for check in checked])
    else:
        for check in checked:
            mark = "[green]ok [/]" if check.good else "[red]bad[/]"
            screen.console.print(f"{mark} {screen.text(check.what)}: {screen.text(check.found)}")
            if check.hint:
                screen.console.print(f"      [dim]→ {screen.text(check.hint)}[/]")
    if not all(check.good for check in checked):
        sys.exit(2)


def _check(environment: str, home: str | None, source: str | None, sample: Path | None, dataset: str | None) -> None:
    """What can be told at once. Without --home there may be no lakehouse yet: it is what doctor looks for."""
    environment_file(environment)
    if source is not None:
        source_file(source)
    if home is not None:
        existing(environment, home, source)
    if sample is None and dataset is not None:
        raise UsageError("--dataset says what a sample is: it goes with --file")
    if sample is not None and not sample.is_file():
        raise UsageError(f"--file {sample}: {'a folder' if sample.is_dir() else 'no such file'}; expected a file")


def _show_sample(found: dict[str, object]) -> None:
    from typing import Any, cast

    data = cast("dict[str, Any]", found)
    mapped = [(m["header"], m["column"], ", ".join(m["feeds"]) or "(kept, not used)") for m in data["columns"]]
    screen.table(f"{data['file']} as {data['dataset']}", ("header", "bronze column", "feeds"), mapped)
    if data["missing"]:
        screen.warn(f"not in the file: {', '.join(data['missing'])}")
    for entity, shown in data["entities"].items():
        columns = list(shown["rows"][0]) if shown["rows"] else ["nothing"]
        rows = [[row[name] for name in columns] for row in shown["rows"]]
        empty = f", {shown['passed_over']} of nothing passed over" if shown["passed_over"] else ""
        screen.table(f"{entity}: {shown['usable']} rows usable, {shown['quarantined']} not{empty}", columns, rows)
        screen.more(shown["usable"] - len(rows), "--rows 0 shows all")
        for reason in shown["reasons"]:
            screen.warn(f"row {reason['row_number']}: {reason['text']}")
        shown_rows = len({reason["row_number"] for reason in shown["reasons"]})
        screen.more(shown["quarantined"] - shown_rows, "rows that are not usable; --rows 0 shows all")
