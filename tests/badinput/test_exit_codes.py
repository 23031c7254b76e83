"""What cannot be run ends with its exit code and a sentence that says where and what; never with a stack trace."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from spark_app.jobs.nightly import run
from spark_app.runs.request import Outcome, RunRequest
from spark_app.runtime.settings import conf_dir
from tests.support.drops import drop, run_days
from tests.support.files import GOOD, lines, put

DAY = "2024-03-01"


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project's settings that a test may spoil."""
    copy = tmp_path / "conf"
    shutil.copytree(conf_dir(), copy)
    monkeypatch.setenv("LAKEHOUSE_CONF", str(copy))
    return copy


def attempt(home: Path, environment: str = "local", source: str | None = None) -> Outcome:
    day = date.fromisoformat(DAY)
    return run(RunRequest(environment, home=str(home), source=source, first=day, last=day))


def spoil(path: Path, old: str, new: str) -> int:
    """Replaces text in a file; the line it stands in."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_a_misspelt_setting_is_named_with_file_line_and_what_was_meant(conf: Path, tmp_path: Path) -> None:
    at = spoil(conf / "local.yaml", "warehouse:", "warehuose:")
    outcome = attempt(tmp_path)
    assert outcome.exit_code == 2
    assert outcome.message == f"{conf}/local.yaml:{at}: warehuose: unknown key 'warehuose'; did you mean 'warehouse'?"


def test_a_setting_of_the_wrong_kind_is_named(conf: Path, tmp_path: Path) -> None:
    at = spoil(conf / "base.yaml", "lookback_days: 7", "lookback_days: a week")
    outcome = attempt(tmp_path)
    assert outcome.exit_code == 2
    assert outcome.message.startswith(f"{conf}/base.yaml:{at}: lookback_days: ")
    assert "found 'a week'" in outcome.message


def test_a_file_that_is_no_yaml_is_named(conf: Path, tmp_path: Path) -> None:
    (conf / "local.yaml").write_text("home: [\n")
    outcome = attempt(tmp_path)
    assert outcome.exit_code == 2
    assert outcome.message.startswith(f"{conf}/local.yaml: not readable as YAML: ")


def test_an_unknown_environment_is_named_with_the_nearest(tmp_path: Path) -> None:
    outcome = attempt(tmp_path, environment="locale")
    assert outcome.exit_code == 2
    assert outcome.message.startswith("no settings for environment 'locale' in ")
    assert outcome.message.endswith("; did you mean 'local'?")


def test_an_unknown_source_is_named_with_the_nearest(tmp_path: Path) -> None:
    outcome = attempt(tmp_path, source="cannonical")
    assert outcome.exit_code == 2
    assert outcome.message.endswith("cannonical.yaml: no such source; did you mean 'canonical'?")


def test_a_source_that_names_an_unknown_column_is_refused(conf: Path, tmp_path: Path) -> None:
    at = spoil(conf / "sources" / "canonical.yaml", "order_id: order_id", "order_nr: order_id")
    outcome = attempt(tmp_path)
    assert outcome.exit_code == 2
    assert outcome.message.startswith(f"{conf}/sources/canonical.yaml:{at}: ")
    assert "did you mean 'order_id'?" in outcome.message


def test_a_contract_with_a_misspelt_rule_is_refused(conf: Path, tmp_path: Path) -> None:
    at = spoil(conf / "contracts" / "silver" / "payments.yaml", "amount >= 0", "amuont >= 0")
    outcome = attempt(tmp_path)
    assert outcome.exit_code == 2
    assert f"payments.yaml:{at}: " in outcome.message
    assert "unknown column 'amuont'; did you mean 'amount'?" in outcome.message


@pytest.mark.parametrize("name", ["shop [1]", "a%20b", "c#", "why?", "a^b", "a|b", "a\\b"])
def test_a_home_that_delta_cannot_open_is_refused(tmp_path: Path, name: str) -> None:
    outcome = attempt(tmp_path / name)
    assert outcome.exit_code == 2
    assert outcome.message.startswith("lake: found '")


def test_days_in_the_wrong_order_are_refused(home: Path) -> None:
    outcome = run(RunRequest("local", home=str(home), first=date(2024, 3, 2), last=date(2024, 3, 1)))
    assert (outcome.exit_code, outcome.message) == (2, "--from 2024-03-02 is after --to 2024-03-01")


def test_a_date_without_a_daily_entity_is_incomplete_and_names_the_folder(home: Path) -> None:
    for entity in ("customers", "order_items", "payments"):
        drop(home / "landing", entity, DAY, [GOOD[entity]])
    outcome = run_days(home, DAY, expect=3, allow_missing=False)
    assert outcome.message == (f"{DAY}: no drop of orders; expected files in {home}/landing/orders/dt={DAY}/")
    assert "--allow-missing" in str(outcome.hint)
    assert (outcome.release, outcome.current) == (None, None)
    assert not (home / "lake" / "bronze").exists()


def test_an_incomplete_date_goes_on_where_it_is_allowed_to(home: Path) -> None:
    drop(home / "landing", "customers", DAY, [GOOD["customers"]])
    outcome = run_days(home, DAY, layers=("bronze",))
    lacking = [f"{DAY}: no drop of {name}; going on without it" for name in ("orders", "order_items", "payments")]
    assert outcome.record.warnings == lacking


def test_a_day_that_is_mostly_unusable_is_withheld(home: Path) -> None:
    bad = [{"order_id": f"bad-{n}", "amount": "much"} for n in range(15)]
    put(
        home / "landing", "payments", DAY, "a.csv", lines("payments", *bad, *[{"order_id": f"o{n}"} for n in range(10)])
    )
    outcome = run_days(home, DAY, expect=4)
    assert "silver.payments: most rows can be used [accuracy]: 15 of 25 rows" in outcome.message
    assert f"worst day {DAY}" in outcome.message
    assert (outcome.release, outcome.current) == (None, None)
    assert not (home / "warehouse.duckdb").exists()


@pytest.mark.parametrize(
    ("file", "named"),
    [
        (lines("orders", {}).encode("utf-16"), "cannot be read: UTF-16 text; expected UTF-8"),
        (b"", "cannot be read: the file is empty; expected a header row"),
        ((lines("orders", {}).strip() + ",\n").encode(), "1 row: row is whole: expected as many fields as the header"),
    ],
    ids=["utf-16", "empty", "torn"],
)
def test_a_small_day_without_a_usable_row_is_withheld_until_it_is_mended(home: Path, file: bytes, named: str) -> None:
    """However few rows."""
    put(home / "landing", "orders", DAY, "a.csv", file)
    outcome = run_days(home, DAY, expect=4)
    first = outcome.message.splitlines()[1]
    assert first.startswith(f"    orders: orders/dt={DAY}/a.csv")
    assert named in first
    put(home / "landing", "orders", DAY, "a.csv", lines("orders", {}))
    assert run_days(home, "2024-03-02").release is not None


def test_a_renamed_column_is_told_and_a_required_one_withholds(home: Path) -> None:
    put(home / "landing", "customers", DAY, "a.csv", lines("customers", {}))
    put(home / "landing", "orders", DAY, "a.csv", lines("orders", {}))
    run_days(home, DAY)
    put(home / "landing", "customers", "2024-03-02", "a.csv", lines("customers", {}).replace("city", "town", 1))
    told = run_days(home, "2024-03-02").record.notices[0].lines
    assert told == (
        "customers/dt=2024-03-02/a.csv has no `city`; a new column `town` came, which the source does not know",
        "without a value in these rows, unless the source is told the new name: customers.city",
    )
    renamed = lines("customers", {}, {"customer_id": "c2"}).replace("customer_id", "customer", 1)
    put(home / "landing", "customers", "2024-03-03", "a.csv", renamed)
    outcome = run_days(home, "2024-03-03", expect=4)
    assert outcome.message.splitlines()[1] == (
        "    customers: the header of customers/dt=2024-03-03/a.csv has no `customer_id`, which customers.customer_id "
        "needs; unknown: `customer`; did you mean 'customer'?"
    )
    assert not [text for text in outcome.record.warnings if "`city`" in text]  # told once
