"""`where` of an entity: rows that are of another kind are passed over, and no reason is looked for in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from spark_app.contracts.expression_words import with_fractions
from spark_app.quality import expressions
from spark_app.quality.counts import counted
from spark_app.quality.rows import judge
from spark_app.runtime.errors import SettingsError
from tests.support import mapping
from tests.support.mapping import CONTRACTS, judged, source_of, usable

pytestmark = pytest.mark.core

LEDGER = """
    source: shop
    datasets:
      ledger:
        columns: [Type, Invoice, Gross, When]
    entities:
      payments:
        from: ledger
        %s
        columns:
          order_id: Invoice
          payment_sequence: {default: "1"}
          method: {default: paypal}
          status: {default: paid}
          amount: Gross
          updated_at: When
"""
FILE = """Type,Invoice,Gross,When
Payment,A,10.00,2024-03-04
Fee,,-0.30,2024-03-04
,,,
Payment,B,0.5,2024-03-04
Payout,,-9.00,2024-03-04
,C,1.00,2024-03-04
Payment,D,1.00,2024-03-04,one too many
"""


def test_set_it_leaves_out_what_it_does_not_say(spark: SparkSession, tmp_path: Path) -> None:
    rows = judged(spark, tmp_path, LEDGER % "where: type = 'Payment'", {"a.csv": FILE}, "payments")
    assert usable(rows, "order_id") == ["A", "B"]
    assert [row["_row_number"] for row in rows if row["_left_out"]] == [2, 5, 6]
    assert [row["_row_number"] for row in rows if row["_passed_over"]] == [2, 3, 5, 6]
    # A row that does not fit its header may be of any kind: nobody knows what stands where.
    assert [row["_row_number"] for row in rows if row["_reasons"]] == [7]


def test_unset_every_row_is_one_of_the_entity(spark: SparkSession, tmp_path: Path) -> None:
    rows = judged(spark, tmp_path, LEDGER % "", {"a.csv": FILE}, "payments")
    assert usable(rows, "order_id") == ["A", "B", "C"]
    assert [row["_row_number"] for row in rows if row["_passed_over"]] == [3]
    assert [row["_row_number"] for row in rows if row["_reasons"]] == [2, 5, 7]


def test_what_it_left_out_is_counted_apart_and_is_no_money(spark: SparkSession, tmp_path: Path) -> None:
    source = source_of(tmp_path, LEDGER % "where: type = 'Payment'")
    files = mapping.inspected(tmp_path, source, "ledger", {"a.csv": FILE})
    bronze = mapping.bronze(spark, source, "ledger", files)
    rows = judge(bronze, CONTRACTS["silver.payments"], source, source.entities["payments"][0])
    (found,) = counted(rows, CONTRACTS["silver.payments"], "amount").collect()
    counts = [found[name] for name in ("landed", "passed_over", "left_out", "quarantined")]
    assert (counts, str(found["amount_landed"])) == ([7, 4, 3, 1], "10.50")


def test_halves_are_less_or_more_than_nothing(spark: SparkSession, tmp_path: Path) -> None:
    rows = judged(spark, tmp_path, LEDGER % "where: gross > 0", {"a.csv": FILE}, "payments")
    assert usable(rows, "order_id") == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("quantity < 0", "quantity < 0D"), ("-1 >= quantity", "-1D >= quantity"),
        ("q<-1 and t = '<1'", "q<-1D and t = '<1'"),
        ("split(a, ',')[0] = 'x'", "split(a, ',')[0] = 'x'"), ("substr(a, 2) = 'b'", "substr(a, 2) = 'b'"),
        ("a = 0.5", "a = 0.5"), ("id = 12345678901234567", "id = 12345678901234567"), ("n % 2 = 0", "n % 2 = 0D"),
    ],
)  # fmt: skip
def test_what_a_text_is_compared_with_may_have_a_fraction(text: str, asked: str) -> None:
    assert with_fractions(text) == asked


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("tipe = 'Payment'", "entities.payments.where: at 9:12: no column 'tipe'; did you mean 'type'?"),
        ("sum(gross) > 0", "is over many rows"),
        ("now() > when", "now() gives something else each time"),
    ],
)
def test_what_is_wrong_with_it_is_told_before_spark_starts(tmp_path: Path, where: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        source_of(tmp_path, LEDGER % f"where: {where}")
    assert said in str(error.value)


def test_what_is_neither_true_nor_false_is_told_before_anything_is_written(spark: SparkSession, tmp_path: Path) -> None:
    source = source_of(tmp_path, LEDGER % "where: coalesce(type, invoice)")
    with pytest.raises(SettingsError, match=r"entities\.payments\.where: at 9:12: Spark cannot use it"):
        expressions.check(spark, source)
