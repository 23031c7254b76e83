"""`lakehouse replay`: a public data set as the daily drops a shop would have sent."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from spark_app.cli import options
from spark_app.cli.screen import console, print_json
from spark_app.runtime.days import refuse_reversed
from spark_app.runtime.errors import UsageError


@click.group()
def replay() -> None:
    """Turn a public data set into daily drops.

    \b
      lakehouse replay olist --from ~/olist --landing .lakehouse/landing
      lakehouse run --from 2016-09-01 --to 2018-12-31
    """


@replay.command()
@click.option(
    "--from",
    "source",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder of Olist's nine CSV files.",
)
@click.option("--landing", required=True, help="Folder or s3a:// URI to write <entity>/dt=YYYY-MM-DD/ into.")
@click.option("--env", "environment", default="local", show_default=True, help="Whose S3 settings to use for a URI.")
@click.option("--start", type=options.DAY, help="First day to write.")
@click.option("--end", type=options.DAY, help="Last day to write.")
@options.as_json
def olist(source: Path, landing: str, environment: str, start: date | None, end: date | None, json_: bool) -> None:
    """Brazilian E-Commerce Public Dataset by Olist, as it would have landed day by day."""
    from spark_app.runtime.settings import load_settings

    refuse_reversed("--start", start, "--end", end)
    settings = load_settings(environment)
    if not source.is_dir():
        raise UsageError(f"--from {source}: no such folder; expected one with Olist's nine CSV files")
    from spark_app.lake.objects import adding_files
    from spark_app.shops.olist import replay as olist_replay

    with adding_files(landing, settings.s3) as folder:
        done = olist_replay(source, str(folder), start, end)
    if json_:
        print_json({"landing": landing, **done.__dict__})
        return
    rows = ", ".join(f"{count:,} {name}" for name, count in done.rows.items())
    console.print(f"{done.files:,} files of {done.days:,} days in {landing}: {rows}")
    if done.first_day:
        console.print(f"next: lakehouse run --from {done.first_day} --to {done.last_day}")
