"""`lakehouse demo`: a made-up shop, the whole way."""

from __future__ import annotations

from datetime import date, timedelta

import click

from spark_app.cli import options
from spark_app.cli.run import execute
from spark_app.cli.screen import console

# Fixed, so that every demo shows the same figures.
START = date(2024, 1, 1)


@click.command()
@options.where
@click.option("--days", default=60, show_default=True, type=click.IntRange(1, 3650), help="Days of business.")
@click.option("--orders-per-day", default=40, show_default=True, type=click.IntRange(1, 100_000), help="About so many.")
def demo(environment: str, home: str | None, source: str | None, days: int, orders_per_day: int) -> None:
    """Generate a small shop's daily drops and run the whole pipeline over them.

    Deterministic: the same shop every time, with late and corrected rows, address changes and every kind of dirt the
    rules know. Running it again finds nothing new.
    """
    from spark_app.jobs.nightly import Order
    from spark_app.lake.objects import writable
    from spark_app.runtime.settings import load_settings
    from spark_app.shops.demo import generate

    settings = load_settings(environment, home=home, source=source)
    landing = settings.resolve(settings.landing)
    with writable(landing, settings.s3) as folder:
        made = generate(str(folder), START, days, orders_per_day=orders_per_day)
    console.print(
        f"{made.files:,} files with {sum(made.rows.values()):,} rows of {made.days} days landed in {landing}\n"
    )
    execute(Order(environment, "demo", home, source, START, START + timedelta(days=days - 1)), json_=False)
