"""Values come through exactly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from spark_app.contracts.table import Type
from tests.support.redshift import load, rows
from tests.support.small_lakes import contract

pytestmark = pytest.mark.stack

KINDS = contract(
    "shop_kinds",
    {
        "id": (Type("int"), True),
        "words": (Type("string"), False),
        "big": (Type("bigint"), False),
        "part": (Type("double"), False),
        "yes": (Type("boolean"), False),
        "day": (Type("date"), False),
        "at": (Type("timestamp"), False),
        "cents": (Type("decimal", 18, 2), False),
        "exact": (Type("decimal", 38, 10), False),
    },
    ["id"],
)

BEFORE_1900 = datetime(1899, 12, 31, 23, 59, 59, 999999, UTC)
FIRST = datetime(1, 1, 1, 0, 0, 0, 1, UTC)
LEAP = datetime(2024, 2, 29, 12, 34, 56, 123456, UTC)


def odd_rows():
    """Values that loaders are known to change."""
    return [
        {
            "id": 1,
            "words": "",
            "big": 2**63 - 1,
            "part": 0.1,
            "yes": True,
            "day": date(1899, 12, 31),
            "at": BEFORE_1900,
        },
        {"id": 2, "words": None, "big": -(2**63), "part": -1e300, "yes": False, "day": date(1, 1, 1), "at": FIRST},
        {"id": 3, "words": "\"quoted\" 'twice' \\ back\\nslash @NULL@ %s ; -- \\N", "big": 0, "part": None},
        {"id": 4, "words": "new\nline\r\ntab\t end ", "day": date(9999, 12, 31), "at": LEAP},
        {"id": 5, "words": "😀é漢" * 3, "cents": Decimal("-9999999999999999.99"), "exact": Decimal("0.0000000001")},
        {
            "id": 6,
            "words": "x" * 65_535,
            "cents": Decimal("0.01"),
            "exact": Decimal("-" + "1234567890" * 2 + "0.123456789"),
        },
        {"id": 7, "words": " "},
        {"id": 8, "words": "😀" * 16_383 + "abc"},
    ]


def test_values_come_through_exactly(warehouse, query, gold):
    gold.add(KINDS)
    odd = odd_rows()
    gold.write(KINDS, odd)
    load(warehouse, gold)
    assert rows(query, KINDS) == gold.rows(KINDS)
    gold.merge(KINDS, [{**odd[2], "words": "'; DROP TABLE x; --"}], gone=[7])
    assert load(warehouse, gold)["shop_kinds"] == ("changes", 1)
    assert rows(query, KINDS) == gold.rows(KINDS)
