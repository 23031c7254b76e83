"""Sources as shipped, and what is said of one that names what is not there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import datasets_of, load_source
from spark_app.runtime.errors import SettingsError
from spark_app.runtime.settings import conf_dir

CONTRACTS = load_contracts()
FOLDER = conf_dir() / "sources"
ENTITIES = ("customers", "exchange_rates", "order_items", "orders", "payments", "products", "refunds", "reviews")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_sources_load(path):
    source = load_source(path.stem, CONTRACTS)
    assert source.source == path.stem
    fed = [entity for dataset in datasets_of(source).values() for entity in dataset.entities]
    assert sorted(fed) == sorted(source.entities)


def test_canonical_source_maps_every_column_of_every_entity_onto_itself():
    source = load_source("canonical", CONTRACTS)
    assert tuple(sorted(source.entities)) == ENTITIES
    for entity, (mapped,) in source.entities.items():
        assert mapped.dataset == entity
        names = {name: item.column for name, item in mapped.columns.items()}
        assert names == {name: name for name in CONTRACTS[f"silver.{entity}"].column_names}
        assert tuple(source.datasets[entity].columns) == CONTRACTS[f"silver.{entity}"].column_names


def test_a_foreign_shop_is_shipped():
    assert {path.stem for path in FOLDER.glob("*.yaml")} > {"canonical"}


CASES = [
    ("entity", "\n  reviews:\n    from: reviews", "\n  review:\n    from: reviews",
     "did you mean 'reviews'?"),
    ("dataset", "from: payments", "from: payment", "did you mean 'payments'?"),
    ("column", "      paid_at: paid_at", "      payed_at: paid_at", "did you mean 'paid_at'?"),
    ("column of the file", "      paid_at: paid_at", "      paid_at: payed_at", "did you mean 'paid_at'?"),
    ("required column", "installments: installments\n      amount: amount\n", "installments: installments\n",
     "required column 'amount' of payments is not mapped"),
    ("key", "timezone: UTC", "timezon: UTC", "did you mean 'timezone'?"),
    ("time zone", "timezone: UTC", "timezone: Sao Paulo", "unknown time zone 'Sao Paulo'"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "old", "new", "hint"), CASES, ids=[case[0] for case in CASES])
def test_message_names_file_line_and_nearest_word(tmp_path, what, old, new, hint):
    text = (FOLDER / "canonical.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "canonical.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + (2 if old.startswith("\n") else 1)
    if what == "required column":  # nothing is left to point at but the columns
        line = text[: text.index("columns:", text.index("from: payments"))].count("\n") + 1
    with pytest.raises(SettingsError) as error:
        load_source("canonical", CONTRACTS, tmp_path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert hint in str(error.value)


def test_a_source_that_is_not_there():
    with pytest.raises(SettingsError, match=r"canonicle.yaml: no such source; did you mean 'canonical'\?"):
        load_source("canonicle", CONTRACTS)


CODES = "      status: {column: status, codes: %s}"


def with_codes(tmp_path, codes):
    text = (FOLDER / "canonical.yaml").read_text(encoding="utf-8")
    assert "      status: status\n" in text
    (tmp_path / "canonical.yaml").write_text(text.replace("      status: status", CODES % codes, 1), encoding="utf-8")
    return load_source("canonical", CONTRACTS, tmp_path)


def test_codes_that_differ_by_case_alone_may_mean_the_same(tmp_path):
    source = with_codes(tmp_path, "{Open: created, open: Created}")
    assert source.entities["orders"][0].columns["status"].codes == {"Open": "created", "open": "Created"}


def test_codes_that_differ_by_case_alone_and_mean_two_things_are_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"canonical.yaml:\d+: .*'open' means shipped and 'Open' means created"):
        with_codes(tmp_path, "{Open: created, open: shipped}")


def told(tmp_path, old, new):
    """What is said of the canonical source with a part of it changed, a line each, without its path."""
    text = (FOLDER / "canonical.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "canonical.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load_source("canonical", CONTRACTS, tmp_path)
    return [line.removeprefix(f"{path}:").partition(": ")[2] for line in str(error.value).splitlines()]


def test_patterns_and_expressions_are_checked_and_every_fault_is_told(tmp_path):
    found = told(
        tmp_path,
        "      purchased_at: purchased_at\n      approved_at: approved_at\n      shipped_at: shipped_at\n",
        "      purchased_at: {column: purchased_at, formats: '%d/%m/%Y'}\n"
        "      approved_at: {expression: 'coalesce(puchased_at, aproved_at)'}\n"
        "      shipped_at: {column: shiped_at, formats: [yyyy-MM-dd, dd/mm/yyyy]}\n",
    )
    assert [line.partition(": ")[0].rpartition(".")[2] for line in found] == [
        "purchased_at", "approved_at", "approved_at", "shipped_at", "shipped_at"
    ]  # fmt: skip
    said = " ".join(found)
    for part in ("'%d' is no letter of a pattern; did you mean 'dd'?",
                 "no column 'puchased_at'; did you mean 'purchased_at'?",
                 "no column 'aproved_at'; did you mean 'approved_at'?", "unknown column of the file 'shiped_at'",
                 "'dd/mm/yyyy': 'mm' is minutes; did you mean 'MM' for months?"):  # fmt: skip
        assert part in said


def test_the_place_in_the_file_stands_with_a_fault_in_a_value(tmp_path):
    (line,) = told(tmp_path, "      paid_at: paid_at\n", '      paid_at: {expression: "upper(payd_at)"}\n')
    text = (FOLDER / "canonical.yaml").read_text(encoding="utf-8")
    at = text[: text.index("      paid_at: paid_at")].count("\n") + 1
    assert line == f"entities.payments.columns.paid_at: at {at}:36: no column 'payd_at'; did you mean 'paid_at'?"


def test_one_format_may_stand_without_a_list(tmp_path):
    text = (FOLDER / "canonical.yaml").read_text(encoding="utf-8")
    old, new = "      paid_at: paid_at\n", "      paid_at: {column: paid_at, formats: dd/MM/yyyy}\n"
    (tmp_path / "canonical.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    source = load_source("canonical", CONTRACTS, tmp_path)
    assert source.entities["payments"][0].columns["paid_at"].formats == ("dd/MM/yyyy",)


def test_a_source_without_expressions_needs_no_parser():
    code = "import sys; from spark_app.contracts.load import load_contracts; from spark_app.contracts.sources import "
    code += "load_source; load_source('canonical', load_contracts()); sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
