"""Promise 1 on real orders: a month of Olist night by night gives what one range gives."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from spark_app.shops.olist import replay
from tests.support.drops import assert_same, gold, run_days, warehouse

pytestmark = pytest.mark.long

FIRST, DAYS = date(2017, 11, 10), 30  # a month, with Black Friday and the end of a month in it


def test_nights_and_range_agree(olist_dir: Path, home: Path, tmp_path: Path) -> None:
    last = FIRST + timedelta(days=DAYS - 1)
    replay(olist_dir, str(home / "landing"), start=FIRST, end=last)
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
