"""Orders that runs were paid for: what they took in, so that cost can be told by the thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from spark_app.costs.history import RunCost
from spark_app.lake import feed, ops, releases
from spark_app.lake.paths import Lake

_SALES = "gold.daily_sales"


def orders_of(lake: Lake, run_ids: Collection[str]) -> int:
    """Orders placed on the days of landing that these runs took in, each day once, as the latest release has them."""
    placed, taken = orders_placed(lake), days_by_run(lake, run_ids)
    return sum(placed.get(day, 0) for day in set[date]().union(*taken.values()))


def orders_placed(lake: Lake) -> dict[date, int]:
    """Orders by day, as the latest release has them; none before the first."""
    release = releases.latest(lake)
    if release is None:
        return {}
    rows = feed.over_version(lake.table(_SALES), release.tables[_SALES], "SELECT order_date, orders FROM data")
    return {day: int(orders) for day, orders in rows}


def days_by_run(lake: Lake, run_ids: Collection[str]) -> dict[str, set[date]]:
    """The days of landing that each of these runs took in, of those that took in any."""
    if not run_ids:
        return {}
    sql = "SELECT DISTINCT run_id, batch_date FROM ops_rows WHERE run_id IN ({})".format(", ".join("?" * len(run_ids)))
    found: dict[str, set[date]] = defaultdict(set)
    for row in ops.select(lake.table("ops.ingested_files"), sql, tuple(run_ids)):
        found[row["run_id"]].add(row["batch_date"])
    return dict(found)


def thousand_by_day(lake: Lake, runs: Iterable[RunCost]) -> dict[date, Decimal]:
    """Day (UTC) on which runs began -> their dollars a thousand of the orders they took in; no day without orders."""
    dollars: dict[date, Decimal] = defaultdict(Decimal)
    names: dict[date, list[str]] = defaultdict(list)
    for run in runs:
        dollars[run.day] += run.dollars
        names[run.day].append(run.run_id)
    placed, taken = orders_placed(lake), days_by_run(lake, [one for some in names.values() for one in some])
    found = {}
    for day, ids in names.items():
        landed = set[date]().union(*(taken.get(one, ()) for one in ids))
        each = per_thousand(dollars[day], sum(placed.get(one, 0) for one in landed))
        if each is not None:
            found[day] = each
    return found


def per_thousand(dollars: Decimal, orders: int) -> Decimal | None:
    """Dollars a thousand orders; None where there are no orders."""
    return dollars * 1000 / orders if orders else None
