"""How things look on a terminal, and as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from spark_app.runtime.record import RunRecord, Step

# Not a terminal: wide enough that tables stay tables in a log.
_WIDTH = None if sys.stdout.isatty() else 140
console = Console(highlight=False, soft_wrap=True, width=_WIDTH)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], numbers: Sequence[str] = ()) -> None:
    """A plain table; `numbers` are right-aligned."""
    shown = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        shown.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        shown.add_row(*[text(value) for value in row])
    console.print(shown)
    console.print()


def more(left: int, how: str) -> None:
    """How many a listing leaves out, and what shows them; nothing where it leaves out none."""
    if left > 0:
        console.print(f"[dim]{left:,} more: {text(how)}[/]\n")


def text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, float):
        return f"{value:,.1f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value).replace("[", r"\[")


def _decimal(value: Decimal) -> str:
    """Money with cents, and with more decimals where there are any; a whole number of pieces (0.001) without."""
    places = max(-int(value.normalize().as_tuple().exponent), 0)
    pieces = value.as_tuple().exponent == -3 and places == 0
    return f"{value:,.{0 if pieces else max(places, 2)}f}"


def print_json(value: object) -> None:
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def print_json_line(value: object) -> None:
    """One object on a line of its own, for what goes on printing."""
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False))


def fail(message: str, hint: str | None = None) -> None:
    errors.print(f"[bold red]error:[/] {text(message)}")
    if hint:
        errors.print(f"  [dim]→[/] {text(hint)}")


def warn(message: str) -> None:
    console.print(f"[yellow]note:[/] {text(message)}")


@contextmanager
def progress(total: int) -> Iterator[Callable[[RunRecord], None]]:
    """A bar over a run's steps; where there is no terminal, nothing."""
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.completed}/{task.total} tables"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = bar.add_task("starting Spark", total=total)

    def follow(record: RunRecord) -> None:
        def on_step(step: Step, ended: bool) -> None:
            bar.update(task, description=f"{step.layer} {step.table}", advance=1 if ended else 0)

        record.on_step = on_step

    with bar:
        yield follow


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not JSON: {type(value).__name__}")
