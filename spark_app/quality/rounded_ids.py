"""Ids that a spreadsheet has made numbers of and rounded: 450001123456789 saved again as 4.50001E+14.

Each is told by a warning of its own (contracts.implied_rules). Where one such id is the key of rows that cannot be
states of one thing, the later would replace the others: all of them are set apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame, Row, Window
from pyspark.sql import functions as F

from spark_app.contracts.implied_rules import is_whole_id, rounded_rule_name
from spark_app.contracts.table import Contract
from spark_app.quality.counts import counted_rules
from spark_app.quality.reasons import REASON_TYPE, REASONS, SHARED_ID, key_texts


def some(counts: Sequence[Row], contract: Contract) -> bool:
    """Whether the one pass that counts rules has seen a rounded id in a key: else there is nothing to set apart."""
    wanted = {rounded_rule_name(name) for name in key_texts(contract)}
    at = [index for index, (name, *_) in enumerate(counted_rules(contract)) if name in wanted]
    return any(row[f"r{index}"] for row in counts for index in at)


def rounded(contract: Contract) -> Column:
    """Whether a part of the row's key is a rounded id."""
    whole = [F.expr(is_whole_id(name)) for name in key_texts(contract)]
    return reduce(or_, [~F.coalesce(one, F.lit(True)) for one in whole], F.lit(False))


def set_apart(judged: DataFrame, contract: Contract, tells_apart: Sequence[str]) -> DataFrame:
    """Judged rows, those of a day that share a rounded key and differ in `tells_apart` with a reason more.

    Only rows that are usable otherwise are looked at. The day is the batch date, so that the same rows are set apart
    whether a day is taken in alone or with others. All rows are shuffled, so only days with such an id come here.
    """
    if not tells_apart or not key_texts(contract):
        return judged
    mine = rounded(contract) & (F.size(REASONS) == 0)
    key = [name for name in contract.key if name != "updated_at"]
    shared = Window.partitionBy("_batch_date", *key)
    # One branch for all rows: two would double a plan that is large already, which Spark then plans for minutes.
    own = [F.when(mine, F.col(name)) for name in tells_apart]
    differs = reduce(or_, [F.min(value).over(shared) != F.max(value).over(shared) for value in own])
    reason = F.array(
        F.struct(
            F.lit(SHARED_ID).alias("rule"),
            F.lit(key_texts(contract)[0]).alias("column"),
            F.col(key_texts(contract)[0]).alias("found"),
            F.lit(f"the same {' and '.join(tells_apart)} in every row of the day with this id").alias("expected"),
            F.lit("uniqueness").alias("dimension"),
        )
    ).cast(REASON_TYPE)
    return judged.withColumn(REASONS, F.when(mine & differs, reason).otherwise(F.col(REASONS)))
