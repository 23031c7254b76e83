"""Parquet for COPY: columns by position, types that must fit, rows by the batch."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from redshift_standin import s3
from redshift_standin.errors import Refused
from redshift_standin.loads import BadRow, Column, Load

_EXACT = {
    "int2": lambda kind: pa.types.is_int16(kind) or pa.types.is_int8(kind) or pa.types.is_int32(kind),
    "int4": lambda kind: pa.types.is_int32(kind) or pa.types.is_int16(kind) or pa.types.is_int8(kind),
    "int8": pa.types.is_int64,
    "float4": pa.types.is_float32,
    "float8": pa.types.is_float64,
    "bool": pa.types.is_boolean,
    "date": pa.types.is_date,
    "timestamp": pa.types.is_timestamp,
    "timestamptz": pa.types.is_timestamp,
}


def feed(client: object, objects: Sequence[s3.Object], columns: Sequence[Column], load: Load) -> Iterator[bytes]:
    """The rows of Parquet objects as CSV for PostgreSQL."""
    for item in objects:
        try:
            file = pq.ParquetFile(s3.read(client, item))
        except pa.ArrowInvalid:
            raise _scan_error(f"Invalid Parquet file: {item.url}") from None
        _fits(file, item, columns)
        rows = 0
        for batch in file.iter_batches(20_000):
            yield _csv(batch, item, columns, rows, load)
            rows += batch.num_rows


def _fits(file: pq.ParquetFile, item: s3.Object, columns: Sequence[Column]) -> None:
    schema = file.schema_arrow
    if len(schema) != len(columns):
        raise _scan_error(
            f"Unmatched number of columns between table and file. Table columns: {len(columns)}, "
            f"Data columns: {len(schema)}, File name: {item.url}"
        )
    for field, column in zip(schema, columns, strict=True):
        if not _type_fits(field.type, column):
            raise _scan_error(
                f"File '{item.url}' has an incompatible Parquet schema for column '{column.name}'. "
                f"Column type: {_shown(column)}, Parquet schema: {field.type} {field.name}"
            )


def _type_fits(kind: pa.DataType, column: Column) -> bool:
    if column.is_text:
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
    if column.type == "numeric":
        # The scale is the file's word on where the point stands: it must be the column's.
        return bool(pa.types.is_decimal(kind) and kind.scale == column.scale and kind.precision <= column.size)
    return column.type in _EXACT and bool(_EXACT[column.type](kind))


def _shown(column: Column) -> str:
    names = {
        "int2": "SMALLINT",
        "int4": "INT",
        "int8": "BIGINT",
        "float8": "DOUBLE",
        "float4": "FLOAT",
        "bool": "BOOLEAN",
    }
    if column.type == "numeric":
        return f"DECIMAL({column.size}, {column.scale})"
    return f"{column.type.upper()}({column.size})" if column.is_text else names.get(column.type, column.type.upper())


def _csv(batch: pa.RecordBatch, item: s3.Object, columns: Sequence[Column], before: int, load: Load) -> bytes:
    arrays = []
    for array, column in zip(batch.columns, columns, strict=True):
        _checked(array, item, column, before, load)
        arrays.append(_for_csv(array))
    table = pa.table(dict(zip([str(i) for i in range(len(arrays))], arrays, strict=True)))
    out = io.BytesIO()
    pcsv.write_csv(table, out, pcsv.WriteOptions(include_header=False, quoting_style="all_valid"))
    return out.getvalue()


def _for_csv(array: pa.Array) -> pa.Array:
    if pa.types.is_decimal(array.type) or pa.types.is_date(array.type) or pa.types.is_timestamp(array.type):
        if pa.types.is_timestamp(array.type):
            array = pc.cast(array, pa.timestamp("us"), safe=False)
        array = pc.cast(array, pa.string())
    return array


def _checked(array: pa.Array, item: s3.Object, column: Column, before: int, load: Load) -> None:
    if column.required and array.null_count:
        at = pc.index(pc.is_null(array), True).as_py()
        _bad(load, item, column, before + at, "", 1213, "Missing data for not-null field")
    if not column.is_text or not len(array):
        return
    lengths = pc.binary_length(array)
    longest = pc.max(lengths).as_py() or 0
    if longest > column.size:
        at = pc.index(pc.greater(lengths, column.size).fill_null(False), True).as_py()
        length = lengths[at].as_py()
        reason = (
            f"The length of the data column {column.name} is longer than the length defined in the table. "
            f"Table: {column.size}, Data: {length}, File name: {item.url}"
        )
        _bad(load, item, column, before + at, str(array[at]), 1204, reason)


def _bad(load: Load, item: s3.Object, column: Column, row: int, value: str, code: int, reason: str) -> None:
    load.bad.append(BadRow(item.url, row + 1, column, value, code, reason))
    raise _scan_error(reason)


def _scan_error(context: str) -> Refused:
    return Refused("Spectrum Scan Error", "XX000", f"error: Spectrum Scan Error code: 15007 context: {context}")
