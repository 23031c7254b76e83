"""What is set aside, in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from spark_app.lake.aside import Aside
from spark_app.report.aside import all_in_words, in_words

DAY = date(2024, 3, 1)


def aside(entity: str, rows: int, amount: str, *, unpriced: int = 0, files: int = 0) -> Aside:
    return Aside(entity, rows, files, Decimal(amount), unpriced, DAY, DAY)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (aside("order_items", 7, "1204"), "7 rows, $1,204.00 of goods"),
        (aside("payments", 2, "9", unpriced=1), "2 rows, at least $9.00 of payments"),
        (aside("payments", 1, "0", unpriced=1), "1 row, of unknown money"),
        (aside("orders", 0, "0", files=1), "1 unreadable file"),
        (aside("reviews", 1200, "0", files=2), "2 unreadable files and 1,200 rows"),
    ],
)
def test_rows_and_files_with_the_money_they_stand_for(found: Aside, said: str) -> None:
    assert in_words(found, "USD") == said


def test_entities_one_after_the_other_and_nothing_for_none() -> None:
    both = [aside("order_items", 1, "2"), aside("orders", 3, "0")]
    assert all_in_words(both, "USD") == "order_items 1 row, $2.00 of goods; orders 3 rows"
    assert all_in_words([], "USD") == ""
