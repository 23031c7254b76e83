"""Promise 1 on real orders: some days of Olist night by night gives what one range gives."""

from __future__ import annotations

import os
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from spark_app.shops.olist import replay
from tests.support.drops import assert_same, gold, run_days, warehouse

pytestmark = pytest.mark.long

FIRST, DAYS = date(2017, 11, 29), 4  # over the end of a month


@pytest.fixture
def dump() -> Path:
    """Where the nine files are: $OLIST_DIR, else shared/data/olist beside the checkout."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "olist"
    found = Path(os.environ.get("OLIST_DIR") or beside)
    if not (found / "olist_orders_dataset.csv").is_file():
        pytest.skip(f"The Olist dump is not in {found}; set OLIST_DIR to the directory with its CSV files.")
    return found


def test_nights_and_range_agree(dump: Path, home: Path, tmp_path: Path) -> None:
    last = FIRST + timedelta(days=DAYS - 1)
    replay(dump, str(home / "landing"), start=FIRST, end=last)
    fresh = tmp_path / "fresh"
    shutil.copytree(home / "landing", fresh / "landing")
    arriving = home / "all"
    shutil.move(home / "landing", arriving)
    for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
        for folder in sorted(arriving.glob(f"*/dt={day}")):
            shutil.copytree(folder, home / "landing" / folder.parent.name / folder.name)
        run_days(home, day)
    run_days(fresh, FIRST, last)
    assert_same(gold(home), gold(fresh))
    assert_same(warehouse(home), gold(fresh))
