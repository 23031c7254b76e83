"""Judged rows counted: by batch date what landed and what is set aside, in rows and money, and what each rule found."""

from __future__ import annotations

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_app.contracts.spark_sql import text
from spark_app.contracts.sql import columns_named
from spark_app.contracts.table import Contract
from spark_app.quality.reasons import (
    LEFT_OUT,
    MARKED_TEXT,
    ODD,
    PASSED_OVER,
    REASONS,
    SHARED_ID,
    VALID_TEXT,
    WHOLE_ROW,
    key_texts,
    texts_of,
)


def counted(judged: DataFrame, contract: Contract, amount: str) -> DataFrame:
    """One row a batch date: `landed`, `quarantined`, their amounts, `passed_over`, a count for each rule (`r0`, …).

    `left_out`: how many of `passed_over` are so by the source's `where`. `unpriced`: quarantined rows whose money is
    not known; they are in neither amount. Rules are those of `counted_rules`, in that order. This is the one pass in
    which row rules are counted.
    """
    rules = counted_rules(contract)
    bad = F.size(REASONS) > 0
    # A default may give money to a row that holds nothing.
    priced = _priced(contract, amount) & ~F.col(PASSED_OVER)
    total = F.when(priced, money(amount))
    return judged.groupBy("_batch_date").agg(
        F.count(F.lit(1)).alias("landed"),
        F.count_if(PASSED_OVER).alias("passed_over"),
        F.count_if(LEFT_OUT).alias("left_out"),
        F.count_if(bad).alias("quarantined"),
        F.count_if(bad & total.isNull()).alias("unpriced"),
        F.coalesce(F.sum(total), F.lit(0)).cast("decimal(18,2)").alias("amount_landed"),
        F.coalesce(F.sum(F.when(bad, total)), F.lit(0)).cast("decimal(18,2)").alias("amount_quarantined"),
        *[F.expr(f"count_if({_breaks(rule)}) AS r{index}") for index, rule in enumerate(rules)],
    )


def counted_rules(contract: Contract) -> tuple[tuple[str, str, str], ...]:
    """(rule, dimension, severity) of everything `counted` counts."""
    own: tuple[tuple[str, str, str], ...] = ((WHOLE_ROW, "accuracy", "error"), (VALID_TEXT, "accuracy", "error"))
    if key_texts(contract):
        own += ((SHARED_ID, "uniqueness", "error"),)
    if texts_of(contract, required=False):
        own += ((MARKED_TEXT, "accuracy", "warning"),)
    return own + tuple((rule.name, rule.dimension, rule.severity) for rule in contract.row_rules)


def can_be_used() -> SparkColumn:
    """Whether a judged row can be used."""
    return (F.size(REASONS) == 0) & ~F.col(PASSED_OVER)


def money(amount: str) -> SparkColumn:
    """The money a row stands for, as sums take it.

    Sums stay within decimal(18,2): an amount of a trillion is quarantined by the contracts, and is no money here.
    """
    return F.expr(f"cast({amount} as decimal(14,2))")


def _priced(contract: Contract, amount: str) -> SparkColumn:
    """Whether the row says its money: a torn row's values stand in the wrong columns, one that does not cast is none.

    So a quantity that is no number does not make the price of one piece.
    """
    if not any(_speaks_of(amount, name) for name in contract.column_names):
        return F.lit(True)  # rows of this entity stand for no money, whatever they hold
    made_of = [rule.name for rule in contract.rules if rule.kind == "type" and _speaks_of(amount, rule.columns[0])]
    return ~F.arrays_overlap(F.col(f"{REASONS}.rule"), F.array(*map(F.lit, (WHOLE_ROW, *made_of))))


def _speaks_of(amount: str, column: str) -> bool:
    return column in columns_named(amount)


def _breaks(rule: tuple[str, str, str]) -> str:
    name, _, severity = rule
    broken = f"{REASONS}.rule" if severity == "error" else ODD
    return f"array_contains({broken}, {text(name)})"
