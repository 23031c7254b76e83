"""Landed CSV files as a frame of text columns, bound by header.

Spark binds a given schema by position, so files are read together only where their headers are alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import pandas as pd
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StringType, StructField, StructType

from spark_app.contracts.blanks import BLANKS
from spark_app.contracts.sources import Dataset
from spark_app.lake.csv_scan import MOST_FIELDS
from spark_app.lake.csv_text import separator_of
from spark_app.lake.headers import Inspected, matched
from spark_app.lake.own_reader import read_own
from spark_app.runtime.settings import AWS_ITSELF, S3Settings

CORRUPT, DAMAGE = "_corrupt_record", "_damage"
MANY = 500  # files of a folder that are read as one place
_CSV = "*.{[cC][sS][vV],[cC][sS][vV].gz}"
_CSV_NAMES = (".csv", ".csv.gz")
_GLOB = re.compile(r"([\\\[\]{}*?])")


def read_csv(
    spark: SparkSession, dataset: Dataset, files: Sequence[Inspected], s3: S3Settings = AWS_ITSELF
) -> DataFrame:
    """All rows of the readable files, and one row for each unreadable one.

    Columns: the dataset's own as text, `_source_file` (below landing), `_row_number` (from 1; 0 stands for a whole
    file), `_extra` (JSON of unknown columns), `_corrupt_record` (the row as it stood, where it does not fit the
    header; for a whole file, what is wrong with it), `_damage` (of a line that is set aside for its quotes or its
    size: why).
    A row of nothing but separators and blanks has none of these but file and number.
    """
    groups: dict[tuple[tuple[str, ...], bool, str], list[Inspected]] = defaultdict(list)
    own: dict[tuple[str, ...], list[Inspected]] = defaultdict(list)
    for found in files:
        if not found.problem and found.records is None and found.own:
            own[found.header].append(found)
        elif not found.problem and found.records is None:
            groups[(found.header, found.mixed_lines, separator_of(found.file, dataset))].append(found)
    in_folder = Counter(_folder(found) for found in files)
    frames = [
        _bound(_read_alike(spark, dataset, header, mixed, alike, in_folder), dataset, header)
        for (header, mixed, _), alike in groups.items()
    ]
    frames += [_bound(read_own(spark, dataset, header, alike, s3), dataset, header) for header, alike in own.items()]
    read: dict[tuple[str, ...], list[Inspected]] = defaultdict(list)
    for found in files:
        if not found.problem and found.records is not None:
            read[found.header].append(found)
    frames += [_bound(_read_before(spark, header, alike), dataset, header) for header, alike in read.items()]
    broken = [found for found in files if found.problem]
    if broken or not frames:
        frames.append(_unreadable(spark, dataset, broken))
    return _together(frames)


def _together(frames: Sequence[DataFrame]) -> DataFrame:
    """One frame of all, halves of halves: Spark plans a chain of a hundred for minutes, or not at all."""
    if len(frames) == 1:
        return frames[0]
    middle = len(frames) // 2
    return _together(frames[:middle]).unionByName(_together(frames[middle:]))


def number_rows(rows: DataFrame, files: Sequence[Inspected]) -> DataFrame:
    """`_row_number` from reading order. The caller has put all rows of a file into one partition.

    Rows of the files that hold bytes of no text are told by their number, as the reader may have dropped these bytes:
    they have `_damage`, and no `_corrupt_record` as their values stand in their columns.
    """
    by_file = Window.partitionBy("_month", "_source_file").orderBy("_order")
    number = F.when(F.col("_row_number") == 0, F.lit(0)).otherwise(F.row_number().over(by_file))
    rows = rows.withColumn("_row_number", number.cast("long")).drop("_order")
    spoilt = [(found.file.name, row, why) for found in files for row, why in found.spoilt]
    if not spoilt:
        return rows
    schema = "_source_file string, _row_number long, _spoilt string"
    spoilt_rows = F.broadcast(rows.sparkSession.createDataFrame(spoilt, schema))
    damage = F.coalesce(DAMAGE, F.when(F.col(CORRUPT).isNull(), F.col("_spoilt")))
    return rows.join(spoilt_rows, ["_source_file", "_row_number"], "left").withColumn(DAMAGE, damage).drop("_spoilt")


def _folder(found: Inspected) -> str:
    return found.file.path.rpartition("/")[0]


def _places(files: Sequence[Inspected], in_folder: Mapping[str, int]) -> list[str]:
    """Where Spark finds these files: it looks each place up by itself, so many files of a folder are better one place.

    `in_folder`: how many files were inspected in each. Of a folder with others than these each file is a place.
    """
    by_folder: dict[str, list[str]] = defaultdict(list)
    for found in files:
        by_folder[_folder(found)].append(found.file.path)
    places: list[str] = []
    for folder, paths in by_folder.items():
        all_csv = len(paths) >= MANY and all(path.lower().endswith(_CSV_NAMES) for path in paths)
        places += [folder] if all_csv and len(paths) == in_folder[folder] else paths
    return places


def _read_alike(
    spark: SparkSession,
    dataset: Dataset,
    header: tuple[str, ...],
    mixed_lines: bool,
    files: Sequence[Inspected],
    in_folder: Mapping[str, int],
) -> DataFrame:
    fields = [StructField(f"c{index}", StringType()) for index in range(len(header))]
    separator = separator_of(files[0].file, dataset)
    reader = (
        spark.read.format("csv")
        .schema(StructType([*fields, StructField(CORRUPT, StringType())]))
        .option("header", True)
        .option("multiLine", True)
        .option("sep", separator)
        .option("quote", '"')
        .option("escape", '"')
        .option("mode", "PERMISSIVE")
        .option("columnNameOfCorruptRecord", CORRUPT)
        .option("encoding", "UTF-8")
        .option("maxColumns", MOST_FIELDS)  # of more the reader would die
    )
    if mixed_lines:
        reader = reader.option("lineSep", "\n")
    places = _places(files, in_folder)
    whole_folders = len(places) < len(files)
    if whole_folders:
        reader = reader.option("recursiveFileLookup", True).option("pathGlobFilter", _CSV)
    rows = reader.load([_GLOB.sub(r"\\\1", path) for path in places])
    place = _relative(F.col("_metadata.file_path")).alias("_source_file")
    order = F.monotonically_increasing_id().alias("_order")
    rows = rows.select(*rows.columns, F.lit(None).cast("string").alias(DAMAGE), place, order)
    if whole_folders:  # what has landed since the files were inspected is the next run's
        inspected = spark.createDataFrame([(found.file.name,) for found in files], "_source_file string")
        rows = rows.join(F.broadcast(inspected), "_source_file", "left_semi")
    # What is left of an empty line where CR LF ends some lines only.
    line = F.col(CORRUPT) if len(header) > 1 else F.coalesce(F.col(CORRUPT), F.col("c0"))
    return rows.where(~F.coalesce(line.isin("\r", "\r\r"), F.lit(False)))


def _read_before(spark: SparkSession, header: tuple[str, ...], files: Sequence[Inspected]) -> DataFrame:
    """Records that were read when their files were looked at, as Spark's reader would have given them."""
    records = [(found.file.name, record) for found in files for record in found.records or ()]
    whole = [record.fields if record.fits(len(header)) else () for _, record in records]
    columns: dict[str, list[str | None]] = {
        f"c{index}": [fields[index] if fields else None for fields in whole] for index in range(len(header))
    }
    columns[CORRUPT] = [None if fields else record.text for fields, (_, record) in zip(whole, records, strict=True)]
    columns[DAMAGE] = [record.damage for _, record in records]
    columns["_source_file"] = [name for name, _ in records]
    schema = StructType([*(StructField(name, StringType()) for name in columns), StructField("_order", LongType())])
    data = pd.DataFrame({**columns, "_order": range(len(records))}, columns=schema.names, dtype=object)
    return spark.createDataFrame(data, schema)


def _bound(rows: DataFrame, dataset: Dataset, header: tuple[str, ...]) -> DataFrame:
    """`c0`, `c1`, … as the dataset's columns, by the header's names."""
    values = [F.col(f"c{index}") for index in range(len(header))]
    rows = rows.withColumn("_blank", F.col(DAMAGE).isNull() & _blank(values, dataset.separator))
    names = matched(header, dataset)
    known = {name: F.col(f"c{index}") for index, name in enumerate(names) if name}
    unknown = [F.col(f"c{index}").alias(header[index]) for index, name in enumerate(names) if not name]
    extra = F.to_json(F.struct(*unknown)) if unknown else F.lit(None).cast("string")
    return rows.select(
        *[_unless_blank(_text(known.get(column))).alias(column) for column in dataset.columns.values()],
        "_source_file",
        F.lit(None).cast(LongType()).alias("_row_number"),
        "_order",
        _unless_blank(extra).alias("_extra"),
        _unless_blank(F.col(CORRUPT)).alias(CORRUPT),
        DAMAGE,
    )


def _unless_blank(value: Column) -> Column:
    return F.when(~F.col("_blank"), value)


def _blank(values: Sequence[Column], separator: str) -> Column:
    """Whether a row holds nothing: separators, blanks and pairs of quotes, however many."""
    left = F.replace(F.translate(CORRUPT, separator + BLANKS, ""), F.lit('""'), F.lit(""))
    of_torn = (left == "") & ~F.contains(F.col(CORRUPT), F.lit('"""'))
    # One flat expression: a condition for each of a thousand columns is more than Spark can plan.
    of_whole = F.btrim(F.concat_ws("", *values), F.lit(BLANKS)) == ""
    return F.coalesce(F.when(F.col(CORRUPT).isNotNull(), of_torn).otherwise(of_whole), F.lit(False))


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
        F.lit(None).cast("string").alias(DAMAGE),
    )


def _text(column: Column | None) -> Column:
    return F.lit(None).cast("string") if column is None else column


def _relative(path: Column) -> Column:
    """`<dataset>/dt=…/<file>` from the reader's encoded URI; a plus sign in it is a plus sign."""
    decoded = F.url_decode(F.regexp_replace(path, r"\+", "%2B"))
    return F.regexp_extract(decoded, r"([^/]+/dt=[^/]+/[^/]+)$", 1)
