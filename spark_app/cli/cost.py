"""`lakehouse cost`: what runs have cost, and what the month will."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from spark_app.cli import options, screen
from spark_app.cli.cost_aws import actuals, prices
from spark_app.cli.where import existing
from spark_app.costs.by_day import STORAGE, WAREHOUSE, left_out
from spark_app.costs.prometheus import Gauge, exposition
from spark_app.costs.words import in_dollars
from spark_app.runtime.errors import UsageError

if TYPE_CHECKING:
    from spark_app.costs.breakdown import By
    from spark_app.costs.forecast import Month
    from spark_app.costs.summary import CostSummary
    from spark_app.runtime.settings import Settings

BY: tuple[By, ...] = ("day", "layer", "table", "run")
SHOWN = 40


class Shown(click.Group):
    """A group whose command `show` needs no name: `lakehouse cost --by table`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = args[:1] and not args[0].startswith("-")
        return super().parse_args(ctx, args if named or args[:1] in (["-h"], ["--help"]) else ["show", *args])


@click.group(cls=Shown)
def cost() -> None:
    """What runs have cost, in US dollars at list prices, and what the month will.

    \b
      lakehouse cost                    by day, the last 30
      lakehouse cost --by table         which tables the money goes to
      lakehouse cost --by run --days 7
      lakehouse cost --advice           what would cost less
      lakehouse cost --storage          what tables take up
      lakehouse cost prices             conf/prices.yaml against AWS's price list
      lakehouse cost actuals            AWS's own bill beside it

    Days are those (UTC) on which runs began. Who bills runs stands in the settings: docs/cost.md. Options are those of
    `lakehouse cost show --help`.
    """


@cost.command()
@options.where
@click.option("--by", type=click.Choice(BY), default="day", show_default=True, help="What the sums are of.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 4000), help="The last so many days.")
@click.option("--advice", is_flag=True, help="What would cost less, with dollars a month and the setting.")
@click.option("--storage", is_flag=True, help="What landing and tables take up, at S3's price of a month.")
@click.option("--prometheus", is_flag=True, help="As Prometheus reads it, for a textfile collector.")
@options.as_json
def show(
    environment: str,
    home: str | None,
    source: str | None,
    by: By,
    days: int,
    advice: bool,
    storage: bool,
    prometheus: bool,
    json_: bool,
) -> None:
    """What runs have cost; `lakehouse cost` alone is the same."""
    if advice + storage + prometheus > 1 or (prometheus and json_):
        raise UsageError("--advice, --storage and --prometheus exclude each other, --prometheus also --json")
    settings = existing(environment, home, source)
    if advice or storage:
        (_advise if advice else _stored)(settings, json_)
        return
    from spark_app.costs.summary import summarize_costs

    found = summarize_costs(settings, "table" if prometheus else by, days)
    if prometheus:
        click.echo(exposition(gauges(found)), nl=False)
        return
    if json_:
        screen.print_json(asdict(found))
        return
    for line in found.warnings:
        screen.warn(line)
    if found.rows:
        _show(found, by)
    else:
        screen.console.print(_nothing(settings, days))


cost.add_command(prices)
cost.add_command(actuals)


def gauges(found: CostSummary) -> list[Gauge]:
    """Costs by table, as metrics."""
    of, month = {"environment": found.environment}, found.month
    tables = [
        ({**of, "layer": row["layer"] or "", "table": row["table_name"] or ""}, row["dollars"]) for row in found.rows
    ]
    last = [({**of, "command": one.command}, one.dollars) for one in found.last_runs]
    return [
        Gauge("lakehouse_cost_month_dollars", "Dollars of runs since the month began.", [(of, month.spent)]),
        Gauge("lakehouse_cost_month_forecast_dollars", "What the month will cost.", [(of, month.forecast)]),
        Gauge("lakehouse_cost_month_budget_dollars", "cost.monthly_budget.", [(of, found.monthly_budget)]),
        Gauge(
            "lakehouse_cost_thousand_orders_dollars",
            "Dollars a thousand orders taken in.",
            [(of, found.dollars_per_thousand_orders)],
        ),
        Gauge("lakehouse_cost_last_run_dollars", "Dollars of the last run, by command.", last),
        Gauge("lakehouse_cost_table_dollars", f"Dollars of a table, {found.days} days.", tables),
    ]


def _advise(settings: Settings, json_: bool) -> None:
    from spark_app.contracts.left_out import find_dispensable
    from spark_app.contracts.load import load_contracts
    from spark_app.contracts.views import load_views
    from spark_app.costs.advise import advise
    from spark_app.costs.prices import load_prices
    from spark_app.costs.reads import read_last_look, watch_in_words
    from spark_app.lake.paths import Lake

    lake, now, contracts = Lake(settings.resolve(settings.lake), settings.s3), datetime.now(UTC), load_contracts()
    found = advise(settings, lake, load_prices(), find_dispensable(contracts, load_views(contracts)), now)
    if json_:
        screen.print_json([asdict(one) for one in found])
        return
    for one in found:
        said = f"{in_dollars(one.dollars_a_month)} a month: {one.what} ({one.setting})"
        screen.console.print(said, markup=False)  # a list in brackets is no style
        screen.console.print(f"  {one.because}")
    if not found:
        screen.console.print("nothing found that would cost less, of bills, peaks of memory, and files in S3")
    if settings.warehouse == "redshift":
        screen.console.print(watch_in_words(read_last_look(lake), now))


def _stored(settings: Settings, json_: bool) -> None:
    from spark_app.costs.prices import load_prices
    from spark_app.costs.storage import stored
    from spark_app.lake.objects import sizes_below

    landing, lake = settings.resolve(settings.landing), settings.resolve(settings.lake)
    known = load_prices()
    found = stored(sizes_below(landing, settings.s3), sizes_below(lake, settings.s3), known)
    if json_:
        screen.print_json([asdict(one) for one in found])
        return
    rows = [(one.name, one.files, f"{one.stored_bytes / 2**30:,.3f}", in_dollars(one.dollars_a_month)) for one in found]
    columns = ("table", "files", "GB", "dollars a month")
    screen.table("What is stored, all versions of it, at the price of S3 Standard", columns, rows, columns[1:])
    total = sum((one.dollars_a_month for one in found), Decimal(0))
    screen.console.print(
        f"{in_dollars(total)} a month at list prices of {known.region}, written down {known.date}, without requests"
    )


def _nothing(settings: Settings, days: int) -> str:
    if settings.cost.billed_by == "nothing":
        return "nobody bills runs here: cost.billed_by is nothing (docs/cost.md)"
    return f"no run of the last {days} days has a bill yet"


def _show(found: CostSummary, by: By) -> None:
    columns = [name for name in found.rows[0] if not (by == "run" and name == "runs")]
    rows = [[_cell(name, row[name]) for name in columns] for row in found.rows[:SHOWN]]
    numbers = ("runs", "seconds", "dollars", "share")
    titles = [name.replace("table_name", "table").replace("run_id", "run") for name in columns]
    screen.table(f"What runs cost from {found.first_day} to {found.last_day}, by {by}", titles, rows, numbers)
    screen.more(len(found.rows) - len(rows), "--json shows all")
    month, budget = found.month, found.monthly_budget
    bears = f" of a budget of {in_dollars(budget)}" if budget else ""
    billed = [name for name, is_billed in ((WAREHOUSE, found.has_warehouse), (STORAGE, found.has_storage)) if is_billed]
    lacking = left_out(billed)
    said = [
        f"{in_dollars(found.dollars)} in {_runs(found.runs)}; {_by_orders(found)}",
        f"since {month.first} {in_dollars(month.spent)}{bears}; {_forecast(month)}",
        f"US dollars at list prices of {found.prices.region}, written down {found.prices.date}"
        f"{'; ' if lacking else ''}{lacking}",
    ]
    for line in said:
        screen.console.print(line)


def _forecast(month: Month) -> str:
    if month.forecast is None or month.usual_day is None:
        return "what the month will cost is said from the second day with a bill on"
    usual = in_dollars(month.usual_day)
    return f"by {month.last} it will be about {in_dollars(month.forecast)}, if each day costs a usual {usual}"


def _runs(count: int) -> str:
    return f"{count:,} run" if count == 1 else f"{count:,} runs"


def _by_orders(found: CostSummary) -> str:
    each = found.dollars_per_thousand_orders
    if each is None:
        return "they took in no day with orders"
    return f"{in_dollars(each)} a thousand orders ({found.orders:,} on the days they took in)"


def _cell(name: str, value: Any) -> object:
    if name == "dollars":
        return in_dollars(value)
    if name == "share":
        return None if value is None else f"{value:.1%}"
    return value
