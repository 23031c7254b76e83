"""Options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from spark_app.runtime.errors import UsageError

Command = Callable[..., Any]


class Day(click.ParamType[date]):
    """A date as 2024-12-31."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is no date; expected one as 2024-12-31", param, ctx)


DAY = Day()


def where(command: Command) -> Command:
    """--env, --home, --source: which lakehouse is meant."""
    command = click.option("--source", help="Source in conf/sources; the environment's own by default.")(command)
    command = click.option("--home", help="Folder that the environment's relative paths are taken from.")(command)
    return click.option("--env", "environment", default="local", show_default=True, help="conf/<environment>.yaml")(
        command
    )


def days(command: Command) -> Command:
    """--date, or --from with --to."""
    command = click.option("--to", "last", type=DAY, help="Last day of a range, taken in one pass.")(command)
    command = click.option("--from", "first", type=DAY, help="First day of a range.")(command)
    return click.option("--date", "day", type=DAY, help="One batch date; yesterday (UTC) by default.")(command)


def as_json(command: Command) -> Command:
    """--json."""
    return click.option("--json", "json_", is_flag=True, help="Print JSON, for scripts.")(command)


def span(day: date | None, first: date | None, last: date | None) -> tuple[date | None, date | None]:
    """(first, last) of what was asked for; nothing where nothing was."""
    if day is not None and (first or last):
        raise UsageError("give --date, or --from with --to, not both")
    if (first is None) != (last is None):
        raise UsageError("--from and --to go together")
    return (day, day) if day is not None else (first, last)
