"""`lakehouse quarantine`: rows that could not be used, why, and judging them again."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

import click

from spark_app.cli import options, screen
from spark_app.cli.where import known_entity, lake_of
from spark_app.runtime.errors import UsageError
from spark_app.runtime.layers import layers_from
from spark_app.runtime.yaml_lines import nearest

if TYPE_CHECKING:
    from spark_app.lake.paths import Lake

ROWS_SHOWN, RAW_SHOWN = 20, 500


@click.group()
def quarantine() -> None:
    """Rows that could not be used: list the reasons, show the rows, judge them again."""


@quarantine.command("list")
@options.where
@click.option("--entity", help="Only this entity.")
@options.as_json
def list_(environment: str, home: str | None, source: str | None, entity: str | None, json_: bool) -> None:
    """Reasons, with how many rows and an example of each."""
    lake = lake_of(environment, home, source)
    known_entity(entity)
    from spark_app.cli.queries import quarantine_by_reason

    rows = quarantine_by_reason(lake, entity)
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
@options.most("--limit", ROWS_SHOWN, "rows")
@options.as_json
def show(
    environment: str,
    home: str | None,
    source: str | None,
    entity: str,
    day: date | None,
    rule: str | None,
    most: int | None,
    json_: bool,
) -> None:
    """Rows of ENTITY as they landed: file, row, every reason."""
    lake = lake_of(environment, home, source)
    known_entity(entity)
    from spark_app.cli.queries import quarantined_rows

    _known_rule(lake, entity, rule)
    rows, there = quarantined_rows(lake, entity, day, rule, options.bound(most, ROWS_SHOWN, json_))
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
        left = len(row["raw"]) - RAW_SHOWN
        cut = f" … and {left:,} more characters, which --json shows" if left > 0 else ""
        screen.console.print(f"  [dim]{screen.text(row['raw'][:RAW_SHOWN] + cut)}[/]\n")
    screen.more(there - len(rows), "--limit 0 shows all")
    if not rows:
        screen.console.print(f"nothing of {entity} is quarantined there")


@quarantine.command()
@options.where
@click.option("--entity", help="Only this entity.")
@click.option("--date", "day", type=options.DAY, help="Only this batch date.")
@options.wait
@options.as_json
def replay(
    environment: str,
    home: str | None,
    source: str | None,
    entity: str | None,
    day: date | None,
    wait: float,
    json_: bool,
) -> None:
    """Judge quarantined rows again, by today's contracts and source mapping, and release what that changes.

    For after a rule was corrected or a code was added to the source. A corrected file needs no replay.
    """
    lake = lake_of(environment, home, source)
    known_entity(entity)
    from spark_app.lake import quarantine as kept

    rows = kept.select(
        lake,
        "SELECT DISTINCT entity, batch_date FROM quarantined WHERE (?::VARCHAR IS NULL OR entity = ?) "
        "AND (?::DATE IS NULL OR batch_date = ?)",
        (entity, entity, day, day),
    )
    if not rows:
        raise UsageError("nothing is quarantined there: nothing to judge again", hint="see: lakehouse quarantine list")
    again: dict[str, list[date]] = defaultdict(list)
    for row in rows:
        again[row["entity"]].append(row["batch_date"])
    from spark_app.cli.run import execute
    from spark_app.runs.request import RunRequest

    request = RunRequest(
        environment,
        "quarantine replay",
        home,
        source,
        layers=layers_from("silver"),
        days_to_judge={name: tuple(sorted(found)) for name, found in again.items()},
        wait_seconds=wait,
    )
    execute(request, json_)


def _known_rule(lake: Lake, entity: str, rule: str | None) -> None:
    """UsageError for a rule that neither the entity's contract nor its quarantine names."""
    from spark_app.cli.queries import quarantine_by_reason
    from spark_app.contracts.load import load_contracts

    names = {one.name for one in load_contracts()[f"silver.{entity}"].rules} if rule is not None else set()
    if rule is None or rule in names:
        return
    names |= {row["rule"] for row in quarantine_by_reason(lake, entity)}
    if rule not in names:
        raise UsageError(f"--rule: {entity} has no rule '{rule}'{nearest(rule, names)}")
