"""The batch dates that a release would be the first to show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from spark_app.audits.not_released import CountedDay, find_unreleased_days, leave_out_released, leave_out_running
from spark_app.contracts.table import Type
from spark_app.lake import log, writes
from spark_app.lake.completed import ALL_OVER, Completed
from spark_app.lake.releases import Release
from spark_app.runs.context import Context
from tests.support.counted_days import DAY, counted
from tests.support.small_lakes import contract


@pytest.fixture
def released(context: Context) -> Release:
    """A release whose gold had taken in version 1 of silver.orders."""
    facts = contract("fact_orders", {"order_id": (Type("string"), True)}, ["order_id"])
    writes.create(context.table(facts.qualified), facts.columns)
    writes.advance(context.table(facts.qualified), log.note_text("r1", {"silver.orders": 1}))
    version = log.version_of(context.table(facts.qualified)) or 0
    return Release(1, "r1", "run", {facts.qualified: version}, DAY, DAY, datetime.now(UTC))


def test_before_the_first_release_every_day_is_new(context: Context) -> None:
    counted(context, "orders", 40, 3, rows_passed_over=2)
    none = Decimal(0)
    assert find_unreleased_days(context, None, ALL_OVER) == {
        "orders": {DAY: CountedDay(38, 3, none, none, True, False)}
    }


def test_a_day_that_the_release_has_is_none(context: Context, released: Release) -> None:
    counted(context, "orders", 40, 3, silver_version=1)
    assert find_unreleased_days(context, released, ALL_OVER) == {}


@pytest.mark.parametrize(("landed", "seen"), [(40, True), (41, False)])
def test_a_day_counted_since_is_new_unless_its_drop_is_the_same(
    context: Context, released: Release, landed: int, seen: bool
) -> None:
    counted(context, "orders", 40, 3, silver_version=1)
    counted(context, "orders", landed, 3, silver_version=2, rows_superseded=5)
    found = find_unreleased_days(context, released, ALL_OVER)
    assert found["orders"][DAY].released is seen
    assert leave_out_released(found) == {"orders": {} if seen else found["orders"]}


def test_an_entity_without_a_contract_is_nobodys(context: Context) -> None:
    counted(context, "gone", 40, 3)
    assert find_unreleased_days(context, None, ALL_OVER) == {}


DAY_BEFORE = DAY - timedelta(days=1)


def test_a_drop_of_a_day_that_is_not_over_is_told_from_whole_ones(context: Context) -> None:
    counted(context, "orders", 40, 3)
    found = find_unreleased_days(context, None, Completed(date.min, DAY_BEFORE))
    assert found["orders"][DAY].running
    assert leave_out_running(found) == {"orders": {}}


def test_a_day_that_was_released_before_it_was_over_is_new_once_it_is(context: Context, released: Release) -> None:
    counted(context, "orders", 40, 3, silver_version=1)
    assert find_unreleased_days(context, released, Completed(DAY_BEFORE, DAY_BEFORE)) == {}
    found = find_unreleased_days(context, released, Completed(DAY_BEFORE, DAY))
    assert leave_out_released(leave_out_running(found)) == found
    assert found["orders"][DAY].held == 40
