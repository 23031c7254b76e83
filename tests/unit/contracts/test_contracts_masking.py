"""What may be of a person is shown nowhere."""

from __future__ import annotations

import pytest

from spark_app.contracts.load import load_contracts
from spark_app.contracts.masking import LONGEST, NOT_SHOWN, hidden, masked, short

CUSTOMERS = load_contracts()["silver.customers"]


def test_columns_by_their_classification() -> None:
    assert {"email", "name"} <= hidden(CUSTOMERS)
    assert "state" not in hidden(CUSTOMERS)


@pytest.mark.parametrize(
    ("column", "found", "shown"),
    [
        ("state", "SP", "SP"),
        ("email", "a@b.c", NOT_SHOWN),
        ("nobody_knows", "x", NOT_SHOWN),
        (None, "a whole row, with a@b.c", NOT_SHOWN),
        ("email", None, "nothing"),
    ],
)
def test_a_value_is_shown_where_its_column_is_of_nobody(column: str | None, found: object, shown: str) -> None:
    assert masked(CUSTOMERS, column, found) == shown


def test_without_a_contract_nothing_is_shown() -> None:
    assert masked(None, "state", "SP") == NOT_SHOWN


def test_a_long_value_is_cut_and_on_one_line() -> None:
    assert short("a\n  b") == "a b"
    assert short("x" * (LONGEST + 1)) == "x" * LONGEST + "…"
    assert short("x" * LONGEST) == "x" * LONGEST
