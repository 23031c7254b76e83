"""Judged rows, counted by day, in rows and in money."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from spark_app.quality.counts import counted, counted_rules
from spark_app.quality.rows import judge
from spark_app.shops.demo_rows import COLUMNS
from tests.support.files import GOOD
from tests.support.frames import frame
from tests.support.judged import CONTRACTS, META, PAYMENTS, SOURCE, judged

pytestmark = pytest.mark.core


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
