"""An entity's work, and its bronze rows judged by its contract."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import reduce

from pyspark.sql import DataFrame, Row, SparkSession

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
    have been taken in before. `looked_up`: bronze that values are looked up in. `version`: the table's own when it was
    looked at. `reshaped`: it has other columns than its contract.
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
    """Bronze rows with what each breaks (`quality.rows.judge`), and their counts by batch date."""

    rows: DataFrame
    counts: Sequence[Row]

    @property
    def usable(self) -> int:
        """How many rows can be used."""
        return sum(row["landed"] - row["quarantined"] - row["passed_over"] for row in self.counts)


@contextmanager
def judge_days(context: Context, spark: SparkSession, work: Work) -> Iterator[Judged]:
    """The rows of the days to take in, cached while they are worked with."""
    bronze = {name: _bronze_rows(context, spark, name, version, work.days) for name, version in work.bronze.items()}
    each = _judged_rows(context, spark, bronze, work).persist()
    rows = each
    try:
        counts = counted(rows, work.contract, work.table.amount).collect()
        if rounded_ids.some(counts, work.contract):
            # Both stay cached: else Spark puts all of judging into each condition, and plans for minutes.
            rows = rounded_ids.set_apart(each, work.contract, work.table.tells_apart).persist()
            counts = counted(rows, work.contract, work.table.amount).collect()
        yield Judged(rows, counts)
    finally:
        for frame in (rows, each):
            frame.unpersist()


def _bronze_rows(
    context: Context, spark: SparkSession, dataset: str, version: int, days: Collection[date] | None
) -> DataFrame:
    table = context.table(f"bronze.{dataset}")
    if days is not None:
        columns = few.columns_of(table, version)
        rows = few.of_days(table, version, "_batch_date", days, columns)
        if rows is not None:
            return context.scratch.frame(spark, rows)
    everything = delta.read(spark, table, version)
    return everything if days is None else everything.where(delta.date_in("_batch_date", days))


def judge_all(context: Context, spark: SparkSession, work: Work) -> DataFrame:
    """All rows of the entity's datasets, judged."""
    bronze = {name: _bronze_rows(context, spark, name, version, None) for name, version in work.bronze.items()}
    return _judged_rows(context, spark, bronze, work)


def _judged_rows(context: Context, spark: SparkSession, bronze: Mapping[str, DataFrame], work: Work) -> DataFrame:
    """The rows of every part of the entity."""
    others = {name: _bronze_rows(context, spark, name, version, None) for name, version in work.looked_up.items()}
    frames = [
        judge(bronze[part.dataset], work.contract, context.source, part, others)
        for part in work.parts
        if part.dataset in bronze
    ]
    # Bronze of an older program of ours has not all of its own columns.
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)
