"""What a bronze row breaks: the rule, with the column, what was found and what was expected."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import SparkSession

from tests.support.judged import judged

pytestmark = pytest.mark.core


def reasons(spark: SparkSession, **row: Any) -> list[tuple[str | None, ...]]:
    (found,) = judged(spark, row).collect()
    return [(reason["rule"], reason["column"], reason["found"], reason["expected"]) for reason in found["_reasons"]]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"amount": "ten"}, ("amount is a decimal", "amount", "ten", "a number with at most 2 decimals")),
        ({"amount": None}, ("amount is present", "amount", None, "a value")),
        ({"amount": "  "}, ("amount is present", "amount", None, "a value")),
        ({"amount": "\u00a0\u200b\u3000"}, ("amount is present", "amount", None, "a value")),
        ({"amount": "-1"}, ("amount is not negative", "amount", "-1", "zero or more")),
        ({"order_id": "a\ufffd"}, ("text is valid UTF-8", "order_id", "a\ufffd", "text in UTF-8")),
    ],
)
def test_what_cannot_be_used_says_why_once(spark: SparkSession, row: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert reasons(spark, **row) == [expected]


def test_every_reason_is_given(spark: SparkSession) -> None:
    found = reasons(spark, amount="-1", method="shells", status=None, updated_at="soon")
    assert sorted(reason[1] or "" for reason in found) == ["amount", "method", "status", "updated_at"]


def test_a_torn_row_has_one_reason_whatever_stands_in_its_columns(spark: SparkSession) -> None:
    found = reasons(spark, amount="ten", status="?", _corrupt_record="o,1,pix")
    assert found == [("row is whole", None, "o,1,pix", "as many fields as the header has names")]
    found = reasons(spark, _corrupt_record="UTF-16 text; expected UTF-8", _row_number=0)
    assert found == [("row is whole", None, "UTF-16 text; expected UTF-8", "a readable CSV file")]


def test_oddities_are_kept_and_named(spark: SparkSession) -> None:
    (found,) = judged(spark, {"amount": "0", "status": "paid"}).collect()
    assert found["_reasons"] == []
    assert sorted(found["_odd"]) == ["amount is not zero", "paid payments say when"]


def test_an_unknown_word_is_shown_as_the_shop_spells_it(spark: SparkSession) -> None:
    (found,) = judged(spark, {"method": "Sea Shells"}).collect()
    assert [reason["found"] for reason in found["_reasons"]] == ["Sea Shells"]
