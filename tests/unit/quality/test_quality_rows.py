"""A bronze row judged: what it breaks, with the column, what was found and what was expected."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import SparkSession

from spark_app.contracts.blanks import BLANKS
from spark_app.contracts.load import load_contracts
from spark_app.contracts.sources import load_source
from spark_app.quality.rows import counted, counted_rules, judge
from spark_app.shops.demo_rows import COLUMNS
from tests.support.files import GOOD
from tests.support.frames import frame

pytestmark = pytest.mark.core

CONTRACTS = load_contracts()
PAYMENTS = CONTRACTS["silver.payments"]
SOURCE = load_source("canonical", CONTRACTS)
META = {"_source_file": "payments/dt=2024-03-01/a.csv", "_row_number": 1, "_batch_date": "2024-03-01"}


def judged(spark: SparkSession, *rows: dict[str, Any], **method: Any) -> Any:
    """Bronze rows of payments, good but for what each names, judged; `method`: more of how its column is mapped."""
    texts = [*COLUMNS["payments"], "_extra", "_corrupt_record"]
    schema = ", ".join(f"{name} string" for name in texts)
    schema += ", _source_file string, _row_number bigint, _batch_date date"
    given = [{**GOOD["payments"], **META, **row} for row in rows]
    names = [*texts, *META]
    bronze = frame(spark, schema, [tuple(row.get(name) for name in names) for row in given])
    mapped = SOURCE.entities["payments"][0]
    columns = {**mapped.columns, "method": mapped.columns["method"].model_copy(update=method)}
    return judge(bronze, PAYMENTS, SOURCE, mapped.model_copy(update={"columns": columns}))


def reasons(spark: SparkSession, **row: Any) -> list[tuple[str | None, ...]]:
    (found,) = judged(spark, row).collect()
    return [(reason["rule"], reason["column"], reason["found"], reason["expected"]) for reason in found["_reasons"]]


def test_a_good_row_has_no_reasons(spark: SparkSession) -> None:
    (found,) = judged(spark, {}).collect()
    assert (found["_reasons"], found["_odd"], str(found["amount"])) == ([], [], "10.00")


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


def test_blanks_of_any_kind_go_from_both_ends_of_every_value(spark: SparkSession) -> None:
    (found,) = judged(spark, {"order_id": f"{BLANKS}o\u00a01{BLANKS}", "amount": "\u202f9.50\u00a0"}).collect()
    assert (found["_reasons"], found["order_id"], str(found["amount"])) == ([], "o\u00a01", "9.50")


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


def test_counts_by_day(spark: SparkSession) -> None:
    rows = judged(
        spark, {"amount": "1.10"}, {"amount": "-2.00"}, {"amount": "0"}, {"amount": "x"}, {"_batch_date": "2024-03-02"}
    )
    days = {str(row["_batch_date"]): row for row in counted(rows, PAYMENTS, "amount").collect()}
    first, second = days["2024-03-01"], days["2024-03-02"]
    assert (first["landed"], first["quarantined"], second["landed"], second["quarantined"]) == (4, 2, 1, 0)
    assert (str(first["amount_landed"]), str(first["amount_quarantined"])) == ("-0.90", "-2.00")
    broken = {name: first[f"r{n}"] for n, (name, *_) in enumerate(counted_rules(PAYMENTS)) if first[f"r{n}"]}
    assert broken == {"amount is a decimal": 1, "amount is not negative": 1, "amount is not zero": 1}


def test_money_of_rows_that_do_not_say_it_is_not_made_up(spark: SparkSession) -> None:
    """A quantity that is no number is no single piece, and a torn row's values stand in the wrong columns."""
    texts = [*COLUMNS["order_items"], "_extra", "_corrupt_record"]
    schema = ", ".join(f"{name} string" for name in texts)
    meta = {**META, "_row_number": 1}
    spoiled = [{}, {"quantity": "two"}, {"unit_price": None}, {"_corrupt_record": "a,b"}, {"quantity": "-3"}]
    rows = [{**GOOD["order_items"], "unit_price": "10.00", "quantity": "1", "freight_amount": "0", **meta, **one}
            for one in spoiled]  # fmt: skip
    names = [*texts, *META]
    bronze = frame(
        spark,
        f"{schema}, _source_file string, _row_number bigint, _batch_date date",
        [tuple(row.get(name) for name in names) for row in rows],
    )
    contract = CONTRACTS["silver.order_items"]
    amount = "coalesce(quantity, 1) * unit_price + coalesce(freight_amount, 0)"
    judged_rows = judge(bronze, contract, SOURCE, SOURCE.entities["order_items"][0])
    (day,) = counted(judged_rows, contract, amount).collect()
    assert (day["landed"], day["quarantined"], day["unpriced"]) == (5, 4, 3)
    assert (str(day["amount_landed"]), str(day["amount_quarantined"])) == ("-20.00", "-30.00")
    (plain,) = counted(judged_rows, contract, "0").collect()
    assert (plain["unpriced"], str(plain["amount_landed"])) == (0, "0.00")


def test_words_of_the_contract_are_read_without_regard_to_case_and_kept_as_it_spells_them(spark: SparkSession) -> None:
    found = judged(
        spark, {"status": "Paid", "method": "PIX"}, {"status": "REFUNDED", "method": "Credit_Card"}
    ).collect()
    assert [(row["status"], row["method"], row["_reasons"]) for row in found] == [
        ("paid", "pix", []),
        ("refunded", "credit_card", []),
    ]


def test_an_unknown_word_is_shown_as_the_shop_spells_it(spark: SparkSession) -> None:
    (found,) = judged(spark, {"method": "Sea Shells"}).collect()
    assert [reason["found"] for reason in found["_reasons"]] == ["Sea Shells"]


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
