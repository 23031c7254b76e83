"""Whether anomalies are found where they are and nowhere else: benchmarks/anomalies.py, small."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks.anomalies import FAULTS, START, Shop, olist_days
from spark_app.quality.anomalies import causes
from spark_app.shops.demo import generate

DAYS = 63


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    landing = tmp_path_factory.mktemp("landing")
    generate(str(landing), START, DAYS, orders_per_day=120, seed=5)
    return Shop(landing)


def test_days_as_they_are_cry_no_wolf(shop: Shop) -> None:
    told = {day: [cause.text for cause in causes(shop.judged(day))] for day in shop.days()[-7:]}
    assert sum(map(len, told.values())) <= 1, told


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_and_named(shop: Shop, fault: str) -> None:
    (day,) = shop.days()[-3:-2]
    found = causes(shop.judged(day, fault))
    assert found, "nothing was told"
    assert any(word in found[0].text for word in FAULTS[fault]), found[0].text


def test_olists_black_friday_is_noticed(olist_dir: Path) -> None:
    """And of the weeks around it no other day, though it was a rising autumn."""
    found = olist_days(olist_dir, date(2017, 11, 1), date(2017, 12, 10))
    friday = date(2017, 11, 24)
    assert set(found) == {friday}, found
    assert found[friday][0].startswith("gold.daily_sales 2017-11-24: orders: ")
