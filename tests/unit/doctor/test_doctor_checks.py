"""What `lakehouse doctor` looks at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from deltalake import DeltaTable

from spark_app.contracts.load import load_contracts
from spark_app.doctor import checks
from spark_app.lake import releases
from tests.support.small_lakes import Gold

CONTRACTS = load_contracts()
COHORTS, DATES = CONTRACTS["gold.customer_cohorts"], CONTRACTS["gold.dim_dates"]


def cohort(since: int, orders: int = 2) -> dict[str, object]:
    money = Decimal("3.45")
    return {"cohort_month": date(2024, 1, 1), "months_since": since, "customers": 1, "orders": orders, "revenue": money}


@pytest.fixture
def gold(tmp_path: Path) -> Gold:
    """Three releases: of one row, of two, of two others; and a table that stays empty."""
    made = Gold(tmp_path)
    made.add(COHORTS)
    made.add(DATES)
    for rows in ([cohort(0)], [cohort(1)], [cohort(0, 9), cohort(1, 9)]):
        made.merge(COHORTS, rows)
        made.release()
    return made


def vacuum(gold: Gold) -> None:
    """What maintenance does to versions that no kept release names."""
    DeltaTable(gold.lake.path(COHORTS.qualified)).vacuum(0, dry_run=False, enforce_retention_duration=False)


def test_doctor_looks_whether_releases_can_be_read(gold: Gold) -> None:
    def releases_check() -> checks.Check:
        return next(one for one in checks.check_setup("local", str(gold.root), None) if one.what == "releases")

    assert releases_check().found == "release 3 has all its files; 3 of 3 releases can be shown"
    vacuum(gold)
    assert releases_check().found == "release 3 has all its files; 1 of 3 releases can be shown"
    gold.release(tables=releases.find(gold.lake, 1).tables)
    check = releases_check()
    assert (check.good, check.hint) == (False, "lakehouse releases rollback 3")
    assert check.found.startswith("release 4 cannot be read: gold.customer_cohorts: version 1 lacks")
