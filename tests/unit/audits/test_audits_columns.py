"""Columns that a file's header lacks and a table needs withhold the release."""

from __future__ import annotations

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from spark_app.contracts.mapping import ColumnMap
from spark_app.quality.profile import Finding
from spark_app.runs.context import Context
from spark_app.runtime.record import RunRecord
from tests.support.counted_days import CONTRACTS, DAY, counted, failed, landed, one, set_aside


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
    (mapped,) = context.source.entities["customers"]
    made = ColumnMap(expression="concat('customer_id', updated_at)")
    entity = mapped.model_copy(update={"columns": {**mapped.columns, "customer_id": made}})
    source = context.source.model_copy(update={"entities": {**context.source.entities, "customers": (entity,)}})
    other = Context(context.settings, CONTRACTS, source, RunRecord("run"))
    counted(other, "customers", 40, 1)
    set_aside(other, "customers", "customer_id is present", "customer_id")
    landed(other, "customers", header=["x"], missing_columns=["updated_at", "customer_id"], unknown_columns=[])
    assert needed(other, "customers").causes == (
        f"the header of customers/dt={DAY}/a.csv has no `updated_at`, which customers.customer_id needs",
    )


def test_files_alike_and_entities_that_wait_for_the_same_column_are_one_cause(context: Context) -> None:
    for entity in ("orders", "customers"):
        (part,) = context.source.entities[entity]
        context.source.entities[entity] = (part.model_copy(update={"dataset": "customers"}),)
    for entity in ("orders", "customers"):
        counted(context, entity, 40, 1, dataset="customers")
        reason = {"rule": "customer_id is present", "column": "customer_id", "found": None, "expected": "a value"}
        row = {"entity": entity, "batch_date": DAY, "source_file": f"customers/dt={DAY}/a.csv", "row_number": 1}
        table = pa.Table.from_pylist([{**row, "reasons": [{**reason, "dimension": "completeness"}]}])
        write_deltalake(context.table("silver.quarantine").path, table, mode="append")
    landed(context, "customers", header=["x"], missing_columns=["customer_id"], unknown_columns=["y"])
    cause = (
        f"the header of customers/dt={DAY}/a.csv has no `customer_id`, which customers.customer_id and "
        "orders.customer_id need; unknown: `y`"
    )
    assert (needed(context, "orders").causes, needed(context, "customers").causes) == ((cause,), (cause,))
