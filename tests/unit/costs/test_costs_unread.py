"""Of which tables it is advised to leave them out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from spark_app.costs.loads import load_step
from spark_app.costs.reads import TableReads, keep_look
from spark_app.costs.unread import advise_unread, unread
from spark_app.lake.paths import Lake
from tests.support.ops_rows import put

NOW = datetime(2026, 11, 29, 2, tzinfo=UTC)
DOLLARS = {"t": Decimal("0.42")}


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def look(watched_since: datetime | None, last_read_at: datetime | None = None, at: datetime = NOW) -> TableReads:
    return TableReads("t", at, watched_since, last_read_at)


def test_a_table_watched_for_thirty_days_and_read_by_nobody() -> None:
    (found,) = unread([look(days_ago(30))], {"t"}, DOLLARS, NOW)
    assert (found.what, found.dollars_a_month) == ("leave t out of Redshift", Decimal("0.42"))
    assert found.setting == "redshift.leave_out: [t]"
    assert found.because.startswith("nobody but the loading user has read it, watched since 2026-10-30; the seconds")
    (found,) = unread([look(days_ago(90), days_ago(31))], {"t"}, DOLLARS, NOW)
    assert found.because.startswith("nobody but the loading user has read it since 2026-10-29;")


@pytest.mark.parametrize(
    "found",
    [
        look(days_ago(29.9)),
        look(None),
        look(days_ago(90), days_ago(29.9)),
        look(days_ago(90), at=days_ago(7)),
    ],
    ids=["not watched long enough", "not watched", "read", "not looked at lately"],
)
def test_nothing_is_claimed_of_others(found: TableReads) -> None:
    assert unread([found], {"t"}, DOLLARS, NOW) == []


def test_nor_of_tables_that_are_needed_or_cost_nothing() -> None:
    assert unread([look(days_ago(30))], set(), DOLLARS, NOW) == []
    assert unread([look(days_ago(30))], {"t"}, {"t": Decimal("0.00001")}, NOW) == []
    assert unread([look(days_ago(30))], {"t"}, {}, NOW) == []


def test_the_dollars_are_those_of_the_loads(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    keep_look(lake, "r", [look(days_ago(30))])
    share = {"layer": "publish", "run_id": "r", "day": NOW.date(), "seconds": 1.0, "table_name": load_step("t")}
    put(lake.table("ops.costs"), [{**share, "dollars": Decimal("0.75")}])
    (found,) = advise_unread(lake, {"t"}, NOW)
    assert found.dollars_a_month == Decimal("0.75")
