"""The running day to its last full hour, beside the same hours of the same weekday before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from spark_app.lake import log, writes
from spark_app.report.by_hour import TABLE, by_hour, in_words
from spark_app.report.data import ReportData, RunningDay
from spark_app.runtime.record import RunRecord
from tests.support.nights import CONTRACTS, LAST, Night, started

AT = datetime(2026, 11, 22, 14, 32, tzinfo=UTC)
NAMES = ("revenue", "orders")
SUNDAYS = tuple(LAST - timedelta(weeks=back) for back in range(1, 5))


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """A release of Sunday, which runs; nights have completed the days before."""
    found = started(tmp_path)
    found.takes_in()
    days = found.lake.table("gold.landed_days")
    writes.create(days, CONTRACTS["gold.landed_days"].columns)
    whole_to = (LAST - timedelta(days=1)).isoformat()
    writes.advance(days, log.note_text("r", {}, **{log.COMPLETE_TO: whole_to}))
    found.releases("intraday", run="at-noon")
    return found


RUN = RunRecord("watch", run_id="at-noon", started_at=AT)


def sums(data: ReportData, days: Any, hour: int) -> dict[str, Any]:
    """By hand, of the orders themselves."""
    listed = ", ".join(f"DATE '{day}'" for day in days)
    live = "order_status NOT IN ('canceled', 'unavailable')"
    sold = "items_amount - discount_amount + freight_amount"
    sql = f"SELECT coalesce(sum({sold}) FILTER ({live}), 0) AS revenue, count(*) AS orders FROM _fact_orders "
    [row] = data.rows(f"{sql} WHERE order_date IN ({listed}) AND hour(purchased_at) < {hour}")
    return row


def test_its_full_hours_beside_the_same_hours_of_four_weeks(night: Night) -> None:
    with night.opened(publishing=RUN) as data:
        found = by_hour(data, NAMES)
        assert found is not None
        assert (found.hour, found.days) == (14, SUNDAYS)
        assert found.sums == sums(data, [LAST], 14)
        assert found.means == {name: Decimal(value) / 4 for name, value in sums(data, SUNDAYS, 14).items()}
        assert found.sums["orders"] < sums(data, [LAST], 24)["orders"], "some hours are left out"


def test_the_sentence_says_until_when_orders_are_known(night: Night) -> None:
    with night.opened(publishing=RUN) as data:
        [newest] = data.rows(f"SELECT max(purchased_at) AS at FROM _fact_orders WHERE order_date = DATE '{LAST}'")
        orders = sums(data, [LAST], 14)["orders"]
        said = in_words(data, [data.metrics[name] for name in (*NAMES, "cancellation_rate")])
    assert said.startswith("To 14:00 ")
    assert f" and {orders} orders; the 4 Sundays before on average " in said
    assert said.endswith(f"to that hour. The newest order known is of {newest['at']:%H:%M}.")


@pytest.mark.parametrize(
    ("as_of", "why"),
    [(AT.replace(hour=0), "no hour is over"), (AT + timedelta(hours=10), "the day is over by the clock")],
)
def test_nothing_is_compared_where(night: Night, as_of: datetime, why: str) -> None:
    with night.opened(publishing=replace(RUN, started_at=as_of)) as data:
        assert by_hour(data, NAMES) is None, why
        assert in_words(data, [data.metrics["orders"]]) == ""


def test_days_that_did_not_come_or_are_before_the_shop_are_not_compared_with(night: Night) -> None:
    with night.opened(publishing=RUN) as data:
        early = replace(data, first=SUNDAYS[1])
        assert (found := by_hour(early, NAMES)) is not None
        assert found.days == SUNDAYS[:2]
        assert by_hour(replace(data, first=LAST), NAMES) is None
        assert by_hour(replace(data, running=None), NAMES) is None
        elsewhere = replace(data, release=replace(data.release, tables={"gold.daily_sales": 0}))
        assert by_hour(elsewhere, NAMES) is None, f"a release of before there was {TABLE}"


def test_hours_are_the_shops(night: Night) -> None:
    """14:32 in UTC is 23:32 in Tokyo: 23 of its hours are over."""
    with night.opened(publishing=RUN) as data:
        shop = replace(data, reporting=replace(data.reporting, timezone="Asia/Tokyo"))
        found = by_hour(replace(shop, running=RunningDay(LAST, AT)), NAMES)
        assert found is not None
        assert found.hour == 23
