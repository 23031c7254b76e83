"""The files of an UNLOAD: CSV, delimited text, JSON, Parquet."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from redshift_standin.unload import Unload

Row = tuple[str | None, ...]
Kind = tuple[int, int]  # type oid and modifier

_BOOL, _NUMERIC, _DATE, _TIMESTAMP, _TIMESTAMPTZ = 16, 1700, 1082, 1114, 1184
_PLAIN = {20: pa.int64(), 21: pa.int16(), 23: pa.int32(), 700: pa.float32(), 701: pa.float64(), _DATE: pa.date32()}
_BARE = {_BOOL, _NUMERIC, 20, 21, 23, 700, 701}


def content(options: Unload, names: Sequence[str], kinds: Sequence[Kind], rows: Sequence[Row]) -> bytes:
    """The bytes of one file."""
    if options.format == "PARQUET":
        return _parquet(names, kinds, rows)
    if options.format == "JSON":
        return "".join(_json(names, kinds, row) + "\n" for row in rows).encode()
    field = _csv_field if options.format == "CSV" else _text_field
    lines = [options.delimiter.join(field(options, value) for value in row) for row in rows]
    if options.header:
        lines.insert(0, options.delimiter.join(names))
    return "".join(line + "\n" for line in lines).encode()


def _csv_field(options: Unload, value: str | None) -> str:
    if value is None:
        return options.null_as
    if value == "" or value == options.null_as or re.search(f'[{re.escape(options.delimiter)}"\r\n]', value):
        return '"' + value.replace('"', '""') + '"'
    return value


def _text_field(options: Unload, value: str | None) -> str:
    if value is None:
        text = options.null_as
    elif options.escape:
        quote = '"' if options.quotes else ""
        text = re.sub(f"([\\\\\r\n{re.escape(options.delimiter)}{quote}])", r"\\\1", value)
    else:
        text = value
    return f'"{text}"' if options.quotes else text


def _json(names: Sequence[str], kinds: Sequence[Kind], row: Row) -> str:
    parts = []
    for name, (oid, _), value in zip(names, kinds, row, strict=True):
        if value is None:
            shown = "null"
        elif oid == _BOOL:
            shown = "true" if value == "t" else "false"
        else:
            shown = value if oid in _BARE else json.dumps(value, ensure_ascii=False)
        parts.append(f"{json.dumps(name, ensure_ascii=False)}:{shown}")
    return "{" + ",".join(parts) + "}"


def _parquet(names: Sequence[str], kinds: Sequence[Kind], rows: Sequence[Row]) -> bytes:
    arrays = [_array(kind, [row[at] for row in rows]) for at, kind in enumerate(kinds)]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=list(names)), out)
    return out.getvalue()


def _array(kind: Kind, values: Sequence[str | None]) -> pa.Array:
    oid, modifier = kind
    if oid == _BOOL:
        return pa.array([None if value is None else value == "t" for value in values], pa.bool_())
    strings = pa.array(values, pa.string())
    if oid == _NUMERIC:
        return strings.cast(_decimal(modifier, values))
    if oid in (_TIMESTAMP, _TIMESTAMPTZ):
        bare = pa.array([v and re.sub(r"\+00\Z", "", v) for v in values], pa.string()).cast(pa.timestamp("us"))
        return bare.cast(pa.timestamp("us", "UTC")) if oid == _TIMESTAMPTZ else bare
    return strings.cast(_PLAIN[oid]) if oid in _PLAIN else strings


def _decimal(modifier: int, values: Sequence[str | None]) -> pa.DataType:
    if modifier > 0:
        return pa.decimal128((modifier - 4) >> 16, (modifier - 4) & 0x7FF)
    scale = max((len(value.partition(".")[2]) for value in values if value), default=0)
    return pa.decimal128(38, min(37, scale))
