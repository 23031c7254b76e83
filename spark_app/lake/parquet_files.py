"""Landed Parquet: its columns as text. Rows are counted by the file's own footer, and read by pyarrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from spark_app.lake.json_files import as_text, value_at
from spark_app.lake.landing import LandedFile
from spark_app.lake.unpack import NotReadable, whole_file
from spark_app.runtime.settings import S3Settings

_AT_ONCE = 10_000


def names_and_rows(file: LandedFile, s3: S3Settings) -> tuple[tuple[str, ...], int]:
    """The file's columns, and how many rows it says it has."""
    with whole_file(file, s3) as stream:
        try:
            found = pq.ParquetFile(stream)
        except (pa.ArrowException, OSError) as error:
            raise NotReadable(f"not a whole Parquet file ({error}); expected one") from None
        return tuple(found.schema_arrow.names), found.metadata.num_rows


def rows_of(file: LandedFile, header: Sequence[str], s3: S3Settings) -> Iterator[tuple[str, list[str | None] | None]]:
    """Each row's values by the header's names, parts of structs by their paths."""
    with whole_file(file, s3) as stream:
        for batch in pq.ParquetFile(stream).iter_batches(_AT_ONCE):
            for row in _in_micros(batch).to_pylist():
                yield "", [_text(value_at(row, name)) for name in header]


def _in_micros(batch: pa.RecordBatch) -> pa.Table:
    """Python's times have no nanoseconds."""
    table = pa.Table.from_batches([batch])
    fields = [
        one.with_type(pa.timestamp("us", one.type.tz)) if pa.types.is_timestamp(one.type) else one
        for one in table.schema
    ]
    return table.cast(pa.schema(fields), safe=False)


def _text(value: Any) -> str | None:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return as_text(value)
