"""`lakehouse doctor`: is everything in place, and what would become of a sample file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from spark_app.cli import options, screen
from spark_app.runtime.errors import LakehouseError


@click.command()
@options.where
@click.option("--file", "sample", type=click.Path(path_type=Path), help="A sample file of the source's.")
@click.option("--dataset", help="Which of the source's datasets the file is; needed where there are several.")
@click.option("--rows", default=5, show_default=True, help="How many rows of the sample to show.")
@options.as_json
def doctor(
    environment: str,
    home: str | None,
    source: str | None,
    sample: Path | None,
    dataset: str | None,
    rows: int,
    json_: bool,
) -> None:
    """Check the set-up; with --source and --file, show how a shop's file would come out.

    \b
      lakehouse doctor
      lakehouse doctor --source kiosk --file tests/data/kiosk/landing/order_lines/dt=2024-12-20/kiosk-2024-12-20.csv
    """
    from spark_app.jobs import examine

    if sample is not None:
        found = examine.sample_file(environment, home, source, sample, dataset, rows)
        if json_:
            screen.print_json(found)
        else:
            _show_sample(found)
        return
    checks = examine.checks(environment, home, source)
    if json_:
        screen.print_json([check.__dict__ for check in checks])
    else:
        for check in checks:
            mark = "[green]ok [/]" if check.good else "[red]bad[/]"
            screen.console.print(f"{mark} {screen.text(check.what)}: {screen.text(check.found)}")
            if check.hint:
                screen.console.print(f"      [dim]→ {screen.text(check.hint)}[/]")
    if not all(check.good for check in checks):
        sys.exit(2)


def _show_sample(found: dict[str, object]) -> None:
    from typing import Any, cast

    data = cast("dict[str, Any]", found)
    if data["problem"]:
        raise LakehouseError(f"{data['file']}: {data['problem']}")
    mapped = [(m["header"], m["column"], ", ".join(m["feeds"]) or "(kept, not used)") for m in data["columns"]]
    screen.table(f"{data['file']} as {data['dataset']}", ("header", "bronze column", "feeds"), mapped)
    if data["missing"]:
        screen.warn(f"not in the file: {', '.join(data['missing'])}")
    for entity, shown in data["entities"].items():
        columns = list(shown["rows"][0]) if shown["rows"] else ["nothing"]
        rows = [[row[name] for name in columns] for row in shown["rows"]]
        screen.table(f"{entity}: {shown['usable']} rows usable, {shown['quarantined']} not", columns, rows)
        for reason in shown["reasons"]:
            screen.warn(f"row {reason['row_number']}: {reason['text']}")
