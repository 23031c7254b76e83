"""Which files lie in landing for a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from spark_app.lake.landing import days_between, days_with_files, fingerprint, list_days, list_files
from spark_app.lake.paths import Landing

FIRST, SECOND = date(2024, 3, 1), date(2024, 3, 2)


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(str(tmp_path))


def lay(landing: Landing, *names: str) -> None:
    for name in names:
        path = Path(landing.root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"a\n{len(name)}\n")


def test_days_are_those_of_folders_with_a_real_date(landing: Landing) -> None:
    lay(landing, "orders/dt=2024-03-02/a.csv", "orders/dt=2024-03-01/a.csv", "orders/dt=2024-02-30/a.csv")
    found = list_days(landing, ["orders", "payments"])
    assert found.days == {"orders": (FIRST, SECOND), "payments": ()}
    assert found.strays == ("landing/orders/dt=2024-02-30: expected a folder dt=YYYY-MM-DD with a real date",)
    assert found.all_days == [FIRST, SECOND]


def test_what_no_source_knows_is_told_and_hidden_names_are_not(landing: Landing) -> None:
    lay(landing, "order/dt=2024-03-01/a.csv", ".tmp/x", "_done")
    assert list_days(landing, ["orders"]).strays == ("landing/order: unknown dataset; expected one of orders",)


def test_no_landing_at_all_is_told(landing: Landing, tmp_path: Path) -> None:
    missing = Landing(str(tmp_path / "nowhere"))
    assert list_days(missing, ["orders"]).strays == (f"{missing}: no such folder",)


def test_a_days_files_are_those_that_are_read_and_the_rest_is_told(landing: Landing) -> None:
    day = "orders/dt=2024-03-01"
    lay(
        landing,
        f"{day}/b.csv",
        f"{day}/a.CSV",
        f"{day}/c.csv.gz",
        f"{day}/notes.txt",
        f"{day}/.part",
        f"{day}/_SUCCESS",
    )
    found = list_files(landing, "orders", [FIRST, SECOND])
    assert [file.name.rpartition("/")[2] for file in found.files[FIRST]] == ["a.CSV", "b.csv", "c.csv.gz"]
    ending = "expected a file that ends in .csv, .tsv, .jsonl, .ndjson, .json, .parquet, .xlsx or .zip"
    assert found.unread == [f"orders/dt=2024-03-01/notes.txt: not read; {ending}"]
    assert SECOND not in found.files


def test_a_folder_without_a_file_to_read_is_not_filled(landing: Landing) -> None:
    lay(landing, "orders/dt=2024-03-01/a.csv", "orders/dt=2024-03-02/_SUCCESS")
    assert days_with_files(landing, "orders", [FIRST, SECOND]) == [FIRST]


def test_a_fingerprint_is_of_names_sizes_and_contents_in_any_order(landing: Landing) -> None:
    lay(landing, "orders/dt=2024-03-01/a.csv", "orders/dt=2024-03-01/b.csv")
    files = list_files(landing, "orders", [FIRST]).files[FIRST]
    before = fingerprint(files)
    assert fingerprint(list(reversed(files))) == before
    (Path(landing.root) / "orders/dt=2024-03-01/b.csv").write_text("a\n99\n")
    assert fingerprint(list_files(landing, "orders", [FIRST]).files[FIRST]) != before


def test_both_ends_are_included() -> None:
    assert days_between(FIRST, SECOND) == [FIRST, SECOND]
    assert days_between(SECOND, FIRST) == []
