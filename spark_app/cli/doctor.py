"""`lakehouse doctor`: is everything in place, and what would become of a sample file."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from spark_app.cli import options, screen
from spark_app.cli.where import existing
from spark_app.contracts.sources import source_file
from spark_app.runtime.errors import UsageError
from spark_app.runtime.settings import environment_file

ROWS_SHOWN = 5
_SAMPLE = "A sample file of the source's; with --write also several of one kind, each with --file."


@click.command()
@options.where
@click.option("--file", "samples", type=click.Path(path_type=Path), multiple=True, help=_SAMPLE)
@click.option("--dataset", help="Which of the source's datasets the file is; needed where there are several.")
@click.option("--write", is_flag=True, help="Write a mapping proposed for the sample; --source names it.")
@options.most("--rows", ROWS_SHOWN, "rows of the sample")
@options.as_json
def doctor(
    environment: str,
    home: str | None,
    source: str | None,
    samples: tuple[Path, ...],
    dataset: str | None,
    write: bool,
    most: int | None,
    json_: bool,
) -> None:
    """Check the set-up; with --source and --file, show how a shop's file would come out; with --write, propose how.

    \b
      lakehouse doctor
      lakehouse doctor --source kiosk --file tests/data/kiosk/landing/order_lines/dt=2024-12-20/kiosk-2024-12-20.csv
      lakehouse doctor --source myshop --file export.csv --write
    """
    if write:
        _propose(source, samples, dataset)
        return
    if len(samples) > 1:
        raise UsageError("--file: found several; expected one to look at, or --write to propose a mapping for all")
    sample = samples[0] if samples else None
    _check(environment, home, source, sample, dataset)
    from spark_app.doctor.checks import check_setup
    from spark_app.doctor.preview import preview_file

    if sample is not None:
        shown = options.bound(most, ROWS_SHOWN, json_)
        found = preview_file(environment, home, source, sample, dataset, shown)
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


def _propose(source: str | None, samples: tuple[Path, ...], dataset: str | None) -> None:
    if source is None or not samples:
        raise UsageError("--write needs --source, the name of the mapping to write, and --file, a sample")
    for sample in samples:
        _is_file(sample)
    from spark_app.doctor.write import write_proposal

    path, questions = write_proposal(source, samples, dataset)
    screen.console.print(f"written: {screen.text(path)}")
    for question in questions:
        screen.warn(question)
    screen.console.print(f"read it, answer these in it, then: lakehouse doctor --source {source} --file {samples[0]}")


def _is_file(sample: Path) -> None:
    if not sample.is_file():
        raise UsageError(f"--file {sample}: {'a folder' if sample.is_dir() else 'no such file'}; expected a file")


def _check(environment: str, home: str | None, source: str | None, sample: Path | None, dataset: str | None) -> None:
    """What can be told at once. Without --home there may be no lakehouse yet: it is what doctor looks for."""
    environment_file(environment)
    if source is not None:
        source_file(source)
    if home is not None:
        existing(environment, home, source)
    if sample is None and dataset is not None:
        raise UsageError("--dataset says what a sample is: it goes with --file")
    if sample is not None:
        _is_file(sample)


def _left_out(entity: str, where: str, rows: list[int]) -> str:
    """What `where` left out of the sample: how many rows, and the first of them."""
    if not rows:
        return f"{entity}: where {where}: leaves out no row"
    listed = ", ".join(map(str, rows[:ROWS_SHOWN])) + (", …" if len(rows) > ROWS_SHOWN else "")
    return f"{entity}: where {where}: leaves out {len(rows)} {'row' if len(rows) == 1 else 'rows'} ({listed})"


def _with_values(rows: Sequence[Mapping[str, object]]) -> tuple[list[str], list[str]]:
    """The columns that any of the rows has a value of, which a screen has room for, and the others."""
    names = list(rows[0]) if rows else ["nothing"]
    given = [name for name in names if any(row[name] is not None for row in rows)] or names[:1]
    return given, [name for name in names if name not in given]


def _show_sample(found: dict[str, object]) -> None:
    from typing import Any, cast

    data = cast("dict[str, Any]", found)
    mapped = [(m["header"], m["column"], ", ".join(m["feeds"]) or "(kept, not used)") for m in data["columns"]]
    screen.table(f"{data['file']} as {data['dataset']}", ("header", "bronze column", "feeds"), mapped)
    if data["missing"]:
        screen.warn(f"not in the file: {', '.join(data['missing'])}")
    if data["read"]:
        keys = ", ".join(f"{key} {value}" for key, value in data["read"].items())
        screen.console.print(screen.text(f"read by ourselves ({keys}): {data['rows']} rows"))
    if data["carried"]:
        listed = ", ".join(f"{header} in {count} rows" for header, count in data["carried"].items())
        screen.console.print(screen.text(f"carried down: {listed}"))
    for entity, shown in data["entities"].items():
        columns, blank = _with_values(shown["rows"])
        rows = [[row[name] for name in columns] for row in shown["rows"]]
        nothing = shown["passed_over"] - len(shown["left_out"])
        empty = f", {nothing} of nothing passed over" if nothing else ""
        screen.table(f"{entity}: {shown['usable']} rows usable, {shown['quarantined']} not{empty}", columns, rows)
        screen.more(shown["usable"] - len(rows), "--rows 0 shows all")
        if blank:
            screen.console.print(screen.text(f"{entity}: no value in these rows: {', '.join(blank)}"))
        if shown["where"] is not None:
            screen.console.print(screen.text(_left_out(entity, shown["where"], shown["left_out"])))
        if shown["deleted"]:
            screen.console.print(f"{entity}: rows that say they are gone: {', '.join(map(str, shown['deleted']))}")
        for name, other in shown["looked_up"].items():
            screen.warn(f"{entity}.{name} is looked up in {other}, which is no part of a sample: it is missing here")
        for reason in shown["reasons"]:
            screen.warn(f"row {reason['row_number']}: {reason['text']}")
        shown_rows = len({reason["row_number"] for reason in shown["reasons"]})
        screen.more(shown["quarantined"] - shown_rows, "rows that are not usable; --rows 0 shows all")
