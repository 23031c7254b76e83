"""What the runs of some days cost, and what the month will: all that `lakehouse cost` shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from spark_app.costs.breakdown import By, breakdown
from spark_app.costs.by_day import BY_DAY, STORAGE, WAREHOUSE
from spark_app.costs.forecast import Month, forecast_month
from spark_app.costs.history import HISTORY_DAYS, RunCost, run_costs
from spark_app.costs.orders import orders_of, per_thousand
from spark_app.costs.prices import Prices, load_prices
from spark_app.costs.settle import AFTERWARDS, settle
from spark_app.lake.paths import Lake
from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.settings import Settings


@dataclass(frozen=True)
class PricesUsed:
    """Whose list prices, and of which day."""

    region: str
    date: date


@dataclass(frozen=True)
class CostSummary:
    """US dollars at list prices. Days are those (UTC) on which runs began.

    `orders`, and dollars a thousand of them, are of the days of landing that the runs took in. `rows`: `breakdown`'s,
    by `by`. `warnings`: what is not known yet.
    """

    environment: str
    billed_by: str
    days: int
    first_day: date
    last_day: date
    dollars: Decimal
    runs: int
    has_warehouse: bool
    has_storage: bool
    orders: int
    dollars_per_thousand_orders: Decimal | None
    month: Month
    monthly_budget: Decimal | None
    prices: PricesUsed
    warnings: list[str]
    last_runs: list[RunCost]
    by: By
    rows: list[dict[str, Any]]


def summarize_costs(settings: Settings, by: By, days: int) -> CostSummary:
    """Of the last so many days. Bills that are known only after a job has ended are asked for first."""
    lake, today = Lake(settings.resolve(settings.lake), settings.s3), datetime.now(UTC).date()
    first, known = today - timedelta(days=days - 1), load_prices()
    warnings = _settle(lake, settings, known)
    runs = run_costs(lake, min(first, today - timedelta(days=HISTORY_DAYS)), today)
    shown = [one for one in runs if one.day >= first]
    commands = {one.command for one in shown}
    dollars = sum((one.dollars for one in shown), Decimal(0))
    orders = orders_of(lake, {one.run_id for one in shown})
    each = per_thousand(dollars, orders)
    return CostSummary(
        environment=settings.environment,
        billed_by=settings.cost.billed_by,
        days=days,
        first_day=first,
        last_day=today,
        dollars=dollars,
        runs=sum(one.command not in BY_DAY for one in shown),
        has_warehouse=WAREHOUSE in commands,
        has_storage=STORAGE in commands,
        orders=orders,
        dollars_per_thousand_orders=None if each is None else round(each, 4),
        month=forecast_month(runs, today),
        monthly_budget=settings.cost.monthly_budget,
        prices=PricesUsed(known.region, known.date),
        warnings=warnings,
        last_runs=list({one.command: one for one in shown}.values()),
        by=by,
        rows=breakdown(lake, by, first, today),
    )


def _settle(lake: Lake, settings: Settings, known: Prices) -> list[str]:
    if settings.cost.billed_by not in AFTERWARDS:
        return []
    try:
        settle(lake, settings, known)
    except LakehouseError as error:
        return [f"bills of the newest runs are not known: {error.message}"]
    return []
