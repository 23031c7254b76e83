"""How much of a drop may be unusable, by rows and by money: as a contract sets it, and where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from spark_app.contracts.load import load_contract, load_contracts
from spark_app.contracts.table import Threshold
from spark_app.runtime.errors import ContractError
from spark_app.runtime.settings import conf_dir
from spark_app.tables.declare import silver_tables

PAYMENTS = conf_dir() / "contracts" / "silver" / "payments.yaml"


def changed(tmp_path: Path, check: str, bound: str, unit: str = "unit: percent, ") -> dict[str, Threshold | None]:
    """Bounds of the payments' shares by rule, the check's entry changed."""
    text = PAYMENTS.read_text(encoding="utf-8")
    old = f"{{check: {check}, mustBeLessOrEqualTo: 50}}, unit: percent, "
    assert old in text
    path = tmp_path / "payments.yaml"
    path.write_text(text.replace(old, f"{bound}, {unit}"), encoding="utf-8")
    rules = load_contract(path, "silver").rules
    return {rule.kind: rule.threshold for rule in rules if rule.kind in ("quarantined", "quarantined_money")}


@pytest.mark.parametrize(
    ("check", "kind"), [("quarantinedRows", "quarantined"), ("quarantinedMoney", "quarantined_money")]
)
@pytest.mark.parametrize(
    ("bound", "high"),
    [(", mustBeLessOrEqualTo: 20", 20), (", mustBeLessOrEqualTo: 100", 100), (", mustBe: 0", 0), ("", 50)],
)
def test_a_share_is_as_the_contract_sets_it_and_half_where_it_does_not(
    tmp_path: Path, check: str, kind: str, bound: str, high: int
) -> None:
    found = changed(tmp_path, check, f"{{check: {check}{bound}}}")
    assert found[kind] == Threshold(found[kind].low if found[kind] else None, high, "percent")


def test_a_share_without_a_unit_is_in_percent_and_in_nothing_else(tmp_path: Path) -> None:
    found = changed(tmp_path, "quarantinedRows", "{check: quarantinedRows, mustBeLessOrEqualTo: 20}", unit="")
    assert found["quarantined"] == Threshold(None, 20, "percent")
    with pytest.raises(ContractError, match="bounded in percent; found 'rows'"):
        changed(tmp_path, "quarantinedMoney", "{check: quarantinedMoney, mustBe: 3}", unit="unit: rows, ")


def test_a_table_whose_rows_stand_for_no_money_has_no_share_of_it() -> None:
    contracts = load_contracts()
    money = next(rule for rule in contracts["silver.payments"].rules if rule.kind == "quarantined_money")
    orders = contracts["silver.orders"]
    spoiled = type(orders)(**{**orders.__dict__, "rules": (*orders.rules, money)})
    with pytest.raises(ContractError, match="a row of orders stands for no money; tables that have some: order_items"):
        silver_tables({**contracts, "silver.orders": spoiled})


def test_only_what_comes_daily_may_withhold() -> None:
    silver = [contract for contract in load_contracts().values() if contract.layer == "silver"]
    severity = {c.name: {r.severity for r in c.rules if r.kind == "quarantined"} for c in silver}
    assert severity == {c.name: {"error" if c.daily else "warning"} for c in silver}
