"""What is unlike the weeks before is told by the run of that night, and withheld where the contract says so."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.shops.demo import generate
from tests.support.drops import assert_same, gold, run_days, table_dicts, warehouse

pytestmark = pytest.mark.long
START, DAYS = date(2024, 1, 1), 60
TWICE, DEARER = START + timedelta(days=DAYS), START + timedelta(days=DAYS + 1)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("landed")
    generate(str(folder), START, DAYS + 2)
    return folder


@pytest.fixture(scope="module")
def home(everything: Path, tmp_path_factory: pytest.TempPathFactory, spark: SparkSession) -> Path:
    """Sixty days, in one pass: nothing is odd about the last ones."""
    home = tmp_path_factory.mktemp("home")
    for back in range(DAYS):
        land(everything, home, START + timedelta(days=back))
    assert run_days(home, START, TWICE - timedelta(days=1)).record.notices == []
    return home


def land(everything: Path, home: Path, day: date) -> None:
    for folder in everything.glob(f"*/dt={day}"):
        shutil.copytree(folder, home / "landing" / folder.relative_to(everything), dirs_exist_ok=True)


def unusual(home: Path, day: date) -> set[tuple[str, str]]:
    rows = table_dicts(home, "ops.figures")
    return {(row["table_name"], row["rule"]) for row in rows if row["day"] == day and row["unusual"]}


def test_a_file_twice_is_told_and_changes_nothing(home: Path, everything: Path) -> None:
    land(everything, home, TWICE)
    items = home / "landing" / "order_items" / f"dt={TWICE}"
    (file,) = items.iterdir()
    shutil.copyfile(file, items / "again.csv")
    outcome = run_days(home, TWICE)
    (notice,) = outcome.record.notices
    assert "order_items" in notice.lines[0]
    assert "landed twice" in notice.lines[0]
    assert {table for table, _ in unusual(home, TWICE)} == {"silver.order_items"}
    assert outcome.release is not None
    assert_same(warehouse(home), gold(home))


def test_prices_that_are_a_hundredfold_are_withheld_where_the_contract_says_so(
    home: Path, everything: Path, own_conf: Callable[[Callable[[Path], None]], None]
) -> None:
    own_conf(revenue_must_be_as_usual)
    shown = warehouse(home)
    land(everything, home, DEARER)
    (file,) = (home / "landing" / "order_items" / f"dt={DEARER}").iterdir()
    as_sent = file.read_text()
    rows = list(csv.DictReader(as_sent.splitlines()))
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows({**row, "unit_price": hundredfold(row["unit_price"])} for row in rows)
    withheld = run_days(home, DEARER, expect=4)
    assert "gold.daily_sales" in withheld.message
    assert "revenue is as usual" in withheld.message
    assert_same(warehouse(home), shown)

    file.write_text(as_sent)
    assert run_days(home, DEARER).release is not None
    assert_same(warehouse(home), gold(home))


def hundredfold(price: str) -> str:
    return f"{100 * float(price):.2f}" if price.replace(".", "", 1).isdigit() else price


def revenue_must_be_as_usual(conf: Path) -> None:
    contract = conf / "contracts/gold/daily_sales.yaml"
    lines = contract.read_text().splitlines()
    (at,) = [number for number, line in enumerate(lines) if "name: revenue is as usual" in line]
    assert "severity: warning" in lines[at]
    lines[at] = lines[at].replace("severity: warning", "severity: error")
    contract.write_text("\n".join(lines))
