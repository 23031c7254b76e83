"""The balances speak of tables and columns that there are, and of all money."""

from __future__ import annotations

import duckdb
import pytest

from spark_app.contracts.balances import BALANCES, Balance, Side
from spark_app.contracts.load import load_contracts

CONTRACTS = load_contracts()
SIDES = [side for balance in BALANCES for side in balance.sides]


@pytest.mark.parametrize("side", SIDES, ids=lambda side: f"{side.table} {side.part}")
def test_a_side_is_sql_over_columns_of_its_table_and_needs_no_other(side: Side) -> None:
    contract = CONTRACTS[side.table]
    listed = ", ".join(f"NULL::{contract.column(name).type.spark} AS {name}" for name in side.columns)
    sql = f"SELECT sum(({side.part})::DECIMAL(18,2)) FROM (SELECT {listed}) WHERE ({side.where}) AND false"
    assert duckdb.execute(sql).fetchone() == (None,)


def test_names_are_their_own() -> None:
    assert len({balance.name for balance in BALANCES}) == len(BALANCES)


@pytest.mark.parametrize("balance", BALANCES, ids=lambda balance: balance.name)
def test_the_two_sides_are_of_different_tables(balance: Balance) -> None:
    assert not {side.table for side in balance.left} & {side.table for side in balance.right}


def test_each_table_that_holds_money_is_in_a_balance() -> None:
    tables = {
        name
        for name, contract in CONTRACTS.items()
        if contract.layer == "gold" and any(c.name in ("revenue", "amount", "net_sales") for c in contract.columns)
    }
    assert tables <= {side.table for side in SIDES}
