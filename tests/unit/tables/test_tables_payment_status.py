"""How far an order is paid: amounts, and the one word for several payments."""

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from spark_app.tables.payment_status import payment_status, payment_sums
from tests.support.frames import assert_rows, frame

pytestmark = pytest.mark.core

PAYMENTS = "order_id string, status string, amount decimal(18,2), _answered int"
# Payments as "status amount", the order's amount, and the order's word.
CASES = [
    # No money went back.
    ("paid 10", "10", "paid"),
    ("paid 5, paid 5", "10", "paid"),
    ("pending 10", "10", "pending"),
    ("authorized 5, authorized 5", "10", "authorized"),
    ("paid 5, pending 5", "10", "partially_paid"),
    ("paid 5, authorized 5", "10", "partially_paid"),
    ("authorized 5, pending 5", "10", "pending"),
    # Failed and voided ones beside another do not count.
    ("failed 7, paid 7", "7", "paid"),
    ("failed 7, voided 7, paid 7", "7", "paid"),
    ("failed 7, pending 7", "7", "pending"),
    ("voided 7, authorized 7", "7", "authorized"),
    ("failed 7, paid 3, pending 4", "7", "partially_paid"),
    ("failed 7, refunded 7", "7", "refunded"),
    # Among themselves they do.
    ("failed 7", "7", "failed"),
    ("voided 7, voided 7", "7", "voided"),
    ("failed 7, voided 7", "7", "pending"),
    # The payment's own row becomes refunded: it was paid before.
    ("refunded 100", "100", "refunded"),
    ("refunded 60, refunded 40", "100", "refunded"),
    ("paid 60, refunded 40", "100", "partially_refunded"),
    ("paid 40, refunded 60", "100", "partially_refunded"),
    ("paid 50, refunded 50", "100", "partially_refunded"),
    ("refunded 50, pending 50", "100", "refunded"),
    # A refund is a row of its own beside the paid one.
    ("paid 100, refunded 100", "100", "refunded"),
    ("paid 100, refunded 30", "100", "partially_refunded"),
    ("paid 100, refunded 30, refunded 70", "100", "refunded"),
    ("paid 60, paid 40, refunded 100", "100", "refunded"),
    ("paid 60, paid 40, refunded 60", "100", "partially_refunded"),
    ("paid 100, refunded 110", "100", "refunded"),
    ("failed 100, paid 100, refunded 100", "100", "refunded"),
    # An order without lines, or of lines that cannot be used: no amount to hold against.
    ("paid 100, refunded 100", "0", "refunded"),
    ("paid 100, refunded 30", "0", "partially_refunded"),
    # Nothing went back.
    ("paid 100, refunded 0", "100", "paid"),
]


def test_payment_status(spark: SparkSession) -> None:
    rows = [(f"o{n}", *one.split(), 0) for n, (given, _, _) in enumerate(CASES) for one in given.split(", ")]
    amounts = frame(
        spark, "order_id string, order_amount decimal(18,2)", [(f"o{n}", c[1]) for n, c in enumerate(CASES)]
    )
    sums = amounts.join(payment_sums(frame(spark, PAYMENTS, rows)), "order_id", "left")
    found = {
        row[0]: row[1] for row in sums.select("order_id", payment_status(F.col("order_amount"), F.lit(0))).collect()
    }
    told = [(given, amount, found[f"o{n}"]) for n, (given, amount, _) in enumerate(CASES)]
    assert told == CASES


def test_no_payments_is_a_word_of_its_own(spark: SparkSession) -> None:
    sums = payment_sums(frame(spark, PAYMENTS, [("o", "paid", "1.00", 0)]))
    orders = frame(spark, "order_id string, order_amount decimal(18,2)", [("o", "1.00"), ("x", "1.00")])
    found = orders.join(sums, "order_id", "left").withColumn("word", payment_status(F.col("order_amount"), F.lit(0)))
    assert_rows(found, "order_id string, word string", [("o", "paid"), ("x", "none")])


def test_paid_and_refunded_amounts(spark: SparkSession) -> None:
    given = [("paid", "1.10"), ("paid", "2.20"), ("refunded", "5.00"), ("voided", "9.00")]
    payments = [("o", *one, 0) for one in given]
    schema = "order_id string, paid_amount decimal(28,2), _refunded decimal(28,2)"
    assert_rows(payment_sums(frame(spark, PAYMENTS, payments)), schema, [("o", "3.30", "5.00")])


# Payments, the order's amount, what its refunds gave back, and the order's word.
WITH_REFUNDS = [
    ("paid 100", "100", "100", "refunded"),
    ("paid 100", "100", "30", "partially_refunded"),
    ("paid 50", "100", "50", "refunded"),
    ("paid 100, refunded 30", "100", "70", "refunded"),
    ("paid 100", "100", "0", "paid"),
    ("pending 100", "100", "0", "pending"),
]


def test_refunds_count_beside_what_payments_say(spark: SparkSession) -> None:
    rows = [(f"o{n}", *one.split(), 0) for n, (given, *_) in enumerate(WITH_REFUNDS) for one in given.split(", ")]
    schema = "order_id string, order_amount decimal(18,2), back decimal(18,2)"
    orders = frame(spark, schema, [(f"o{n}", case[1], case[2]) for n, case in enumerate(WITH_REFUNDS)])
    sums = orders.join(payment_sums(frame(spark, PAYMENTS, rows)), "order_id", "left")
    word = payment_status(F.col("order_amount"), F.col("back")).alias("word")
    expected = [(f"o{n}", case[3]) for n, case in enumerate(WITH_REFUNDS)]
    assert_rows(sums.select("order_id", word), "order_id string, word string", expected)
