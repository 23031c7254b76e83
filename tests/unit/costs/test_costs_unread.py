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


def test_the_dollars_are_what_runs_of_thirty_days_were_billed_for_its_loads(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    keep_look(lake, "r", [look(days_ago(30))])
    share = {"layer": "publish", "run_id": "r", "seconds": 1.0}
    today, step = NOW.date(), load_step("t")
    rows = [
        (step, 0, "0.25"),
        (step, 29, "0.50"),
        (step, 30, "8"),
        (load_step("other"), 0, "8"),
        ("warehouse", 0, "8"),
    ]
    put(
        lake.table("ops.costs"),
        [
            {**share, "run_id": f"r{n}", "table_name": table, "day": today - timedelta(days=ago), "dollars": Decimal(d)}
            for n, (table, ago, d) in enumerate(rows)
        ],
    )
    put(lake.table("ops.costs"), [{**share, "layer": "gold", "table_name": "t", "day": today, "dollars": Decimal(8)}])
    (found,) = advise_unread(lake, {"t"}, NOW)
    assert found.dollars_a_month == Decimal("0.75")
