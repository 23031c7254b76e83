"""Which days of landing a run looks at."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runs.window import Window, first_days, window_of
from spark_app.runtime.days import yesterday
from spark_app.runtime.errors import UsageError
from spark_app.runtime.record import RunRecord

FIRST, LAST = date(2024, 3, 1), date(2024, 3, 9)


def window(home: Path, **asked: object) -> Window:
    request = RunRequest("local", home=str(home), **asked)  # type: ignore[arg-type]
    return window_of(open_context(request, RunRecord("run")), request)


def test_a_day_alone_must_be_complete_and_a_range_need_not(tmp_path: Path) -> None:
    assert window(tmp_path, first=FIRST, last=FIRST) == Window(FIRST, FIRST, 7, single=True)
    assert window(tmp_path, first=FIRST, last=LAST) == Window(FIRST, LAST, 7, single=False)


def test_without_days_it_is_yesterday_and_the_record_says_so(tmp_path: Path) -> None:
    request, record = RunRequest("local", home=str(tmp_path)), RunRecord("run")
    found = window_of(open_context(request, record), request)
    assert (found.first, found.last, found.single) == (yesterday(), yesterday(), True)
    assert (record.first_day, record.last_day) == (yesterday(), yesterday())


def test_a_rebuild_takes_all_that_landing_has(tmp_path: Path) -> None:
    for day in ("2024-03-05", "2024-03-02"):
        (tmp_path / "landing" / "orders" / f"dt={day}").mkdir(parents=True)
    assert window(tmp_path, rebuild_from="gold") == Window(date(2024, 3, 2), date(2024, 3, 5), 0, single=False)


def test_from_nothing_nothing_is_rebuilt(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no dt=YYYY-MM-DD folder"):
        window(tmp_path, rebuild_from="bronze")


def test_a_lake_that_begins_looks_back_and_one_that_fell_behind_looks_from_its_last_day(tmp_path: Path) -> None:
    context = open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run"))
    asked = Window(FIRST, LAST, 7, single=False)
    fresh = first_days(context, asked, {})
    assert set(fresh) == set(context.datasets)
    assert fresh["orders"] == date(2024, 2, 23)
    behind = first_days(context, asked, {"orders": {date(2024, 1, 31): "x"}})
    assert behind["orders"] < date(2024, 2, 1)
