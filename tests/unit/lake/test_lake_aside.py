"""What is set aside: counts of drops in, rows and money in words out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from spark_app.lake.aside import Aside, count_set_aside
from spark_app.lake.paths import Lake
from spark_app.report.aside import all_in_words, in_words
from tests.support.ops_rows import put

DAY = date(2024, 3, 6)


def counted(lake: Lake, entity: str, rows: int, version: int = 1, day: date = DAY, **more: Any) -> None:
    base = {
        "entity": entity,
        "dataset": "lines",
        "batch_date": day,
        "silver_version": version,
        "rows_quarantined": rows,
    }
    put(lake.table("ops.reconciliation"), [{**base, "amount_quarantined": Decimal(0), **more}])


@pytest.mark.parametrize(
    ("rows", "files", "amount", "unpriced", "words"),
    [
        (7, 0, "1204.00", 0, "7 rows, $1,204.00 of goods"),
        (1, 0, "0.50", 0, "1 row, $0.50 of goods"),
        (9, 0, "12345.60", 2, "9 rows, at least $12,345.60 of goods"),
        (9, 0, "0", 9, "9 rows, of unknown money"),
        (0, 1, "0", 1, "1 unreadable file, of unknown money"),
        (3, 2, "30.00", 2, "2 unreadable files and 3 rows, at least $30.00 of goods"),
        (7, 0, "0", 0, "7 rows"),
    ],
)
def test_money_stands_beside_the_rows_and_is_never_made_up(
    rows: int, files: int, amount: str, unpriced: int, words: str
) -> None:
    assert in_words(Aside("order_items", rows, files, Decimal(amount), unpriced, DAY, DAY), "USD") == words


def test_of_a_day_taken_in_again_the_newest_count_holds(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    counted(lake, "orders", 9)
    counted(lake, "payments", 9, amount_quarantined=Decimal("90.00"))
    counted(lake, "payments", 2, version=2, amount_quarantined=Decimal("20.00"), rows_unpriced=1)
    counted(lake, "orders", 0, version=2)
    assert all_in_words(count_set_aside(lake), "EUR") == "payments 2 rows, at least €20.00 of payments"


def test_files_that_cannot_be_read_are_counted_as_files(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    counted(lake, "orders", 3)
    counted(lake, "orders", 1, day=date(2024, 3, 7))
    rows = [{"entity": "orders", "batch_date": DAY, "row_number": number} for number in (0, 4, 5)]
    write_deltalake(lake.table("silver.quarantine").path, pa.Table.from_pylist(rows))
    (one,) = count_set_aside(lake)
    assert (one.rows, one.files, one.first, one.last) == (3, 1, DAY, date(2024, 3, 7))
    assert [each.rows for each in count_set_aside(lake, since=date(2024, 3, 7))] == [1]
    assert [(each.rows, each.files) for each in count_set_aside(lake, until=DAY)] == [(2, 1)]
    assert [each.rows for each in count_set_aside(lake, days={"orders": [date(2024, 3, 7)]})] == [1]


def test_nothing_set_aside_is_nothing_to_say(tmp_path: Path) -> None:
    assert all_in_words(count_set_aside(Lake(str(tmp_path))), "USD") == ""
