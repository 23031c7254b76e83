"""`lakehouse cost prices` and `lakehouse cost actuals`: what AWS itself says of prices and bills."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import click

from spark_app.cli import options, screen
from spark_app.cli.where import existing, settings_of
from spark_app.costs.words import in_dollars
from spark_app.runtime.errors import UsageError


@click.command()
@options.where
@click.option("--write", is_flag=True, help="Write the new prices into conf/prices.yaml, with today's date.")
@options.as_json
def prices(environment: str, home: str | None, source: str | None, write: bool, json_: bool) -> None:
    """Hold conf/prices.yaml against AWS's Price List API (pricing:GetProducts), and refresh it.

    The region is the file's own. Without --write nothing is changed.
    """
    settings = settings_of(environment, home, source)
    from spark_app.costs.aws import client
    from spark_app.costs.price_list import API_REGION, changes, rewritten
    from spark_app.costs.prices import load_prices
    from spark_app.runtime.settings import conf_dir

    path, known = conf_dir() / "prices.yaml", load_prices()
    found = changes(client("pricing", settings, API_REGION), known)
    if write:
        path.write_text(rewritten(path, found, str(datetime.now(UTC).date())), encoding="utf-8")
    if json_:
        screen.print_json([{"price": ".".join(one.where), "before": one.before, "now": one.now} for one in found])
        return
    for one in found:
        screen.console.print(f"{'.'.join(one.where)}: {one.before:f} is {one.now:f} now")
    screen.console.print(_said(len(found), known.region, str(known.date), str(path) if write else None))


def _said(count: int, region: str, day: str, written: str | None) -> str:
    prices_ = "1 price" if count == 1 else f"{count} prices"
    if not count:
        said = f"all prices of {region} are as they were written down {day}"
    else:
        said = f"{prices_} of {region} changed since {day}"
    if written:
        return f"{said}; {written} says so now, as of today"
    return f"{said}; to write them: lakehouse cost prices --write" if count else said


@click.command()
@options.where
@click.option("--days", default=14, show_default=True, type=click.IntRange(1, 365), help="The last so many days.")
@click.option("--tag", default="project=lakehouse", show_default=True, help="Cost allocation tag, as key=value.")
@options.as_json
def actuals(environment: str, home: str | None, source: str | None, days: int, tag: str, json_: bool) -> None:
    """What AWS has billed by day (Cost Explorer, ce:GetCostAndUsage: a cent a request), beside the runs' own bills.

    The tag must be active as a cost allocation tag; AWS's days are a day late.
    """
    key, equals, value = tag.partition("=")
    if not (key and equals and value):
        raise UsageError(f"--tag: found '{tag}', expected key=value")
    settings = existing(environment, home, source)
    from spark_app.costs.actuals import billed
    from spark_app.costs.aws import client
    from spark_app.costs.forecast import daily
    from spark_app.costs.history import run_costs
    from spark_app.lake.paths import Lake

    last = datetime.now(UTC).date()
    first = last - timedelta(days=days - 1)
    found = billed(client("ce", settings, "us-east-1"), key, value, first, last)
    own = daily(run_costs(Lake(settings.resolve(settings.lake), settings.s3), first, last))
    aws: dict[date, Decimal] = defaultdict(Decimal)
    for one in found:
        aws[one.day] += one.dollars
    estimated = {one.day for one in found if not one.is_final}
    rows: list[dict[str, Any]] = [
        {"day": day, "aws": aws.get(day), "runs": own.get(day), "is_final": day in aws and day not in estimated}
        for day in sorted(aws.keys() | own.keys(), reverse=True)
    ]
    if json_:
        services = [{"day": one.day, "service": one.service, "dollars": one.dollars} for one in found]
        screen.print_json({"tag": tag, "days": rows, "services": services})
        return
    shown = [
        (
            one["day"],
            _cell(one["aws"]),
            _cell(one["runs"]),
            "not final" if one["day"] in estimated else "",
        )
        for one in rows
    ]
    screen.table(f"Billed by AWS for {tag}, and by our own bills", ("day", "AWS", "runs", ""), shown, ("AWS", "runs"))
    screen.console.print(
        f"{in_dollars(sum(aws.values(), Decimal(0)))} by AWS, {in_dollars(sum(own.values(), Decimal(0)))} by the bills "
        "of runs: list prices, without storage, requests, networks and tax"
    )


def _cell(value: Decimal | None) -> str | None:
    return None if value is None else in_dollars(value)
