"""`lakehouse demo`: a made-up shop, the whole way."""

from __future__ import annotations

from datetime import date, timedelta

import click

from spark_app.cli import options
from spark_app.cli.run import execute
from spark_app.cli.screen import console
from spark_app.cli.where import settings_of

# Fixed, so that every demo shows the same figures.
START = date(2024, 1, 1)


@click.command()
@options.where
@click.option("--days", default=60, show_default=True, type=click.IntRange(1, 3650), help="Days of business.")
@click.option("--orders-per-day", default=40, show_default=True, type=click.IntRange(1, 100_000), help="About so many.")
@options.as_json
def demo(environment: str, home: str | None, source: str | None, days: int, orders_per_day: int, json_: bool) -> None:
    """Generate a small shop's daily drops and run the whole pipeline over them.

    Deterministic: the same shop every time, with late and corrected rows, address changes and every kind of dirt the
    rules know. Running it again finds nothing new.
    """
    settings = settings_of(environment, home, source)
    from spark_app.lake.objects import adding_files
    from spark_app.shops.demo import generate

    landing = settings.resolve(settings.landing)
    with adding_files(landing, settings.s3) as folder:
        made = generate(str(folder), START, days, orders_per_day=orders_per_day)
    from spark_app.runs.request import RunRequest

    if not json_:
        rows = sum(made.rows.values())
        console.print(f"{made.files:,} files with {rows:,} rows of {made.days} days landed in {landing}\n")
    execute(RunRequest(environment, "demo", home, source, START, START + timedelta(days=days - 1)), json_)
