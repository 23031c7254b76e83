"""Of a day that only got more files silver judges these alone, and all is as if the day had come at once."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyspark.sql import SparkSession

from tests.support.drops import drop, run_days, table_dicts, table_rows
from tests.support.frames import nothing_cached
from tests.support.kill import Killed, Plug
from tests.support.shop import payment

DAY, NEXT = "2024-03-05", "2024-03-06"
LAYERS = {"layers": ("bronze", "silver")}
ASIDE = ("entity", "batch_date", "source_file", "row_number", "raw")
PROOF = ("landed", "accepted", "superseded", "quarantined", "passed_over")


def paid(order_id: str, amount: str, hour: int, day: str = DAY) -> dict[str, object]:
    return payment(order_id, amount, "paid", f"{day} {hour:02}:00:00")


def proof(home: Path) -> dict[str, tuple[Any, ...]]:
    """Of each batch date of payments, as reconciled last: rows and money, and whether they add up."""
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(table_dicts(home, "ops.reconciliation"), key=lambda one: one["silver_version"]):
        if row["entity"] == "payments":
            found[str(row["batch_date"])] = row
    names = [f"rows_{part}" for part in (*PROOF, "unpriced")] + [f"amount_{part}" for part in PROOF[:4]] + ["balanced"]
    return {day: tuple(row[name] for name in names) for day, row in sorted(found.items())}


def rows_judged(home: Path) -> list[int]:
    """Rows that each run has judged of payments, oldest first."""
    rows = [row for row in table_dicts(home, "ops.quality_results") if row["rule"] == "amount is a decimal"]
    return [row["rows_checked"] for row in sorted(rows, key=lambda one: one["checked_at"])]


def assert_as_at_once(home: Path, fresh: Path, last: str = DAY) -> None:
    shutil.copytree(home / "landing", fresh / "landing")
    run_days(fresh, DAY, last, **LAYERS)
    assert table_rows(home, "silver.payments") == table_rows(fresh, "silver.payments")
    assert table_rows(home, "silver.quarantine", ASIDE) == table_rows(fresh, "silver.quarantine", ASIDE)
    assert proof(home) == proof(fresh)
    assert all(row[-1] for row in proof(home).values())


def test_new_files_alone_are_judged(home: Path, tmp_path: Path, spark: SparkSession) -> None:
    landing = home / "landing"
    drop(landing, "payments", DAY, [paid("a", "1.00", 8), paid("b", "2.00", 8), paid("c", "lots", 8)])
    run_days(home, DAY, **LAYERS)
    # What is outdone may be of the same day, and what is older comes later.
    drop(landing, "payments", DAY, [paid("a", "3.00", 9), paid("b", "4.00", 7), paid("d", "much", 9)], "b.csv")
    run_days(home, DAY, **LAYERS)
    assert rows_judged(home) == [3, 3]
    assert proof(home) == {DAY: (6, 2, 2, 2, 0, 2, 10, 5, 5, 0, True)}
    assert len(table_rows(home, "silver.quarantine", ASIDE)) == 2
    assert_as_at_once(home, tmp_path / "fresh")
    assert nothing_cached(spark)


def test_beside_a_new_day_too(home: Path, tmp_path: Path) -> None:
    landing = home / "landing"
    drop(landing, "payments", DAY, [paid("a", "1.00", 8), paid("b", "2.00", 8)])
    run_days(home, DAY, **LAYERS)
    drop(landing, "payments", DAY, [paid("a", "3.00", 9)], "b.csv")
    drop(landing, "payments", NEXT, [paid("a", "5.00", 9, NEXT), paid("b", "1.50", 7)])
    run_days(home, DAY, NEXT, **LAYERS)
    assert rows_judged(home) == [2, 3]
    assert_as_at_once(home, tmp_path / "fresh", NEXT)


def test_a_corrected_file_beside_a_new_one_has_the_day_judged_whole(home: Path, tmp_path: Path) -> None:
    landing = home / "landing"
    drop(landing, "payments", DAY, [paid("a", "9.00", 9)])
    drop(landing, "payments", DAY, [paid("b", "2.00", 8)], "b.csv")
    run_days(home, DAY, **LAYERS)
    drop(landing, "payments", DAY, [paid("c", "1.00", 8)])
    drop(landing, "payments", DAY, [paid("b", "4.00", 9)], "c.csv")
    run_days(home, DAY, **LAYERS)
    assert rows_judged(home) == [2, 3]
    assert_as_at_once(home, tmp_path / "fresh")


@pytest.mark.parametrize("point", ["ops.quality_results:after", "silver.payments:after", "bronze.payments:after"])
def test_killed_on_the_way_the_next_run_counts_each_row_once(
    home: Path, tmp_path: Path, plug: Plug, point: str
) -> None:
    landing = home / "landing"
    drop(landing, "payments", DAY, [paid("a", "1.00", 8), paid("c", "lots", 8)])
    run_days(home, DAY, **LAYERS)
    drop(landing, "payments", DAY, [paid("a", "3.00", 9), paid("d", "much", 9)], "b.csv")
    plug.pull_at(lambda at: at == point)
    with pytest.raises(Killed):
        run_days(home, DAY, **LAYERS)
    plug.pull_at(lambda at: False)
    drop(landing, "payments", DAY, [paid("a", "2.00", 10), paid("d", "7.00", 9)], "c.csv")
    run_days(home, DAY, **LAYERS)
    assert_as_at_once(home, tmp_path / "fresh")


def test_a_rounded_id_has_the_day_judged_whole(home: Path, tmp_path: Path, spark: SparkSession) -> None:
    landing = home / "landing"
    drop(landing, "payments", DAY, [paid("4.50001E+14", "1.00", 8), paid("b", "2.00", 8)])
    run_days(home, DAY, **LAYERS)
    drop(landing, "payments", DAY, [paid("4.50001E+14", "7.00", 8)], "b.csv")
    run_days(home, DAY, **LAYERS)
    assert rows_judged(home) == [2, 3]
    assert_as_at_once(home, tmp_path / "fresh")
    assert nothing_cached(spark)


def test_a_window_over_the_days_rows_has_the_day_judged_whole(
    home: Path, tmp_path: Path, own_conf: Callable[[Callable[[Path], None]], None]
) -> None:
    def numbered(conf: Path) -> None:
        path = conf / "sources/canonical.yaml"
        source = yaml.safe_load(path.read_text())
        over = "cast(count(*) over (partition by order_id) as string)"
        source["entities"]["payments"]["columns"]["installments"] = {"expression": over}
        path.write_text(yaml.safe_dump(source))

    own_conf(numbered)
    landing = home / "landing"
    drop(landing, "payments", DAY, [paid("a", "1.00", 8)])
    run_days(home, DAY, **LAYERS)
    drop(landing, "payments", DAY, [{**paid("a", "2.00", 8), "payment_sequence": 2}], "b.csv")
    run_days(home, DAY, **LAYERS)
    assert table_rows(home, "silver.payments", ["order_id", "installments"]) == [("a", 2), ("a", 2)]
    assert_as_at_once(home, tmp_path / "fresh")


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_in_pieces_of_any_kind_and_order(home: Path, tmp_path: Path, seed: int) -> None:
    lot, landing = random.Random(seed), home / "landing"
    for number in range(5):
        for day in lot.sample([DAY, NEXT], lot.choice([1, 1, 2])):
            rows = [
                paid(lot.choice("abcd"), lot.choice(["1.00", "2.50", "lots", ""]), lot.randint(6, 9), day)
                for _ in range(lot.randint(0, 4))
            ]
            # Names in any order; now and then a file that was there is another one.
            drop(landing, "payments", day, rows, f"{lot.choice('abcdefgh')}{number if lot.random() < 0.8 else ''}.csv")
        run_days(home, DAY, NEXT, **LAYERS)
    assert_as_at_once(home, tmp_path / "fresh", NEXT)
