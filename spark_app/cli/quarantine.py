"""`lakehouse quarantine`: rows that could not be used, why, and judging them again."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

import click

from spark_app.cli import options, screen
from spark_app.runtime.errors import UsageError

if TYPE_CHECKING:
    from spark_app.lake.paths import Lake


@click.group()
def quarantine() -> None:
    """Rows that could not be used: list the reasons, show the rows, judge them again."""


@quarantine.command("list")
@options.where
@click.option("--entity", help="Only this entity.")
@options.as_json
def list_(environment: str, home: str | None, source: str | None, entity: str | None, json_: bool) -> None:
    """Reasons, with how many rows and an example of each."""
    from spark_app.cli.queries import quarantine_by_reason

    rows = quarantine_by_reason(_lake(environment, home, source), entity)
    if json_:
        screen.print_json(rows)
    elif not rows:
        screen.console.print("nothing is quarantined")
    else:
        columns = ("entity", "rule", "rows", "first_day", "last_day", "found", "expected")
        screen.table("Quarantined", columns, [[row[name] for name in columns] for row in rows], numbers=("rows",))


@quarantine.command()
@options.where
@click.argument("entity")
@click.option("--date", "day", type=options.DAY, help="Only this batch date.")
@click.option("--rule", help="Only rows that broke this rule.")
@click.option("--limit", default=20, show_default=True, help="At most so many rows.")
@options.as_json
def show(
    environment: str,
    home: str | None,
    source: str | None,
    entity: str,
    day: date | None,
    rule: str | None,
    limit: int,
    json_: bool,
) -> None:
    """Rows of ENTITY as they landed: file, row, every reason."""
    from spark_app.lake import quarantine as kept

    rows = kept.select(
        _lake(environment, home, source),
        "SELECT batch_date, source_file, row_number, reasons, raw FROM quarantined WHERE entity = ? "
        "AND (?::DATE IS NULL OR batch_date = ?) "
        "AND (?::VARCHAR IS NULL OR list_contains(list_transform(reasons, lambda r: r.rule), ?)) "
        "ORDER BY batch_date, source_file, row_number LIMIT ?",
        (entity, day, day, rule, rule, limit),
    )
    if json_:
        screen.print_json([{**row, "raw": json.loads(row["raw"])} for row in rows])
        return
    for row in rows:
        number = f"row {row['row_number']}" if row["row_number"] else "the whole file"
        screen.console.print(f"[bold]{screen.text(row['source_file'])}[/], {number}")
        for reason in row["reasons"]:
            column = f"{reason['column']}: " if reason["column"] else ""
            found = "nothing" if reason["found"] is None else repr(reason["found"])
            screen.console.print(
                screen.text(f"  {column}{reason['rule']}: found {found}, expected {reason['expected']}")
            )
        screen.console.print(f"  [dim]{screen.text(row['raw'][:500])}[/]\n")
    if not rows:
        screen.console.print(f"nothing of {entity} is quarantined there")


@quarantine.command()
@options.where
@click.option("--entity", help="Only this entity.")
@click.option("--date", "day", type=options.DAY, help="Only this batch date.")
@options.as_json
def replay(
    environment: str, home: str | None, source: str | None, entity: str | None, day: date | None, json_: bool
) -> None:
    """Judge quarantined rows again, by today's contracts and source mapping, and release what that changes.

    For after a rule was corrected or a code was added to the source. A corrected file needs no replay.
    """
    from spark_app.cli.run import execute
    from spark_app.jobs.nightly import Order
    from spark_app.lake import quarantine as kept

    rows = kept.select(
        _lake(environment, home, source),
        "SELECT DISTINCT entity, batch_date FROM quarantined WHERE (?::VARCHAR IS NULL OR entity = ?) "
        "AND (?::DATE IS NULL OR batch_date = ?)",
        (entity, entity, day, day),
    )
    if not rows:
        raise UsageError("nothing is quarantined there: nothing to judge again", hint="see: lakehouse quarantine list")
    again: dict[str, list[date]] = defaultdict(list)
    for row in rows:
        again[row["entity"]].append(row["batch_date"])
    order = Order(
        environment,
        "quarantine replay",
        home,
        source,
        layers=("silver", "gold", "audit", "publish"),
        again={name: tuple(sorted(found)) for name, found in again.items()},
    )
    execute(order, json_)


def _lake(environment: str, home: str | None, source: str | None) -> Lake:
    from spark_app.lake.paths import Lake
    from spark_app.runtime.settings import load_settings

    settings = load_settings(environment, home=home, source=source)
    return Lake(settings.resolve(settings.lake), settings.s3)
