"""Balances weighed over what changed: two sums, rows in, cents out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from deltalake import write_deltalake

from spark_app.contracts.balances import Balance, Side
from spark_app.contracts.table import Contract, Type
from spark_app.lake import log, writes
from spark_app.quality import balances
from tests.support.small_lakes import Gold, arrow, contract

MONEY = Type("decimal", 18, 2)
COLUMNS = {"id": (Type("int"), True), "amount": (MONEY, False), "counts": (Type("boolean"), True)}
FACTS = contract("facts", COLUMNS, ["id"])
DAYS = contract("days", {"id": (Type("int"), True), "revenue": (MONEY, False)}, ["id"])
BALANCE = Balance(
    "revenue, facts to days",
    (Side("gold.facts", "amount", ("amount", "counts"), "counts"),),
    (Side("gold.days", "revenue", ("revenue",)),),
)


@pytest.fixture
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gold:
    monkeypatch.setattr(balances, "BALANCES", (BALANCE,))
    made = Gold(tmp_path)
    for table in (FACTS, DAYS):
        made.add(table)
    return made


def fact(number: int, amount: str, *, counts: bool = True) -> dict[str, Any]:
    return {"id": number, "amount": Decimal(amount), "counts": counts}


def day(number: int, revenue: str) -> dict[str, Any]:
    return {"id": number, "revenue": Decimal(revenue)}


def test_where_there_are_exchange_rates_what_is_in_one_currency_alone_is_not_weighed(
    gold: Gold, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(gold, FACTS, fact(1, "0.10"))
    write(gold, DAYS, day(1, "0.30"))
    monkeypatch.setattr(balances, "BALANCES", (replace(BALANCE, one_currency=True),))
    monkeypatch.setattr(balances, "RATES", "gold.rates")
    gold.add(contract("rates", {"id": (Type("int"), True)}, ["id"]))
    assert weighed(gold, {}) == (Decimal("0.10"), Decimal("0.30"))  # a shop without rates
    write(gold, gold.contracts["gold.rates"], {"id": 1})
    assert balances.weigh(gold.lake, {}, versions(gold)) == []


def versions(gold: Gold) -> dict[str, int]:
    return {name: log.version_of(gold.lake.table(name)) or 0 for name in gold.contracts}


def weighed(gold: Gold, before: dict[str, int]) -> tuple[Decimal, Decimal]:
    [found] = balances.weigh(gold.lake, before, versions(gold))
    return found.left, found.right


def write(gold: Gold, table: Contract, *rows: dict[str, Any]) -> None:
    gold.merge(table, rows)


def test_from_nothing_all_rows_are_summed_that_the_condition_leaves(gold: Gold) -> None:
    write(gold, FACTS, fact(1, "0.10"), fact(2, "0.20"), fact(3, "9.00", counts=False))
    write(gold, DAYS, day(1, "0.30"))
    assert weighed(gold, {}) == (Decimal("0.30"), Decimal("0.30"))


def test_of_a_change_what_went_counts_against_what_came(gold: Gold) -> None:
    write(gold, FACTS, fact(1, "5.00"), fact(2, "7.00"))
    write(gold, DAYS, day(1, "12.00"))
    before = versions(gold)
    write(gold, FACTS, fact(2, "7.00", counts=False), fact(3, "1.01"))
    write(gold, DAYS, day(1, "6.02"))
    assert weighed(gold, before) == (Decimal("-5.99"), Decimal("-5.98"))  # a cent was lost


def test_where_nothing_changed_both_are_nothing(gold: Gold) -> None:
    write(gold, FACTS, fact(1, "5.00"))
    assert weighed(gold, versions(gold)) == (Decimal(0), Decimal(0))


def test_rows_without_an_amount_add_nothing(gold: Gold) -> None:
    write(gold, FACTS, {"id": 1, "amount": None, "counts": True}, fact(2, "1.00"))
    assert weighed(gold, {})[0] == Decimal("1.00")


def test_a_table_that_got_its_sum_with_a_newer_version_of_this_software_is_weighed_from_nothing(gold: Gold) -> None:
    before_it = contract("older", {"id": (Type("int"), True)}, ["id"])
    older = Gold(gold.root / "older")
    older.contracts = {"gold.facts": FACTS}
    older.add(FACTS)
    older.add(replace(before_it, name="days"))
    older.merge(FACTS, [fact(1, "5.00")])
    write_deltalake(
        older.lake.table("gold.days").path, arrow(replace(before_it, name="days"), [{"id": 1}]), mode="append"
    )
    before = versions(older)
    write_deltalake(
        older.lake.table("gold.days").path, arrow(DAYS, [day(1, "5.00")]), mode="overwrite", schema_mode="overwrite"
    )
    writes.advance(older.lake.table("gold.days"), log.note_text("run", {}, **{log.FULL_REBUILD: True}))
    older.merge(FACTS, [fact(2, "1.00")])
    [found] = balances.weigh(older.lake, before, versions(older))
    assert (found.left, found.right) == (Decimal("6.00"), Decimal("5.00"))


def test_a_table_that_came_after_the_last_release_is_weighed_from_nothing(gold: Gold) -> None:
    """Else all its rows would be held against what changed elsewhere, and the night be withheld."""
    write(gold, FACTS, fact(1, "5.00"))
    before = {"gold.facts": versions(gold)["gold.facts"]}
    write(gold, FACTS, fact(2, "1.00"))
    write(gold, DAYS, day(1, "6.00"))
    assert weighed(gold, before) == (Decimal("6.00"), Decimal("6.00"))
