"""A bronze row judged: what it breaks, with the column, what was found and what was expected."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import SparkSession

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


def judged(spark: SparkSession, *rows: dict[str, Any]) -> Any:
    """Bronze rows of payments, good but for what each names, judged."""
    texts = [*COLUMNS["payments"], "_extra", "_corrupt_record"]
    schema = ", ".join(f"{name} string" for name in texts)
    schema += ", _source_file string, _row_number bigint, _batch_date date"
    given = [{**GOOD["payments"], **META, **row} for row in rows]
    names = [*texts, *META]
    bronze = frame(spark, schema, [tuple(row.get(name) for name in names) for row in given])
    return judge(bronze, PAYMENTS, SOURCE, SOURCE.entities["payments"])


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
