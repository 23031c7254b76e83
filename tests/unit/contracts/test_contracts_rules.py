"""Conditions of rules: what is misspelt or no SQL is told when the contract is read, and most are not parsed for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from spark_app.contracts.load import load_contract
from spark_app.runtime.errors import ContractError
from spark_app.runtime.settings import conf_dir

SALES = conf_dir() / "contracts" / "gold" / "daily_sales.yaml"
OLD = '"canceled_orders <= orders"'


def with_condition(folder: Path, condition: str) -> Path:
    path = folder / "daily_sales.yaml"
    text = SALES.read_text(encoding="utf-8")
    assert text.count(OLD) == 1
    path.write_text(text.replace(OLD, f"'{condition}'"), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "condition",
    [
        "orders <= Orders",
        "orders % 2 = 0 AND sqrt(orders) > 1.5e0",
        "`orders` > 0",
        "cast(orders AS STRING) RLIKE \"[0-9]+\"",
        "orders > 0 -- a word on it",
        "_batch_date >= order_date",
    ],
)  # fmt: skip
def test_good_conditions(tmp_path: Path, condition: str):
    assert load_contract(with_condition(tmp_path, condition), "gold").rules


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("ordes > 0", r":\d+: .*unknown column 'ordes'; did you mean 'orders'"),
        ("sqrt(ordes) > 0", r"unknown column 'ordes'"),
        ("(orders > 0", r":\d+: .*cannot be read as SQL: a parenthesis is not closed"),
        ('orders > "x', r"cannot be read as SQL: a quote or a comment does not close"),
        ("orders greater than 0", r"cannot be read as SQL: not understood at 'than'|unknown column 'greater'"),
        ("SELECT orders", r"cannot be read as SQL: expected one expression"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, condition: str, told: str):
    with pytest.raises(ContractError, match=told):
        load_contract(with_condition(tmp_path, condition), "gold")


def test_contracts_of_known_words_need_no_parser():
    code = "import sys; from spark_app.contracts.load import load_contracts; load_contracts(); "
    code += "sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
