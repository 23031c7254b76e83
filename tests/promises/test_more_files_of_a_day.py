"""A day that only got more files is added to; whatever else happened to its files, it is taken in anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from spark_app.lake import headers
from tests.support.drops import drop, run_days, table_dicts, table_rows
from tests.support.shop import customer, order

DAY = "2024-03-05"
FIRST = [order("O1", "C1", f"{DAY} 08:00:00"), order("O2", "C1", f"{DAY} 09:00:00")]
LATER = [
    order("O2", "C1", f"{DAY} 09:00:00", "shipped", updated_at=f"{DAY} 12:00:00"),
    order("O3", "C2", f"{DAY} 11:00:00"),
]
UP_TO_SILVER = {"layers": ("bronze", "silver")}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the landed files that runs looked into."""
    names: list[str] = []
    inspect: Callable[..., Any] = headers.inspect

    def noting(file: Any, *given: Any, **more: Any) -> Any:
        names.append(Path(file.path).name)
        return inspect(file, *given, **more)

    monkeypatch.setattr(headers, "inspect", noting)
    return names


def bronze(home: Path) -> tuple[set[str], list[tuple[str, str]]]:
    """Its files, and of each row the order and the landed file."""
    table = DeltaTable(str(home / "lake/bronze/orders"))
    rows = table_rows(home, "bronze.orders", ["order_id", "_source_file"])
    return set(table.file_uris()), [(name, Path(file).name) for name, file in rows]


def reconciled(home: Path) -> tuple[int, int, int, bool]:
    rows = [row for row in table_dicts(home, "ops.reconciliation") if row["entity"] == "orders"]
    newest = max(rows, key=lambda row: row["silver_version"])
    return newest["rows_landed"], newest["rows_accepted"], newest["rows_superseded"], newest["balanced"]


def test_new_files_are_added_and_the_others_stay_as_they_are(home: Path, tmp_path: Path, opened: list[str]) -> None:
    landing = home / "landing"
    drop(landing, "orders", DAY, FIRST)
    drop(landing, "customers", DAY, [customer("C1", f"{DAY} 07:00:00")])
    run_days(home, DAY, **UP_TO_SILVER)
    before, _ = bronze(home)
    opened.clear()
    drop(landing, "orders", DAY, LATER, "b.csv")
    run_days(home, DAY, **UP_TO_SILVER)
    assert opened == ["b.csv"]
    after, rows = bronze(home)
    assert before < after
    assert rows == [("O1", "a.csv"), ("O2", "a.csv"), ("O2", "b.csv"), ("O3", "b.csv")]
    assert reconciled(home) == (4, 3, 1, True)

    fresh = tmp_path / "fresh"
    shutil.copytree(landing, fresh / "landing")
    run_days(fresh, DAY, **UP_TO_SILVER)
    assert table_rows(home, "silver.orders") == table_rows(fresh, "silver.orders")

    opened.clear()
    (landing / f"orders/dt={DAY}/a.csv").unlink()
    drop(landing, "orders", DAY, [order("O4", "C1", f"{DAY} 12:00:00")], "c.csv")
    run_days(home, DAY, **UP_TO_SILVER)
    assert sorted(opened) == ["b.csv", "c.csv"]
    assert bronze(home)[1] == [("O2", "b.csv"), ("O3", "b.csv"), ("O4", "c.csv")]
    assert reconciled(home) == (3, 3, 0, True)


def test_a_day_added_to_beside_a_corrected_one_is_taken_in_with_it(home: Path, opened: list[str]) -> None:
    """One commit either adds rows or replaces days."""
    landing, next_day = home / "landing", str(date.fromisoformat(DAY).replace(day=6))
    drop(landing, "orders", DAY, FIRST)
    drop(landing, "orders", next_day, [order("O5", "C1", f"{next_day} 08:00:00")])
    run_days(home, DAY, next_day, **UP_TO_SILVER)
    opened.clear()
    drop(landing, "orders", DAY, LATER, "b.csv")
    drop(landing, "orders", next_day, [order("O6", "C1", f"{next_day} 08:00:00")])
    run_days(home, DAY, next_day, **UP_TO_SILVER)
    assert sorted(opened) == ["a.csv", "a.csv", "b.csv"]
    assert [name for name, _ in bronze(home)[1]] == ["O1", "O2", "O2", "O3", "O6"]
    assert sorted(row[0] for row in table_rows(home, "silver.orders", ["order_id"])) == ["O1", "O2", "O3", "O6"]
