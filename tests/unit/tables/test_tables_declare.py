"""What a table's file declares, and what is refused before Spark starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.runtime.errors import ContractError
from spark_app.tables import declare
from spark_app.tables.declare import GoldTable, Match, SilverTable, gold_graph, gold_tables, silver_tables

CONTRACTS = load_contracts()


def derive(orders: Any) -> Any:
    return orders


def declared(monkeypatch: pytest.MonkeyPatch, name: str, **changes: Any) -> None:
    """As it is declared, but for one gold table."""
    tables = [one for one in declare._declared() if one is not None]
    changed = [replace(one, **changes) if getattr(one, "name", "") == name else one for one in tables]  # type: ignore[type-var]
    monkeypatch.setattr(declare, "_declared", lambda: changed)


def test_every_contract_has_its_table_and_inputs_come_first() -> None:
    found = list(gold_tables(CONTRACTS))
    assert {f"gold.{name}" for name in found} | {"gold.landed_days"} == {n for n in CONTRACTS if n.startswith("gold.")}
    assert found.index("dim_customers") < found.index("fact_orders") < found.index("daily_sales")


def test_the_graph_is_of_gold_alone() -> None:
    def made_of(inputs: Mapping[str, str]) -> GoldTable:
        return GoldTable("x", inputs=inputs, derive=derive)

    tables = {"a": made_of({"rows": "silver.orders"}), "b": made_of({"rows": "gold.a", "more": "silver.orders"})}
    graph = gold_graph(tables)
    graph.prepare()
    assert graph.get_ready() == ("a",)
    graph.done("a")
    assert graph.get_ready() == ("b",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"matches": {"all_order": Match("order_id", of=("orders",))}},
            r"matches: all_order is no parameter of derive",
        ),
        ({"matches": {"orders": Match("order_id", of=("lined",))}}, "matches: lined is no parameter of derive"),
        (
            {"matches": {"orders": (Match("order_id", of=("lines",)), Match("order_id", of=("lined",)))}},
            "matches: lined is no parameter of derive",
        ),
        ({"inputs": {"orders": "gold.fact_order"}}, r"tables/daily_sales\.py: input orders is 'gold.fact_order'"),
        ({"derive": lambda order: order}, r"tables/daily_sales\.py: derive takes other names than the inputs orders, "),
        ({"month_of": "order_day"}, "month_of 'order_day' is no column of the table"),
        ({"touched": lambda others: others, "matches": {}}, "touched asks for others; expected of"),
        ({"drivers": {"line": "order_date"}}, "a table with touched needs drivers among its inputs and a scope"),
        ({"hashed": {"orders": ("emial",)}}, "hashed: orders has no emial"),
    ],
)
def test_a_declaration_that_cannot_be_meant_names_its_file(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], message: str
) -> None:
    declared(monkeypatch, "daily_sales", **changes)
    with pytest.raises(ContractError, match=message):
        gold_tables(CONTRACTS)


def test_tables_that_need_each_other_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    declared(monkeypatch, "dim_dates", inputs={"orders": "gold.daily_sales"}, derive=derive, touched=None)
    sales = next(one for one in declare._declared() if getattr(one, "name", "") == "daily_sales")
    assert isinstance(sales, GoldTable)
    circle = [
        replace(
            sales, inputs={"dates": "gold.dim_dates"}, derive=lambda dates: dates, touched=None, hashed={}, matches={}
        )
    ]
    others = [one for one in declare._declared() if getattr(one, "name", "") != "daily_sales"]
    monkeypatch.setattr(declare, "_declared", lambda: others + circle)
    with pytest.raises(ContractError, match="gold tables need each other in a circle"):
        gold_tables(CONTRACTS)


def test_a_contract_without_a_table_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [one for one in declare._declared() if getattr(one, "name", "") != "reviews"]
    monkeypatch.setattr(declare, "_declared", lambda: others)
    with pytest.raises(ContractError, match=r"conf/contracts/silver/reviews\.yaml stands without tables/reviews\.py"):
        silver_tables(CONTRACTS)


def test_money_is_what_a_table_says_it_is() -> None:
    assert SilverTable("x", month_of="updated_at", amount="amount").has_money
    assert not SilverTable("x", month_of="updated_at").has_money
