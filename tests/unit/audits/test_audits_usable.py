"""A drop that is mostly unusable withholds the release, or is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from spark_app.audits.landed import check_landed_days
from spark_app.contracts.table import Threshold
from spark_app.lake.completed import ALL_OVER
from spark_app.runs.context import Context
from tests.support.counted_days import DAY, counted, failed, landed, one, set_aside, with_bound


@pytest.mark.parametrize(
    ("landed_rows", "quarantined", "withheld"),
    [(1, 1, True), (3, 2, True), (2, 1, False), (15, 15, True), (40, 21, True), (40, 20, False), (9, 0, False)],
)
def test_a_daily_drop_that_is_mostly_unusable_withholds_however_small(
    context: Context, landed_rows: int, quarantined: int, withheld: bool
) -> None:
    counted(context, "orders", landed_rows, quarantined)
    assert failed(context) == [("silver.orders", "most rows can be used")] * withheld


@pytest.mark.parametrize("entity", ["reviews", "products"])
def test_what_need_not_come_daily_is_told_and_withholds_nothing(context: Context, entity: str) -> None:
    counted(context, entity, 40, 39)
    set_aside(context, entity, "row is whole", None, 39)
    assert failed(context) == []
    (notice,) = context.record.notices
    assert notice.cause == f"unusable {entity} most rows can be used"
    assert notice.lines[0].startswith(f"{entity}: {entity}/dt={DAY}/a.csv, 39 rows: row is whole: expected")
    assert "39 of 40 rows" in notice.lines[1]
    assert notice.lines[0] in context.record.warnings


def test_a_drop_without_rows_is_nothing_to_judge(context: Context) -> None:
    counted(context, "orders", 0, 0)
    assert failed(context) == []


def test_an_unreadable_file_is_the_cause_with_what_was_found(context: Context) -> None:
    counted(context, "orders", 1, 1)
    set_aside(context, "orders", "row is whole", None, row_number=0)
    landed(context, "orders", status="rejected", message="UTF-16 text; expected UTF-8")
    found = one(context, "silver.orders", "most rows can be used")
    assert found.causes == (f"orders/dt={DAY}/a.csv cannot be read: UTF-16 text; expected UTF-8",)
    assert context.record.set_aside == "orders 1 unreadable file"


def test_an_unreadable_file_counts_by_its_size_beside_a_good_one(context: Context) -> None:
    """It is one row in quarantine, whatever it holds."""
    counted(context, "orders", 61, 1)
    landed(context, "orders", file="orders/good.csv", size=100)
    landed(context, "orders", file="orders/bad.csv", size=300, status="rejected", message="binary data; expected text")
    found = one(context, "silver.orders", "most rows can be used")
    assert (found.withholds, found.value) == (True, 75.0)
    assert found.causes == ("orders/bad.csv cannot be read (75 % of the day's bytes): binary data; expected text",)
    landed(context, "orders", file="orders/good.csv", size=500, bronze_version=2)  # the shop has mended it
    assert failed(context) == []


def test_few_rows_of_most_of_the_money_withhold(context: Context) -> None:
    money = {"amount_landed": Decimal("1204.00"), "amount_quarantined": Decimal("1000.00")}
    counted(context, "order_items", 10, 1, **money)
    set_aside(context, "order_items", "quantity is not negative", "quantity")
    assert failed(context) == [("silver.order_items", "most money can be used")]
    found = one(context, "silver.order_items", "most money can be used")
    assert found.causes == (
        f"{DAY}: rows of $1,000.00 of $1,204.00 cannot be used; order_items/dt={DAY}/a.csv, 1 row: "
        "quantity is not negative: found nothing, expected a value",
    )
    assert context.record.set_aside == "order_items 1 row, $1,000.00 of goods"


def test_money_that_is_not_known_is_said_to_be_so(context: Context) -> None:
    counted(context, "order_items", 10, 3, rows_unpriced=2)
    counted(context, "payments", 10, 3, rows_unpriced=3, amount_quarantined=Decimal(0))
    check_landed_days(context, None, ALL_OVER)
    assert context.record.set_aside == (
        "order_items 3 rows, at least $30.00 of goods; payments 3 rows, of unknown money"
    )


@pytest.mark.parametrize(
    ("rule", "bound", "withheld"),
    [
        ("most rows can be used", Threshold(None, 10, "percent"), True),
        ("most rows can be used", Threshold(None, 100, "percent"), False),
        ("most rows can be used", None, False),  # half, where the contract says nothing
        ("most money can be used", Threshold(None, 10, "percent"), True),
        ("most money can be used", Threshold(None, 40, "percent"), False),
        ("most money can be used", None, False),
    ],
)
def test_the_contract_says_how_much_is_borne(
    context: Context, rule: str, bound: Threshold | None, withheld: bool
) -> None:
    counted(context, "payments", 10, 4)
    assert failed(with_bound(context, "payments", {rule: bound})) == [("silver.payments", rule)] * withheld


@pytest.mark.parametrize("rule", ["most rows can be used", "most money can be used"])
def test_half_is_borne_where_the_contract_does_not_say(context: Context, rule: str) -> None:
    counted(context, "payments", 10, 6)
    assert ("silver.payments", rule) in failed(with_bound(context, "payments", {rule: None}))
