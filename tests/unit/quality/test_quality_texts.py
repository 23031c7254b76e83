"""What is read of a row for a column: trimmed, nothing where it is blank, in our words."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from spark_app.contracts.blanks import BLANKS
from tests.support.judged import judged

pytestmark = pytest.mark.core


def test_blanks_of_any_kind_go_from_both_ends_of_every_value(spark: SparkSession) -> None:
    (found,) = judged(spark, {"order_id": f"{BLANKS}o\u00a01{BLANKS}", "amount": "\u202f9.50\u00a0"}).collect()
    assert (found["_reasons"], found["order_id"], str(found["amount"])) == ([], "o\u00a01", "9.50")


@pytest.mark.parametrize("text", ["é1", "1é", "注文", "o\u00a01", "😀", "~!", "a\nb"])
@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\t\u200b"])
def test_letters_of_any_script_stay(spark: SparkSession, text: str, blank: str) -> None:
    rows = [{"order_id": one} for one in (f"{blank}{text}", f"{text}{blank}", f"{blank}{text}{blank}")]
    assert {row["order_id"] for row in judged(spark, *rows).collect()} == {text}


def test_what_an_expression_gives_is_trimmed_too(spark: SparkSession) -> None:
    (found,) = judged(spark, {"method": "x pix \u00a0"}, column=None, expression="substring(method, 2)").collect()
    assert found["method"] == "pix"


def test_words_of_the_contract_are_read_without_regard_to_case_and_kept_as_it_spells_them(spark: SparkSession) -> None:
    found = judged(
        spark, {"status": "Paid", "method": "PIX"}, {"status": "REFUNDED", "method": "Credit_Card"}
    ).collect()
    assert [(row["status"], row["method"], row["_reasons"]) for row in found] == [
        ("paid", "pix", []),
        ("refunded", "credit_card", []),
    ]


def test_codes_are_read_without_regard_to_case(spark: SparkSession) -> None:
    rows = [{"method": word} for word in ("Bar", "BAR", "bar", "Karte", "pix")]
    found = judged(spark, *rows, codes={"Bar": "Cash", "bar": "cash", "KARTE": "card"}).collect()
    assert [row["method"] for row in found] == ["cash", "cash", "cash", "card", "pix"]


def test_a_default_is_a_word_too(spark: SparkSession) -> None:
    (found,) = judged(spark, {"method": " "}, default="PayPal").collect()
    assert (found["method"], found["_reasons"]) == ("paypal", [])


def test_text_that_is_no_word_of_a_contract_keeps_its_case(spark: SparkSession) -> None:
    (found,) = judged(spark, {"order_id": "A1"}).collect()
    assert found["order_id"] == "A1"
