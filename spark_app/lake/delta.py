"""Delta tables through Spark: reads at a version, changes between versions, and the few kinds of commit there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from pyspark.sql import DataFrame, DataFrameWriter, SparkSession
from pyspark.sql import functions as F

from spark_app.lake import log, writes
from spark_app.lake.fence import check, committing, stamped
from spark_app.lake.paths import Table

NOTE = "spark.databricks.delta.commitInfo.userMetadata"
MONTH = "_month"
NO_MONTH = date(1900, 1, 1)


def read(spark: SparkSession, table: Table, version: int) -> DataFrame:
    """A table as it was at `version`.

    Delta keeps the newest state at hand and works out older ones anew: what is still so is read as it is.
    """
    if version in (log.version_of(table), log.data_version(table)):
        return spark.read.format("delta").load(table.path)
    return spark.read.format("delta").option("versionAsOf", version).load(table.path)


def changes(spark: SparkSession, table: Table, after: int, upto: int) -> DataFrame:
    """Rows changed in versions after+1 … upto, as they were and as they are.

    The table's columns and `_change_type` (insert, delete, update_preimage, update_postimage).
    """
    return (
        spark.read.format("delta")
        .option("readChangeFeed", "true")
        .option("startingVersion", after + 1)
        .option("endingVersion", upto)
        .load(table.path)
        .drop("_commit_version", "_commit_timestamp")
    )


def append(rows: DataFrame, table: Table, note: str, partition: str | None = None) -> None:
    """Add rows in one commit; also where there are none, for the note says how far the table has come."""
    writer = rows.write.format("delta").mode("append").option("mergeSchema", "true")
    _save(writer.partitionBy(partition) if partition else writer, table, note, table.name)


def reshape(rows: DataFrame, table: Table, note: str, partition: str | None) -> None:
    """Replace all rows and the table's columns in one commit; versions before it keep theirs."""
    writer = rows.write.format("delta").mode("overwrite").option("overwriteSchema", "true")
    _save(writer.partitionBy(partition) if partition else writer, table, note, table.name)


def overwrite(rows: DataFrame, table: Table, note: str, where: str | None = None, point: str | None = None) -> None:
    """Replace the rows that `where` names (all of them where it is None) in one commit."""
    writer = rows.write.format("delta").mode("overwrite")
    if where is not None:
        writer = writer.option("replaceWhere", where).option("mergeSchema", "true")
    _save(writer, table, note, point or table.name)


def _save(writer: DataFrameWriter, table: Table, note: str, point: str) -> None:
    before = log.version_of(table)
    writes.check_version(table, before)
    writer = writer.option("userMetadata", stamped(table.fence, note))
    with committing(table.fence, point):
        writer.save(table.path)
    _noted(table, note, before)


def _noted(table: Table, note: str, before: int | None) -> None:
    """Delta makes no commit of nothing; what it has made is looked at."""
    if log.version_of(table) == before:
        writes.advance(table, note)
    else:
        writes.confirm(table, note)


def merge(
    spark: SparkSession,
    rows: DataFrame,
    table: Table,
    on: str,
    clauses: str,
    columns: Sequence[str],
    note: str,
) -> None:
    """MERGE `rows` (alias s) into the table (alias t) in one commit.

    `spark` must be this thread's own session: the commit's note is one of its settings. `{set}` and `{insert}` in
    `clauses` become the assignment of `columns`.
    """
    assignments = ", ".join(f"t.`{name}` = s.`{name}`" for name in columns)
    names = ", ".join(f"`{name}`" for name in columns)
    values = ", ".join(f"s.`{name}`" for name in columns)
    filled = clauses.replace("{set}", assignments).replace("{insert}", f"({names}) VALUES ({values})")
    view = f"changes_to_{table.name.replace('.', '_')}"
    rows.createOrReplaceTempView(view)
    before = log.version_of(table)
    writes.check_version(table, before)
    spark.conf.set(NOTE, stamped(table.fence, note))
    try:
        with committing(table.fence, table.name):
            spark.sql(f"MERGE INTO delta.`{table.path}` t USING {view} s ON {on} {filled}").collect()
    finally:
        spark.conf.unset(NOTE)
        spark.catalog.dropTempView(view)
    _noted(table, note, before)


def optimize(spark: SparkSession, table: Table, note: str) -> None:
    """Pack small files into larger ones; no row changes."""
    spark.conf.set(NOTE, stamped(table.fence, note))
    try:
        check(table.fence)
        spark.sql(f"OPTIMIZE delta.`{table.path}`").collect()
    finally:
        spark.conf.unset(NOTE)


def vacuum(spark: SparkSession, table: Table, hours: int) -> None:
    """Remove files that left the table longer than `hours` ago."""
    # It lists a table in this many tasks, whatever the table's size; the platforms' default is ten thousand.
    tasks = max(4, spark.sparkContext.defaultParallelism)
    check(table.fence)
    spark.conf.set("spark.sql.sources.parallelPartitionDiscovery.parallelism", str(tasks))
    spark.sql(f"VACUUM delta.`{table.path}` RETAIN {hours} HOURS").collect()


def date_in(column: str, days: Iterable[date | None]) -> str:
    """A condition with literal dates, so that files of others are never opened; no day is no date."""
    listed = ", ".join(f"DATE '{day.isoformat()}'" for day in sorted({day for day in days if day is not None}))
    return f"{column} IN ({listed})"


def with_month(rows: DataFrame, column: str) -> DataFrame:
    """Adds the technical partition column `_month`: the first day of the month of `column`, 1900 where it is empty.

    Never null: delta-rs cannot read the change feed of a partition without a value.
    """
    month = F.trunc(F.col(column).cast("date"), "month")
    return rows.withColumn(MONTH, F.coalesce(month, F.lit(NO_MONTH)))
