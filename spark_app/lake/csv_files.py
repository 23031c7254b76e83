"""Landed CSV files as a frame of text columns, bound by header.

Spark binds a given schema by position, so files are read together only where their headers are alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StringType, StructField, StructType

from spark_app.contracts.sources import Dataset
from spark_app.lake.headers import Inspected, matched

CORRUPT = "_corrupt_record"
# A row of more fields than this would end the run; one of fewer is quarantined.
_MOST_FIELDS = 200_000
_GLOB = re.compile(r"([\\\[\]{}*?])")


def read_csv(spark: SparkSession, dataset: Dataset, files: Sequence[Inspected]) -> DataFrame:
    """All rows of the readable files, and one row for each unreadable one.

    Columns: the dataset's own as text, `_source_file` (below landing), `_row_number` (from 1; 0 stands for a whole
    file), `_extra` (JSON of unknown columns), `_corrupt_record` (the row as it stood, where it does not fit the
    header; for a whole file, what is wrong with it).
    """
    groups: dict[tuple[tuple[str, ...], bool], list[Inspected]] = defaultdict(list)
    for found in files:
        if not found.problem:
            groups[(found.header, found.mixed_lines)].append(found)
    frames = [
        _read_alike(spark, dataset, header, mixed, [found.file.path for found in alike])
        for (header, mixed), alike in groups.items()
    ]
    broken = [found for found in files if found.problem]
    if broken or not frames:
        frames.append(_unreadable(spark, dataset, broken))
    return reduce(DataFrame.unionByName, frames)


def numbered(rows: DataFrame) -> DataFrame:
    """`_row_number` from reading order. The caller has put all rows of a file into one partition."""
    by_file = Window.partitionBy("_month", "_source_file").orderBy("_order")
    number = F.when(F.col("_row_number") == 0, F.lit(0)).otherwise(F.row_number().over(by_file))
    return rows.withColumn("_row_number", number.cast("long")).drop("_order")


def _read_alike(
    spark: SparkSession, dataset: Dataset, header: tuple[str, ...], mixed_lines: bool, paths: Sequence[str]
) -> DataFrame:
    fields = [StructField(f"c{index}", StringType()) for index in range(len(header))]
    reader = (
        spark.read.format("csv")
        .schema(StructType([*fields, StructField(CORRUPT, StringType())]))
        .option("header", True)
        .option("multiLine", True)
        .option("sep", dataset.separator)
        .option("quote", '"')
        .option("escape", '"')
        .option("mode", "PERMISSIVE")
        .option("columnNameOfCorruptRecord", CORRUPT)
        .option("encoding", "UTF-8")
        .option("maxColumns", _MOST_FIELDS)
    )
    if mixed_lines:
        reader = reader.option("lineSep", "\n")
    rows = reader.load([_GLOB.sub(r"\\\1", path) for path in paths])
    names = matched(header, dataset)
    known = {name: F.col(f"c{index}") for index, name in enumerate(names) if name}
    unknown = [F.col(f"c{index}").alias(header[index]) for index, name in enumerate(names) if not name]
    return rows.select(
        *[_text(known.get(column)).alias(column) for column in dataset.columns.values()],
        _relative(F.col("_metadata.file_path")).alias("_source_file"),
        F.lit(None).cast(LongType()).alias("_row_number"),
        F.monotonically_increasing_id().alias("_order"),
        (F.to_json(F.struct(*unknown)) if unknown else F.lit(None).cast("string")).alias("_extra"),
        F.col(CORRUPT),
    )


def _unreadable(spark: SparkSession, dataset: Dataset, broken: Sequence[Inspected]) -> DataFrame:
    rows = spark.createDataFrame(
        [(found.file.name, found.problem) for found in broken], f"_source_file string, {CORRUPT} string"
    )
    return rows.select(
        *[F.lit(None).cast("string").alias(column) for column in dataset.columns.values()],
        "_source_file",
        F.lit(0).cast(LongType()).alias("_row_number"),
        F.lit(0).cast(LongType()).alias("_order"),
        F.lit(None).cast("string").alias("_extra"),
        CORRUPT,
    )


def _text(column: Column | None) -> Column:
    return F.lit(None).cast("string") if column is None else column


def _relative(path: Column) -> Column:
    """`<dataset>/dt=…/<file>` from the reader's encoded URI; a plus sign in it is a plus sign."""
    decoded = F.url_decode(F.regexp_replace(path, r"\+", "%2B"))
    return F.regexp_extract(decoded, r"([^/]+/dt=[^/]+/[^/]+)$", 1)
