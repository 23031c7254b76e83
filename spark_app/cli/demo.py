"""`lakehouse demo`: a made-up shop, the whole way."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import click

from spark_app.cli import options
from spark_app.cli.run import execute
from spark_app.cli.screen import console
from spark_app.cli.where import settings_of
from spark_app.runtime.errors import UsageError
from spark_app.runtime.settings import Settings

# Fixed, so that every demo shows the same figures.
START, DAYS, ORDERS_PER_DAY = date(2024, 1, 1), 60, 40
TICK = 5.0  # seconds between two looks of a live shop at what has happened in it


@click.command()
@options.where
@click.option("--days", type=click.IntRange(1, 3650), help="Days of business.  [default: 60]")
@click.option("--orders-per-day", type=click.IntRange(1, 100_000), help="About so many.  [default: 40]")
@click.option("--live", is_flag=True, help="Instead sell at this moment, until Ctrl-C; `lakehouse watch` takes it in.")
@click.option(
    "--orders-per-minute", type=click.FloatRange(0.1, 10_000), help="With --live, about so many.  [default: 10]"
)
@click.option(
    "--for", "seconds", type=options.Seconds(), help="With --live, end after so long, as 8h.  [default: never]"
)
@options.as_json
def demo(
    environment: str,
    home: str | None,
    source: str | None,
    days: int | None,
    orders_per_day: int | None,
    live: bool,
    orders_per_minute: float | None,
    seconds: float | None,
    json_: bool,
) -> None:
    """Generate a small shop's daily drops and run the whole pipeline over them.

    Deterministic: the same shop every time, with late and corrected rows, address changes and every kind of dirt the
    rules know. Running it again finds nothing new.

    \b
      lakehouse demo
      lakehouse demo --live --home .lakehouse/live       and in another window
      lakehouse watch --every 30s --home .lakehouse/live
    """
    settings = settings_of(environment, home, source)
    if live and (days or orders_per_day or json_):
        raise UsageError("--days, --orders-per-day and --json are of a shop whose days are over: not with --live")
    if live:
        _sell_live(settings, orders_per_minute or 10.0, seconds)
        return
    if orders_per_minute or seconds:
        raise UsageError("--orders-per-minute and --for are of a shop that sells at this moment: --live")
    from spark_app.lake.objects import adding_files
    from spark_app.shops.demo import generate

    days = days or DAYS
    landing = settings.resolve(settings.landing)
    with adding_files(landing, settings.s3) as folder:
        made = generate(str(folder), START, days, orders_per_day=orders_per_day or ORDERS_PER_DAY)
    from spark_app.runs.request import RunRequest

    if not json_:
        rows = sum(made.rows.values())
        console.print(f"{made.files:,} files with {rows:,} rows of {made.days} days landed in {landing}\n")
    execute(RunRequest(environment, "demo", home, source, START, START + timedelta(days=days - 1)), json_)


def _sell_live(settings: Settings, orders_per_minute: float, seconds: float | None) -> None:
    """Send what happens as it happens: to the settings' topics where they have some, else as files into landing."""
    from spark_app.lake.live_rows import open_sender
    from spark_app.runs.stopping import stopping
    from spark_app.shops import demo_live

    with open_sender(settings) as sender, stopping() as stop:
        shop = demo_live.open_shop(_now(), orders_per_minute)
        end = None if seconds is None else time.monotonic() + seconds
        console.print(f"about {orders_per_minute:g} orders a minute, as {sender.place}; Ctrl-C closes the shop")
        while not stop.asked and (end is None or time.monotonic() < end):
            now = _now()
            rows = demo_live.by_entity(demo_live.happened(shop, now))
            if rows:
                sender.send(rows, now)
                said = ", ".join(f"{len(of):,} {entity.replace('_', ' ')}" for entity, of in rows.items())
                console.print(f"{now:%H:%M:%S} {said}")
            stop.wait(TICK if end is None else min(TICK, end - time.monotonic()))


def _now() -> datetime:
    """UTC, as the shop's times are written."""
    return datetime.now(UTC).replace(tzinfo=None)
