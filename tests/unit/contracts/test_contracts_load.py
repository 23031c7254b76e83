"""A contract that cannot be followed is refused with its file, line and the word that was probably meant."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from spark_app.contracts.load import load_contract, load_contracts
from spark_app.contracts.table import Threshold
from spark_app.runtime.errors import ContractError
from spark_app.runtime.settings import conf_dir

SHIPPED = conf_dir() / "contracts"


def broken(tmp_path: Path, table: str, old: str, new: str) -> tuple[Path, int]:
    """A copy of a gold contract with the first `old` replaced, and the line of the replacement."""
    text = (SHIPPED / "gold" / f"{table}.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "with space" / f"{table}.yaml"
    path.parent.mkdir()
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path, text[: text.index(old)].count("\n") + 1


CASES = [
    ("misspelt key", "required: true", "requird: true", "did you mean 'required'?"),
    ("misspelt key of the table", "dataGranularityDescription:", "dataGranularity:",
     "did you mean 'dataGranularityDescription'?"),
    ("misspelt key of a rule", "severity: error", "severty: error", "did you mean 'severity'?"),
    ("misspelt type", "physicalType: bigint", "physicalType: bigin", "did you mean 'bigint'?"),
    ("unknown metric", "metric: invalidValues", "metric: invalidValue", "did you mean 'invalidValues'?"),
    ("unknown dimension", "dimension: accuracy", "dimension: acuracy", "did you mean 'accuracy'?"),
    ("unknown severity", "severity: error", "severity: fatal", "valid: error, warning"),
    ("unknown engine", "engine: sparkSql", "engine: sparkSQL", "did you mean 'sparkSql'?"),
    ("unknown check", "check: daysBehind", "check: daysBehnd", "did you mean 'daysBehind'?"),
    ("unknown bound", "{check: daysBehind, mustBeLessOrEqualTo", "{check: daysBehind, mustBeLessOrEqual",
     "did you mean 'mustBeLessOrEqualTo'?"),
    ("unknown unit", "unit: days", "unit: dayz", "did you mean 'days'?"),
    ("bound without a number", "mustBeLessOrEqualTo: 3", "mustBeLessOrEqualTo: three",
     "expected a number, found 'three'"),
    ("metric's bound without a number", "mustBe: 0", "mustBe: none", "expected a number, found 'none'"),
    ("unknown column in a condition", '"paid_amount = 0 OR', '"payed_amount = 0 OR',
     "did you mean 'paid_amount'?"),
    ("unknown sort column", "sortKey, value: [order_date]", "sortKey, value: [order_dat]",
     "did you mean 'order_date'?"),
    ("unknown property", "property: sortKey", "property: sortkey", "did you mean 'sortKey'?"),
    ("unknown argument", "{validValues: [created", "{validValue: [created", "did you mean 'validValues'?"),
    ("words that differ by case alone", "{validValues: [created", "{validValues: [Created, created",
     "'Created' and 'created' are the same but for case"),
    ("column twice", "name: paid_amount", "name: order_amount", "column 'order_amount' stands twice"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "hint"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_message_names_file_line_and_nearest_word(tmp_path, old, new, hint):
    path, line = broken(tmp_path, "fact_orders", old, new)
    with pytest.raises(ContractError) as error:
        load_contract(path, "gold")
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert hint in str(error.value)


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ("property: frequenzy, value: 1, unit: d", "unknown service level 'frequenzy'; did you mean 'frequency'?"),
        ("property: latency, value: 1, unit: d", "found latency, which nothing judges; expected frequency"),
        ("property: retention, value: 3, unit: y", "found retention, which nothing judges; expected frequency"),
        ("property: frequency, value: 2, unit: d", "frequency: found 2 d of a silver table, expected 1 d"),
        ("property: frequency, value: 1, unit: h", "frequency: found 1 h of a silver table, expected 1 d"),
        ("property: frequency, value: 1", "frequency: found 1 (no unit) of a silver table, expected 1 d"),
    ],
)
def test_a_service_level_that_nothing_judges_is_refused(tmp_path, new, says):
    old, path = "property: frequency, value: 1, unit: d", tmp_path / "orders.yaml"
    text = (SHIPPED / "silver" / "orders.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContractError) as error:
        load_contract(path, "silver")
    assert str(error.value).startswith(f"{path}:{text[: text.index(old)].count(chr(10)) + 1}: ")
    assert says in str(error.value)


def test_gold_is_not_dropped_by_anybody(tmp_path):
    path = tmp_path / "daily_sales.yaml"
    level = "slaProperties:\n  - {property: frequency, value: 1, unit: d}\n"
    path.write_text((SHIPPED / "gold" / "daily_sales.yaml").read_text(encoding="utf-8") + level, encoding="utf-8")
    with pytest.raises(ContractError, match="found 1 d of a gold table"):
        load_contract(path, "gold")


def test_unknown_column_of_a_uniqueness_rule(tmp_path):
    path, line = broken(tmp_path, "dim_customers", "[customer_id, valid_from]", "[customer_id, valid_fron]")
    with pytest.raises(ContractError, match=rf"dim_customers.yaml:{line}: .*did you mean 'valid_from'\?"):
        load_contract(path, "gold")


def test_unknown_distribution(tmp_path):
    path, line = broken(tmp_path, "dim_dates", "value: all", "value: al")
    with pytest.raises(ContractError, match=rf"dim_dates.yaml:{line}: .*did you mean 'all'\?"):
        load_contract(path, "gold")


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [("dim_date.date_key", "dim_dates.date_key"), ("dim_dates.date_kee", "dim_dates.date_key")],
)
def test_reference_to_nowhere(tmp_path, wrong, nearest):
    shutil.copytree(SHIPPED, tmp_path / "contracts")
    path = tmp_path / "contracts" / "gold" / "daily_sales.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("to: dim_dates.date", f"to: {wrong}"), encoding="utf-8")
    line = text[: text.index("relationships")].count("\n") + 1
    with pytest.raises(ContractError, match=rf"daily_sales.yaml:{line}: .*did you mean '{nearest}'\?"):
        load_contracts(tmp_path / "contracts")


def test_a_file_named_unlike_its_table(tmp_path):
    path = tmp_path / "orders_2.yaml"
    shutil.copy(SHIPPED / "silver" / "orders.yaml", path)
    with pytest.raises(ContractError, match=r"found 'orders', expected the file's own name 'orders_2'"):
        load_contract(path, "silver")


def test_text_that_is_no_yaml(tmp_path):
    path = tmp_path / "orders.yaml"
    path.write_text("schema: [", encoding="utf-8")
    with pytest.raises(ContractError, match=r"orders.yaml: not readable as YAML"):
        load_contract(path, "silver")


def test_no_contracts_at_all(tmp_path):
    with pytest.raises(ContractError, match="no contracts found"):
        load_contracts(tmp_path)


def test_bounds_as_written():
    rules = {rule.name: rule.threshold for rule in load_contracts()["gold.fact_orders"].rules}
    assert rules["orders are recent"] == Threshold(None, 3, "days")
    assert rules["there are orders"] == Threshold(1, None, "rows")
    # `mustBe: 0` of an error, no bound at all of an error, and of a warning
    assert rules["known order status"] == Threshold(None, 0, "rows")
    assert rules["order_amount adds up"] == Threshold(None, 0, "rows")
    assert rules["order has items"] is None


def test_no_row_may_be_asked_for(tmp_path):
    """`mustBe: 0` means none broken for any metric but rowCount, which counts the rows themselves."""
    path, _ = broken(tmp_path, "dim_dates", "rowCount, mustBeGreaterOrEqualTo: 1", "rowCount, mustBe: 0")
    rules = {rule.name: rule.threshold for rule in load_contract(path, "gold").rules}
    assert rules["there are days"] == Threshold(0, 0, "rows")


def test_all_contracts_are_looked_at_and_all_their_rules(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "contracts")
    orders, items = (tmp_path / "contracts" / "silver" / f"{name}.yaml" for name in ("orders", "order_items"))
    text = orders.read_text(encoding="utf-8").replace("purchased_at <= approved_at", "purchased_at <= aproved_at")
    orders.write_text(text.replace("status <> 'delivered' OR", "statuss <> 'delivered' OR"), encoding="utf-8")
    text = items.read_text(encoding="utf-8")
    items.write_text(text.replace("dimension: accuracy", "dimension: acuracy", 1), encoding="utf-8")
    with pytest.raises(ContractError) as error:
        load_contracts(tmp_path / "contracts")
    said = str(error.value).splitlines()
    assert [line.rpartition(": ")[2] for line in said] == [
        "unknown dimension 'acuracy'; did you mean 'accuracy'?",
        "unknown column 'aproved_at'; did you mean 'approved_at'?",
        "unknown column 'statuss'; did you mean 'status'?",
    ]


def test_a_pattern_that_is_no_regular_expression(tmp_path):
    shipped = (SHIPPED / "gold" / "fact_orders.yaml").read_text(encoding="utf-8")
    (old,) = re.findall(r"\{validValues: \[none.*?\]\}", shipped)
    path, _ = broken(tmp_path, "fact_orders", old, "{pattern: '(a'}")
    with pytest.raises(ContractError, match="no regular expression: missing"):
        load_contract(path, "gold")
