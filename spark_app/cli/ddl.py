"""`lakehouse ddl`: the warehouse as SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from spark_app.cli import options
from spark_app.cli.screen import print_json
from spark_app.cli.where import settings_of

if TYPE_CHECKING:
    from spark_app.runtime.settings import Settings


@click.command()
@options.where
@click.option("--warehouse", "kind", type=click.Choice(["redshift", "duckdb"]), help="The environment's by default.")
@click.option("--changes", is_flag=True, help="Only what the environment's Redshift still lacks; connects to it.")
@options.as_json
def ddl(environment: str, home: str | None, source: str | None, kind: str | None, changes: bool, json_: bool) -> None:
    """Print the SQL that makes the warehouse: schemas, tables, views, comments, who may read. It may be run again.

    \b
      lakehouse ddl --warehouse redshift > warehouse.sql
      lakehouse ddl --env aws --changes
    """
    from spark_app.contracts.ddl_script import duckdb_script, redshift_script
    from spark_app.contracts.left_out import check_left_out
    from spark_app.contracts.load import load_contracts
    from spark_app.contracts.view import with_all_tables
    from spark_app.contracts.views import load_views

    settings = settings_of(environment, home, source)
    contracts = load_contracts()
    views = load_views(contracts)
    check_left_out(settings.left_out, contracts, views)
    if changes:
        lines = _changes(settings)
        if json_:
            print_json(lines)
        else:
            for line in lines:
                click.echo(line)
        return
    gold = [c for c in contracts.values() if c.layer == "gold"]
    if (kind or settings.warehouse) == "redshift":
        user = settings.redshift.user if settings.redshift else None
        kept = [one for one in gold if one.name not in settings.left_out]
        statements = redshift_script(kept, with_all_tables(views, [one.name for one in kept]), user)
    else:
        statements = duckdb_script(gold, views)
    if json_:
        print_json([f"{statement};" for statement in statements])
        return
    for statement in statements:
        click.echo(f"{statement};\n")


def _changes(settings: Settings) -> list[str]:
    from spark_app.contracts.load import load_contracts
    from spark_app.contracts.views import load_views
    from spark_app.runtime.errors import UsageError
    from spark_app.warehouse.redshift_schema import plan_changes, read_state
    from spark_app.warehouse.redshift_session import connected

    if settings.warehouse != "redshift" or settings.redshift is None:
        raise UsageError(
            f"--changes: found warehouse {settings.warehouse} in environment {settings.environment}, expected redshift",
            hint="DuckDB's file is brought to its contracts by the next load",
        )
    contracts = load_contracts()
    gold = [c for c in contracts.values() if c.layer == "gold"]
    kept = {c.name: c for c in gold if c.name not in settings.left_out}
    left_out = [c for c in gold if c.name in settings.left_out]
    with connected(settings.redshift) as session:
        plan = plan_changes(kept, load_views(contracts), read_state(session), left_out)
    lines = [f"-- {note}" for step in plan.tables.values() for note in step.notes]
    before = [f"{statement};\n" for statement in plan.before]
    within = [f"{statement};\n" for statement in plan.within]
    if within:
        within = ["BEGIN;\n", *within, "COMMIT;\n"]
    whole = [name for name, step in plan.tables.items() if step.whole]
    if whole:
        lines.append(f"-- The next load brings these whole: {', '.join(whole)}")
    return [*lines, *before, *within] or ["-- nothing: the warehouse is as its contracts"]
