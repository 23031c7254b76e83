"""What is blank at the ends of values and in headers."""

from __future__ import annotations

import sys
import unicodedata

import duckdb
import pytest

from spark_app.contracts.blanks import BLANKS, folded, slug, trimmed
from spark_app.contracts.sources import Dataset
from spark_app.lake.headers import matched

EVERY_SPACE = [chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code)) in ("Zs", "Zl", "Zp")]
ORDERS = Dataset("orders", {"Order No": "order_no", "Total": "total"}, ",", ("orders",))


def test_every_space_of_unicode_is_blank_and_so_is_what_has_no_width():
    assert set(EVERY_SPACE) <= set(BLANKS)
    assert all(blank in BLANKS for blank in "\t\r\n\u200b\u2060\ufeff")
    assert len(set(BLANKS)) == len(BLANKS)


@pytest.mark.parametrize("blank", BLANKS, ids=[f"U+{ord(blank):04X}" for blank in BLANKS])
def test_a_blank_goes_from_both_ends_and_stays_inside(blank):
    assert trimmed(f"{blank}{blank}a{blank}b{blank}") == f"a{blank}b"
    assert slug(f"{blank}Order{blank}No{blank}") == "order_no"


@pytest.mark.parametrize("header", ["order no", "\ufeffOrder\u00a0No", "ORDER  NO\u200b", "\u3000Order\tNo\u202f"])
def test_headers_are_found_whatever_blanks_they_have(header):
    assert matched([header, "Total"], ORDERS) == ["order_no", "total"]


def test_nothing_else_is_blank():
    assert trimmed("_a-.0") == "_a-.0"
    assert folded("Order-No") == "order-no"


def test_duckdb_trims_the_same():
    (found,) = duckdb.execute("SELECT trim(?, ?)", [f"{BLANKS}a\u00a0b{BLANKS}", BLANKS]).fetchone() or ()
    assert found == "a\u00a0b"
