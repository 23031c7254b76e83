"""A lake of a few versions, for what maintenance removes of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from deltalake import DeltaTable

from spark_app.contracts.load import load_contracts
from tests.support.small_lakes import Gold

CONTRACTS = load_contracts()
COHORTS, DATES = CONTRACTS["gold.customer_cohorts"], CONTRACTS["gold.dim_dates"]


def cohort(since: int, orders: int = 2) -> dict[str, object]:
    money = Decimal("3.45")
    return {"cohort_month": date(2024, 1, 1), "months_since": since, "customers": 1, "orders": orders, "revenue": money}


def three_releases(root: Path) -> Gold:
    """Three releases: of one row, of two, of two others; and a table that stays empty."""
    made = Gold(root)
    made.add(COHORTS)
    made.add(DATES)
    for rows in ([cohort(0)], [cohort(1)], [cohort(0, 9), cohort(1, 9)]):
        made.merge(COHORTS, rows)
        made.release()
    return made


def vacuum(gold: Gold) -> None:
    """What maintenance does to versions that no kept release names."""
    DeltaTable(gold.lake.table(COHORTS.qualified).path).vacuum(0, dry_run=False, enforce_retention_duration=False)
