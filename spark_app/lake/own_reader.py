"""Landed files that Spark's CSV reader cannot read, read by ourselves: in Spark's workers, a file a task.

A file is read as a stream, so it needs no more memory than some thousand of its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import LongType, StringType, StructField, StructType

from spark_app.contracts.sources import Dataset
from spark_app.lake import excel_files, json_files, parquet_files
from spark_app.lake.csv_text import as_written, csv_text, fitted, records
from spark_app.lake.headers import Inspected
from spark_app.lake.landing import LandedFile
from spark_app.runtime.settings import S3Settings

_AT_ONCE = 5_000
Row = tuple[str, Sequence[str | None] | None]  # as it stands, and its values


def read_own(
    spark: SparkSession, dataset: Dataset, header: tuple[str, ...], files: Sequence[Inspected], s3: S3Settings
) -> DataFrame:
    """Rows of files of one header: `c0`, `c1`, …, `_corrupt_record`, `_damage` (none), `_source_file`, `_order`."""
    names = [f"c{index}" for index in range(len(header))] + ["_corrupt_record", "_damage", "_source_file"]
    schema = StructType([*(StructField(name, StringType()) for name in names), StructField("_order", LongType())])
    given = [(one.file.name, one.file.path, one.file.size, one.kind) for one in files]
    listed = spark.createDataFrame(given, "name string, path string, size long, kind string")
    return listed.repartition(len(files)).mapInArrow(_reader(dataset, header, s3), schema)


def _reader(
    dataset: Dataset, header: tuple[str, ...], s3: S3Settings
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def read(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for one in (one for batch in batches for one in batch.to_pylist()):
            file = LandedFile(dataset.name, date.min, one["name"], one["path"], one["size"], "")
            yield from _batches(file.name, _rows(one["kind"], file, dataset, header, s3), len(header))

    return read


def _rows(kind: str, file: LandedFile, dataset: Dataset, header: tuple[str, ...], s3: S3Settings) -> Iterator[Row]:
    if kind == "json":
        yield from json_files.rows_of(file, dataset, header, s3)
    elif kind == "excel":
        yield from excel_files.rows_of(file, dataset, header, s3)
    elif kind == "parquet":
        yield from parquet_files.rows_of(file, header, s3)
    else:
        yield from _csv_rows(file, dataset, len(header), s3)


def _csv_rows(file: LandedFile, dataset: Dataset, columns: int, s3: S3Settings) -> Iterator[Row]:
    """Also here the first record is the header."""
    back = as_written(dataset.read)
    with csv_text(file, dataset, s3) as found:
        read = records(found.text, found.separator)
        next(read, None)
        for text, fields in read:
            values = None if fields is None else fitted(fields, columns, dataset.read)
            if back is None:
                yield text, values
            else:
                yield back(text), None if values is None else [None if one is None else back(one) for one in values]


def _batches(name: str, rows: Iterator[Row], columns: int) -> Iterator[pa.RecordBatch]:
    held: list[Row] = []
    order = 0
    for row in rows:
        held.append(row)
        if len(held) == _AT_ONCE:
            yield _batch(name, held, columns, order)
            held, order = [], order + _AT_ONCE
    if held:
        yield _batch(name, held, columns, order)


def _batch(name: str, rows: Sequence[Row], columns: int, order: int) -> pa.RecordBatch:
    count = len(rows)
    values = [pa.array([row[index] if row else None for _, row in rows], pa.string()) for index in range(columns)]
    torn = pa.array([None if row is not None else text for text, row in rows], pa.string())
    none, file = pa.nulls(count, pa.string()), pa.array([name] * count, pa.string())
    names = [*(f"c{index}" for index in range(columns)), "_corrupt_record", "_damage", "_source_file", "_order"]
    numbers = pa.array(range(order, order + count), pa.int64())
    return pa.RecordBatch.from_arrays([*values, torn, none, file, numbers], names=names)
