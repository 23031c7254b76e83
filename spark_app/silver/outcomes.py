"""What became of the usable rows of some days, summed up for the proof that nothing is lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F

from spark_app.lake.entities import BACK, CHANGED, COMPARED, NEWER, OLDER, OUTDONE, RIVAL_AMOUNT, RIVAL_DAY
from spark_app.lake.progress import Sum


@dataclass(frozen=True)
class Outcomes:
    """Rows and money by batch date.

    `superseded`: of the days judged, rows that do not hold. `displaced`: of other days, rows that stopped holding
    because of these (positive) or hold again (negative). `changed`: whether the entity has to be written at all.
    """

    superseded: Mapping[date, Sum]
    displaced: Mapping[date, Sum]
    changed: bool


def summed(compared: DataFrame, back: DataFrame | None, amount: Column) -> DataFrame:
    """`compared` (of `entities.compare_with_current`) and rows that hold again, summed up as `outcomes` takes it."""
    total = F.coalesce(F.sum(amount), F.lit(0)).cast("decimal(18,2)").alias("amount")
    rival = F.coalesce(F.sum(RIVAL_AMOUNT), F.lit(0)).cast("decimal(18,2)").alias("rival_amount")
    by = ["_batch_date", COMPARED, CHANGED, RIVAL_DAY]
    sums = compared.groupBy(*by).agg(F.count(F.lit(1)).alias("rows"), total, rival)
    if back is None:
        return sums
    none = F.lit(None).cast("date").alias(RIVAL_DAY)
    marked = back.select("*", F.lit(BACK).alias(COMPARED), F.lit(True).alias(CHANGED), none)
    zero = F.lit(0).cast("decimal(18,2)").alias("rival_amount")
    return sums.unionByName(marked.groupBy(*by).agg(F.count(F.lit(1)).alias("rows"), total).select("*", zero))


def regrouped(
    usable: DataFrame, before: DataFrame | None, after: DataFrame, judged: Collection[date] | None, amount: Column
) -> Outcomes:
    """What became of rows whose groups were derived again: `before` and `after`, the groups' rows that held and hold.

    `usable`: all usable rows of the days judged (None: of all there are). A row withdrawn is one superseded.
    """
    superseded = defaultdict(Sum, _by_day(usable, amount))
    displaced: dict[date, Sum] = defaultdict(Sum)
    for day, rows in _by_day(after, amount).items():
        own = judged is None or day in judged
        (superseded if own else displaced)[day] += -rows
    for day, rows in _by_day(before, amount).items() if before is not None else ():
        if judged is not None and day not in judged:
            displaced[day] += rows
    return Outcomes(dict(superseded), dict(displaced), True)


def _by_day(rows: DataFrame, amount: Column) -> dict[date, Sum]:
    total = F.coalesce(F.sum(amount), F.lit(0)).cast("decimal(18,2)").alias("amount")
    found = rows.groupBy("_batch_date").agg(F.count(F.lit(1)).alias("rows"), total).collect()
    return {row["_batch_date"]: Sum(row["rows"], row["amount"]) for row in found}


def outcomes(found: Iterable[Row], judged: Collection[date] | None) -> Outcomes:
    """The sums as what the proof needs. `judged`: the days whose rows these are (None: all there are)."""
    superseded: dict[date, Sum] = defaultdict(Sum)
    displaced: dict[date, Sum] = defaultdict(Sum)
    changed = False
    for row in found:
        day, rival_day = row["_batch_date"], row[RIVAL_DAY]
        changed = changed or row[CHANGED]
        if row[COMPARED] in (OUTDONE, OLDER):
            superseded[day] += Sum(row["rows"], row["amount"])
        elif row[COMPARED] == NEWER and judged is not None and rival_day not in judged:
            displaced[rival_day] += Sum(row["rows"], row["rival_amount"])
        elif row[COMPARED] == BACK and judged is not None and day not in judged:
            displaced[day] += -Sum(row["rows"], row["amount"])
    return Outcomes(dict(superseded), dict(displaced), changed)
