"""An entity's work, and its bronze rows judged by its contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce

import pyarrow.compute as pc
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from spark_app.contracts.mapping import EntityMap
from spark_app.contracts.table import Contract, TypeName
from spark_app.lake import delta, few
from spark_app.quality import rounded_ids
from spark_app.quality.counts import counted
from spark_app.quality.rows import judge
from spark_app.runs.context import Context
from spark_app.tables.declare import SilverTable

PROVENANCE: tuple[tuple[str, TypeName], ...] = (
    ("_batch_date", "date"),
    ("_source_file", "string"),
    ("_row_number", "bigint"),
    ("_hash", "bigint"),
    (delta.MONTH, "date"),
)
PROVENANCE_NAMES = tuple(name for name, _ in PROVENANCE)


@dataclass(frozen=True)
class Work:
    """What one entity has to do: its datasets' bronze at a version each, and the days not taken in yet (None: all).

    Days are taken in whole: what any dataset holds of them. `replaced`: those of the days whose earlier content may
    have been taken in before. `new_files`: of further days only these files, for what else there is of them was taken
    in before. `looked_up`: bronze that values are looked up in. `version`: the table's own when it was looked at.
    `reshaped`: it has other columns than its contract.
    """

    table: SilverTable
    contract: Contract
    parts: tuple[EntityMap, ...]
    bronze: Mapping[str, int]
    looked_up: Mapping[str, int]
    days: tuple[date, ...] | None
    replaced: tuple[date, ...]
    version: int | None
    reshaped: bool = False
    new_files: Mapping[date, frozenset[str]] = field(default_factory=dict)

    @property
    def files(self) -> frozenset[str]:
        """All new files."""
        return frozenset[str]().union(*self.new_files.values())

    def with_whole_days(self) -> Work:
        """The same with the days of the new files taken in whole."""
        days = tuple(sorted({*(self.days or ()), *self.new_files}))
        return replace(self, days=days, replaced=tuple(sorted({*self.replaced, *self.new_files})), new_files={})

    @property
    def name(self) -> str:
        return self.contract.qualified

    @property
    def datasets(self) -> str:
        """Their names, for people."""
        return ", ".join(self.bronze)

    @property
    def withdraws(self) -> bool:
        """Whether rows may take others away: then groups of rows are looked at whole."""
        return any(part.withdraws for part in self.parts)

    @property
    def group(self) -> tuple[str, ...]:
        """The columns that rows share which may take each other away."""
        per = next((part.complete_per for part in self.parts if part.complete_per), ())
        return per or tuple(name for name in self.contract.key if name != "updated_at")


@dataclass(frozen=True)
class Judged:
    """Bronze rows with what each breaks (`quality.rows.judge`), and their counts by batch date.

    `rounded`: whether a key has an id that a spreadsheet rounded; then all rows of a day are to be looked at together.
    """

    rows: DataFrame
    counts: Sequence[Row]
    rounded: bool = False

    @property
    def usable(self) -> int:
        """How many rows can be used."""
        return sum(row["landed"] - row["quarantined"] - row["passed_over"] for row in self.counts)


@contextmanager
def judge_days(context: Context, spark: SparkSession, work: Work) -> Iterator[Judged]:
    """The rows of the days to take in, cached while they are worked with."""
    bronze = {name: _rows_to_judge(context, spark, name, version, work) for name, version in work.bronze.items()}
    each = _judged_rows(context, spark, bronze, work).persist()
    rows = each
    try:
        counts = counted(rows, work.contract, work.table.amount).collect()
        rounded = rounded_ids.some(counts, work.contract)
        if rounded:
            # Both stay cached: else Spark puts all of judging into each condition, and plans for minutes.
            rows = rounded_ids.set_apart(each, work.contract, work.table.tells_apart).persist()
            counts = counted(rows, work.contract, work.table.amount).collect()
        yield Judged(rows, counts, rounded)
    finally:
        for frame in (rows, each):
            frame.unpersist()


def _rows_to_judge(context: Context, spark: SparkSession, dataset: str, version: int, work: Work) -> DataFrame:
    """What bronze holds of the dataset's days, and of the new files of others."""
    if work.days is None:
        return _all_rows(context, spark, dataset, version)
    table = context.table(f"bronze.{dataset}")
    only = pc.field("_batch_date").isin(work.days) | pc.field("_source_file").isin(sorted(work.files))
    days, columns = (*work.days, *work.new_files), few.columns_of(table, version)
    rows = few.of_days(table, version, "_batch_date", days, columns, only=only if work.new_files else None)
    if rows is not None:
        return context.scratch.frame(spark, rows)
    # The days once more by themselves: by them files of other days are left closed.
    inside = _all_rows(context, spark, dataset, version).where(delta.date_in("_batch_date", days))
    if not work.new_files:
        return inside
    return inside.where(F.col("_batch_date").isin([*work.days]) | F.col("_source_file").isin(sorted(work.files)))


def _all_rows(context: Context, spark: SparkSession, dataset: str, version: int) -> DataFrame:
    return delta.read(spark, context.table(f"bronze.{dataset}"), version)


def judge_all(context: Context, spark: SparkSession, work: Work) -> DataFrame:
    """All rows of the entity's datasets, judged."""
    bronze = {name: _all_rows(context, spark, name, version) for name, version in work.bronze.items()}
    return _judged_rows(context, spark, bronze, work)


def _judged_rows(context: Context, spark: SparkSession, bronze: Mapping[str, DataFrame], work: Work) -> DataFrame:
    """The rows of every part of the entity."""
    others = {name: _all_rows(context, spark, name, version) for name, version in work.looked_up.items()}
    frames = [
        judge(bronze[part.dataset], work.contract, context.source, part, others)
        for part in work.parts
        if part.dataset in bronze
    ]
    # Bronze of an older program of ours has not all of its own columns.
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)
