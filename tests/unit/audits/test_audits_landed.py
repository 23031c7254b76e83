"""Silver's part of an audit: what is counted of the days about to be released in, what is withheld and told out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from spark_app.audits.landed import as_landed
from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import ColumnMap, load_source
from spark_app.contracts.table import Contract, Threshold
from spark_app.quality.profile import Finding
from spark_app.runs.context import Context
from spark_app.runtime.record import RunRecord
from spark_app.runtime.settings import load_settings
from tests.support.ops_rows import put

CONTRACTS = load_contracts()
DAY = date(2024, 3, 6)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    settings = load_settings("local", home=str(tmp_path))
    return Context(settings, CONTRACTS, load_source("canonical", CONTRACTS), RunRecord("run"))


def counted(context: Context, entity: str, landed: int, quarantined: int, **more: Any) -> None:
    """A day as silver counted it; of money, where rows stand for some, 10 a row unless said otherwise."""
    row: dict[str, Any] = {
        "entity": entity,
        "dataset": entity,
        "batch_date": DAY,
        "silver_version": 1,
        "balanced": True,
    }
    row |= {"rows_landed": landed, "rows_quarantined": quarantined, "rows_accepted": landed - quarantined}
    price = 10 if entity in ("order_items", "payments") else 0
    row |= {"amount_landed": Decimal(price * landed), "amount_quarantined": Decimal(price * quarantined)}
    put(context.lake, "reconciliation", [{**row, "reconciled_at": datetime.now(UTC), **more}])


def set_aside(
    context: Context, entity: str, rule: str, column: str | None, rows: int = 1, *, row_number: int = 1
) -> None:
    found = None if column else "x,y"
    reason = {"rule": rule, "column": column, "found": found, "expected": "a value", "dimension": "completeness"}
    file = f"{entity}/dt={DAY}/a.csv"
    base = {"entity": entity, "dataset": entity, "batch_date": DAY, "source_file": file, "reasons": [reason]}
    all_ = [{**base, "row_number": row_number + n, "quarantined_at": datetime.now(UTC)} for n in range(rows)]
    write_deltalake(context.lake.path("silver.quarantine"), pa.Table.from_pylist(all_), mode="append")


def landed(context: Context, dataset: str, **row: Any) -> None:
    base = {"dataset": dataset, "batch_date": DAY, "file": f"{dataset}/dt={DAY}/a.csv", "size": 100}
    put(context.lake, "ingested_files", [{**base, "status": "ingested", "bronze_version": 1, **row}])


def failed(context: Context) -> list[tuple[str, str]]:
    return [(one.table, one.rule) for one in as_landed(context, None) if not one.passed and one.withholds]


def one(context: Context, table: str, rule: str) -> Finding:
    (found,) = [each for each in as_landed(context, None) if (each.table, each.rule) == (table, rule)]
    return found


def with_bound(context: Context, entity: str, bounds: Mapping[str, Threshold | None]) -> Context:
    """The context with the entity's rules bounded otherwise; None: without the rule."""
    contract = CONTRACTS[f"silver.{entity}"]
    fields = {name: getattr(contract, name) for name in Contract.__dataclass_fields__}
    rules = []
    for rule in contract.rules:
        bound = bounds.get(rule.name, rule.threshold)
        if rule.name not in bounds or bound is not None:
            rules.append(type(rule)(**{**rule.__dict__, "threshold": bound}))
    changed = Contract(**{**fields, "rules": tuple(rules)})
    return Context(context.settings, {**CONTRACTS, contract.qualified: changed}, context.source, context.record)


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
    set_aside(context, "order_items", "quantity is positive", "quantity")
    assert failed(context) == [("silver.order_items", "most money can be used")]
    found = one(context, "silver.order_items", "most money can be used")
    assert found.causes == (
        f"{DAY}: rows of $1,000.00 of $1,204.00 cannot be used; order_items/dt={DAY}/a.csv, 1 row: "
        "quantity is positive: found nothing, expected a value",
    )
    assert context.record.set_aside == "order_items 1 row, $1,000.00 of goods"


def test_money_that_is_not_known_is_said_to_be_so(context: Context) -> None:
    counted(context, "order_items", 10, 3, rows_unpriced=2)
    counted(context, "payments", 10, 3, rows_unpriced=3, amount_quarantined=Decimal(0))
    as_landed(context, None)
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


def test_a_mended_day_withholds_no_more(context: Context) -> None:
    counted(context, "orders", 1, 1)
    counted(context, "orders", 60, 0, silver_version=2)
    assert failed(context) == []


def needed(context: Context, entity: str) -> Finding:
    return one(context, f"silver.{entity}", "files have the columns required")


def test_a_required_column_that_a_header_lacks_is_named_with_what_needs_it(context: Context) -> None:
    counted(context, "customers", 40, 3)
    set_aside(context, "customers", "customer_id is present", "customer_id", 3)
    landed(context, "customers", header=["customer"], missing_columns=["customer_id"], unknown_columns=["customer"])
    assert failed(context) == [("silver.customers", "files have the columns required")]
    assert needed(context, "customers").rows_broken == 3
    assert needed(context, "customers").causes == (
        f"the header of customers/dt={DAY}/a.csv has no `customer_id`, which customers.customer_id needs; "
        "unknown: `customer`; did you mean 'customer'?",
    )


@pytest.mark.parametrize(
    ("rule", "column", "missing"),
    [
        ("customer_id is present", "customer_id", ["city"]),  # a row without a value; the header has the column
        ("row is whole", None, ["customer_id"]),  # torn: nothing is said of what it lacks
    ],
)
def test_rows_unusable_for_another_cause_are_no_lacking_column(
    context: Context, rule: str, column: str | None, missing: list[str]
) -> None:
    counted(context, "customers", 40, 1)
    set_aside(context, "customers", rule, column)
    landed(context, "customers", header=["x"], missing_columns=missing, unknown_columns=[])
    assert failed(context) == []


def test_a_header_without_rows_and_a_column_with_a_default_are_missed_by_nobody(context: Context) -> None:
    counted(context, "customers", 0, 0)
    landed(context, "customers", header=["x"], missing_columns=["customer_id"], unknown_columns=[])
    assert failed(context) == []


def test_an_expression_needs_the_columns_it_names(context: Context) -> None:
    mapped = context.source.entities["customers"]
    made = ColumnMap(expression="concat('customer_id', updated_at)")
    entity = mapped.model_copy(update={"columns": {**mapped.columns, "customer_id": made}})
    source = context.source.model_copy(update={"entities": {**context.source.entities, "customers": entity}})
    other = Context(context.settings, CONTRACTS, source, RunRecord("run"))
    counted(other, "customers", 40, 1)
    set_aside(other, "customers", "customer_id is present", "customer_id")
    landed(other, "customers", header=["x"], missing_columns=["updated_at", "customer_id"], unknown_columns=[])
    assert needed(other, "customers").causes == (
        f"the header of customers/dt={DAY}/a.csv has no `updated_at`, which customers.customer_id needs",
    )


def test_files_alike_and_entities_that_wait_for_the_same_column_are_one_cause(context: Context) -> None:
    for entity in ("orders", "customers"):
        entities = context.source.entities[entity].model_copy(update={"dataset": "customers"})
        context.source.entities[entity] = entities
    for entity in ("orders", "customers"):
        counted(context, entity, 40, 1, dataset="customers")
        reason = {"rule": "customer_id is present", "column": "customer_id", "found": None, "expected": "a value"}
        row = {"entity": entity, "batch_date": DAY, "source_file": f"customers/dt={DAY}/a.csv", "row_number": 1}
        table = pa.Table.from_pylist([{**row, "reasons": [{**reason, "dimension": "completeness"}]}])
        write_deltalake(context.lake.path("silver.quarantine"), table, mode="append")
    landed(context, "customers", header=["x"], missing_columns=["customer_id"], unknown_columns=["y"])
    cause = (
        f"the header of customers/dt={DAY}/a.csv has no `customer_id`, which customers.customer_id and "
        "orders.customer_id need; unknown: `y`"
    )
    assert (needed(context, "orders").causes, needed(context, "customers").causes) == ((cause,), (cause,))
