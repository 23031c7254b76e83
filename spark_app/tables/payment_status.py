"""How far an order is paid: its payments summed up, and the one word for them.

A shop writes a refund in one of three ways: the payment's own row becomes `refunded` (it was paid before), a row of its
own says `refunded` beside the one that stays `paid`, or there are rows of `refunds`. All count by amounts.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark_app.tables.incomplete import ANSWERED
from spark_app.tables.words import money

NONE = "none"
# Beside another payment these say nothing: declined, then paid, is paid.
_WITHOUT_EFFECT = ("failed", "voided")


def payment_sums(payments: DataFrame) -> DataFrame:
    """order_id, paid_amount, _refunded (by payments), what `payment_status` needs (_refunds, _common, _any_paid), and
    _payments_answered: see `incomplete.answered`.
    """
    paid, refunded = F.col("status") == "paid", F.col("status") == "refunded"
    standing = F.when(~refunded & ~F.col("status").isin(*_WITHOUT_EFFECT), F.col("status"))
    return payments.groupBy("order_id").agg(
        F.sum(F.when(paid, F.col("amount"))).alias("paid_amount"),
        F.sum(F.when(refunded, F.col("amount"))).alias("_refunded"),
        F.sum(ANSWERED).alias("_payments_answered"),
        F.max(refunded).alias("_refunds"),
        F.max(paid).alias("_any_paid"),
        F.coalesce(_one_word(standing), F.when(F.max(standing).isNull(), _one_word(F.col("status")))).alias("_common"),
    )


def payment_status(order_amount: Column, given_back: Column) -> Column:
    """The order's word, from the columns of `payment_sums` (null without payments) and what its refunds gave back.

    Where what is paid and what payments say is refunded are together exactly the order's amount, they are payments of
    their own, of which some went back; else what went back is weighed against what was paid.
    """
    paid, by_payments = money(F.col("paid_amount")), money(F.col("_refunded"))
    refunded = by_payments + money(given_back)
    shared = F.col("_refunds") & (paid + by_payments == order_amount) & (money(given_back) == 0)
    some_back = F.col("_refunds") | (money(given_back) > 0)
    all_back = some_back & ((paid == 0) | ((refunded >= paid) & ~shared))
    return (
        F.when(F.col("_refunds").isNull(), F.lit(NONE))
        .when(all_back, F.lit("refunded"))
        .when(refunded > 0, F.lit("partially_refunded"))
        .when(F.col("_common").isNotNull(), F.col("_common"))
        .when(F.col("_any_paid"), F.lit("partially_paid"))
        .otherwise(F.lit("pending"))
    )


def _one_word(status: Column) -> Column:
    return F.when(F.min(status) == F.max(status), F.min(status))
