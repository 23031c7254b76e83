"""Gold of an earlier version: told before anything is written where it cannot go on, and with what it takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spark_app.contracts.table import Type
from spark_app.gold.fit import check_gold, check_types
from spark_app.lake import log, writes
from spark_app.runs.context import Context
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import ContractError
from spark_app.runtime.record import RunRecord


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return open_context(RunRequest("local", home=str(tmp_path)), RunRecord("run"))


def make(context: Context, name: str, retyped: dict[str, Type] | None = None, *, without: str = "") -> None:
    """The table as its contract has it, but for columns of another type, and one that it lacks."""
    columns = [
        replace(one, type=(retyped or {}).get(one.name, one.type))
        for one in context.contracts[name].columns
        if one.name != without
    ]
    writes.create(context.table(name), columns)


def test_tables_as_their_contracts_and_none_at_all_are_gone_on_with(context: Context) -> None:
    check_types(context)
    make(context, "gold.fact_orders")
    check_types(context)


def test_a_column_that_came_later_is_filled_by_the_run(context: Context) -> None:
    make(context, "gold.fact_orders", without="currency")
    check_types(context)


@pytest.mark.parametrize(("silver", "layer"), [(None, "gold"), ("same", "gold"), ("older", "silver")])
def test_columns_of_another_type_are_told_with_the_rebuild_they_take(
    context: Context, silver: str | None, layer: str
) -> None:
    make(context, "gold.fact_orders", {"order_amount": Type("double")})
    if silver:
        make(context, "silver.orders", without="currency" if silver == "older" else "")
    with pytest.raises(ContractError) as caught:
        check_types(context)
    assert str(caught.value).startswith("gold.fact_orders has order_amount in another type than its contract")
    assert caught.value.hint == f"derive it anew: lakehouse rebuild --from-layer {layer}"
    assert log.version_of(context.table("gold.fact_orders")) == 0, "nothing was done"


def test_where_all_of_gold_is_derived_anew_any_types_will_do(context: Context) -> None:
    make(context, "gold.fact_orders", {"order_amount": Type("double")})
    check_gold(context, full_rebuild=True)
