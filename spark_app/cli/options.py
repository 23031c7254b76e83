"""Options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from spark_app.runtime.days import parse_day, parse_wait
from spark_app.runtime.errors import UsageError

Command = Callable[..., Any]


class Day(click.ParamType[date]):
    """A date as 2024-12-31."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return parse_day(value)
        except UsageError as error:
            self.fail(error.message, param, ctx)


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


class Wait(click.ParamType[float]):
    """A time to wait as 30m."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            return parse_wait(str(value))
        except UsageError as error:
            self.fail(error.message, param, ctx)


class Seconds(click.ParamType[float]):
    """A time as 30s or 2m, a second or more."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            found = parse_wait(str(value))
        except UsageError as error:
            self.fail(error.message, param, ctx)
        if found < 1:
            self.fail(f"found {value}, expected a second or more", param, ctx)
        return found


def wait(command: Command) -> Command:
    """--wait."""
    text = "How long to wait, as 30m, where another run is at work on the lake; else it ends at once."
    return click.option("--wait", "wait", type=Wait(), default=0.0, help=text)(command)


def as_json(command: Command) -> Command:
    """--json."""
    return click.option("--json", "json_", is_flag=True, help="Print JSON, for scripts.")(command)


def most(name: str, shown: int, what: str) -> Callable[[Command], Command]:
    """An option for how much of a listing is shown: all with 0, and with --json unless it is given."""
    text = f"At most so many {what}; 0 shows all.  [default: {shown}, all with --json]"
    return click.option(name, "most", type=click.IntRange(0), help=text)


def bound(most: int | None, shown: int, json_: bool) -> int | None:
    """How many are shown of a listing; None for all of it."""
    return (None if json_ else shown) if most is None else most or None
