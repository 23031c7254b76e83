"""What became of the usable rows of some days, summed up for the proof that nothing is lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from spark_app.lake.entities import BACK, CHANGED, FATE, NEWER, OLDER, OUTDONE, RIVAL_AMOUNT, RIVAL_DAY

Rows = tuple[int, Decimal]
_NONE: Rows = (0, Decimal(0))


@dataclass
class Moves:
    """Rows and money by batch date.

    `superseded`: of the days judged, rows that do not hold. `moved`: of other days, rows that stopped holding because
    of these (positive) or hold again (negative). `changed`: whether the entity has to be written at all.
    """

    superseded: dict[date, Rows] = field(default_factory=dict)
    moved: dict[date, Rows] = field(default_factory=dict)
    changed: bool = False


def summed(told: DataFrame, again: DataFrame | None, amount: Column) -> DataFrame:
    """`told` (of `entities.fates`) and rows that hold again, summed up as `moves` takes it."""
    total = F.coalesce(F.sum(amount), F.lit(0)).cast("decimal(18,2)").alias("amount")
    rival = F.coalesce(F.sum(RIVAL_AMOUNT), F.lit(0)).cast("decimal(18,2)").alias("rival_amount")
    by = ["_batch_date", FATE, CHANGED, RIVAL_DAY]
    sums = told.groupBy(*by).agg(F.count(F.lit(1)).alias("rows"), total, rival)
    if again is None:
        return sums
    none = F.lit(None).cast("date").alias(RIVAL_DAY)
    back = again.select("*", F.lit(BACK).alias(FATE), F.lit(True).alias(CHANGED), none)
    zero = F.lit(0).cast("decimal(18,2)").alias("rival_amount")
    return sums.unionByName(back.groupBy(*by).agg(F.count(F.lit(1)).alias("rows"), total).select("*", zero))


def moves(found: Iterable[Row], judged: Collection[date] | None) -> Moves:
    """The sums as what the proof needs. `judged`: the days whose rows these are (None: all there are)."""
    told = Moves()
    for row in found:
        day, rival_day = row["_batch_date"], row[RIVAL_DAY]
        told.changed = told.changed or row[CHANGED]
        if row[FATE] in (OUTDONE, OLDER):
            _add(told.superseded, day, row["rows"], row["amount"])
        elif row[FATE] == NEWER and judged is not None and rival_day not in judged:
            _add(told.moved, rival_day, row["rows"], row["rival_amount"])
        elif row[FATE] == BACK and judged is not None and day not in judged:
            _add(told.moved, day, -row["rows"], -row["amount"])
    return told


def _add(days: dict[date, Rows], day: date, count: int, amount: Decimal) -> None:
    before = days.get(day, _NONE)
    days[day] = (before[0] + count, before[1] + amount)
