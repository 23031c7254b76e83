"""Watches in contracts: what they say, and what is refused, by file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from spark_app.contracts.load import load_contract, load_contracts
from spark_app.contracts.table import Threshold, Watch
from spark_app.runtime.errors import ContractError
from spark_app.runtime.settings import conf_dir

GOLD, SILVER = "{check: anomaly, measure: sum, upstream: orders.order_id}", "{check: anomaly, measure: rows}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "contracts"
    shutil.copytree(conf_dir() / "contracts", copy)
    return copy


def edited(folder: Path, name: str, old: str, new: str) -> Path:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def watch(path: Path, name: str) -> Watch:
    (found,) = [one for one in load_contract(path, "gold").watches if one.name == name]
    return found


def test_a_watch_is_no_rule_and_says_where_its_figures_come_from() -> None:
    contract = load_contracts()["gold.daily_customers"]
    found = {one.name: one for one in contract.watches}["revenue of each state is as usual"]
    assert (found.measure, found.column, found.upstream) == ("sum", "revenue", "order_items.unit_price")
    assert found.by == (("state", "customers.state"),)
    assert (found.limit, found.change, found.bounds, found.severity) == (None, None, None, "warning")
    assert not {one.name for one in contract.watches} & {rule.name for rule in contract.rules}


def test_what_was_learned_can_be_overridden(folder: Path) -> None:
    said = GOLD[:-1] + ", limit: 5, change: 40, mustBeBetween: [10, 500]}"
    found = watch(edited(folder, "gold/daily_sales.yaml", GOLD, said), "orders are as usual")
    assert (found.limit, found.change, found.bounds) == (5.0, 40.0, Threshold(10, 500, "rows"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "measure: sum",
            "measure: summ",
            r"daily_sales\.yaml:\d+: .*unknown measure 'summ'.*did you mean 'sum'",
        ),
        ("measure: sum", "measure: rows", "unknown measure 'rows'; .*'sum'|unknown measure 'rows'; valid: sum"),
        ("upstream: orders", "upstram: orders", "unknown key 'upstram'; did you mean 'upstream'"),
        ("orders.order_id", "orders.order_idd", "unknown column of silver 'orders.order_idd'; did you mean"),
        ("measure: sum", "measure: sum, by: {stat: customers.state}", "unknown column 'stat'"),
        ("measure: sum", "measure: sum, limit: 0", "expected a number above zero, found 0"),
        ("measure: sum", "measure: sum, mustBeBetween: 3", "mustBeBetween: expected two numbers, found 3"),
    ],
)
def test_a_watch_that_says_nonsense_is_refused(folder: Path, old: str, new: str, message: str) -> None:
    edited(folder, "gold/daily_sales.yaml", GOLD, GOLD.replace(old, new))
    with pytest.raises(ContractError, match=message):
        load_contracts(folder)


def test_a_watch_stands_where_its_measure_belongs(folder: Path) -> None:
    edited(folder, "silver/orders.yaml", SILVER, "{check: anomaly, measure: distinct}")
    with pytest.raises(ContractError, match="measure distinct belongs under a column"):
        load_contracts(folder)
