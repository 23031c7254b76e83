"""What a release changes, measured: rows in, findings out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.lake import log
from spark_app.quality.profile import Finding, measure
from tests.support.small_lakes import Gold

SALES = load_contracts()["gold.daily_sales"]
RECENT = replace(SALES, references=(), rules=tuple(rule for rule in SALES.rules if rule.kind == "days_behind"))


@pytest.fixture
def gold(tmp_path: Path) -> Gold:
    gold = Gold(tmp_path)
    gold.add(RECENT)
    return gold


def days(*listed: int) -> Sequence[dict[str, date]]:
    return [{"order_date": date(2024, 3, day)} for day in listed]


def recent(gold: Gold, before: int | None) -> Finding:
    """The one finding, of the rows that changed after a version, where drops are taken in to 10 March."""
    version = log.version_of(gold.lake.table(RECENT.qualified))
    assert version is not None
    (finding,) = measure(gold.lake, RECENT, {RECENT.qualified: version}, before, date(2024, 3, 10))
    return finding


def test_a_release_that_corrects_old_days_only_is_as_recent_as_its_table(gold: Gold) -> None:
    gold.write(RECENT, days(1, 9))
    before = log.version_of(gold.lake.table(RECENT.qualified))
    gold.merge(RECENT, days(1))
    finding = recent(gold, before)
    assert (finding.rows_checked, finding.value, finding.passed) == (1, 1.0, True)


def test_a_table_is_behind_by_its_newest_day(gold: Gold) -> None:
    gold.write(RECENT, days(1, 4))
    gold.write(RECENT, days(2))
    finding = recent(gold, None)
    assert (finding.value, finding.passed) == (6.0, False)


def test_a_table_without_a_row_is_not_recent(gold: Gold) -> None:
    assert not recent(gold, None).passed
