"""Files row by row: CSV, delimited text, JSON, Avro. Every value as text, as COPY sees it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, cast

import fastavro

from redshift_standin.copy_options import Copy
from redshift_standin.errors import Refused

csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Line:
    """A row as read: where it stands, and its fields; `None` is a missing value. `problem`: it could not be read."""

    number: int
    fields: Sequence[str | None]
    problem: tuple[int, str] | None = None


def lines(copy: Copy, data: IO[bytes], columns: Sequence[str]) -> Iterator[Line]:
    """The rows of one object, their fields in the order of these columns."""
    if copy.format == "JSON":
        return _json(copy, data, columns)
    if copy.format == "AVRO":
        return _avro(copy, data, columns)
    text = io.TextIOWrapper(data, encoding="utf-8", errors="surrogateescape", newline="")
    if copy.format == "CSV":
        return _csv(copy, text)
    return _delimited(copy, text)


def _csv(copy: Copy, text: IO[str]) -> Iterator[Line]:
    reader = csv.reader(text, delimiter=copy.delimiter, quotechar=copy.quote, strict=True)
    before = 0
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(before + 1, [], (1203, f"Invalid quote formatting for CSV: {error}"))
            return
        # A record may hold newlines: its number is that of its first line.
        number, before = before + 1, reader.line_num
        if number <= copy.skip_lines or (not fields and copy.skip_blank_lines):
            continue
        yield Line(number, fields or [""])


def _delimited(copy: Copy, text: IO[str]) -> Iterator[Line]:
    number, pending = 0, ""
    for raw in text:
        number += 1
        whole = pending + raw
        if copy.escape and re.search(r"(?<!\\)(\\\\)*\\\r?\n\Z", whole):
            pending = whole
            continue
        pending = ""
        body = whole.rstrip("\n").removesuffix("\r")
        if number <= copy.skip_lines or (not body.strip() and copy.skip_blank_lines):
            continue
        yield Line(number, _fields(copy, body))


def _fields(copy: Copy, body: str) -> list[str | None]:
    d = re.escape(copy.delimiter)
    if copy.remove_quotes:
        found = re.findall(rf'(?:^|{d})("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|[^{d}]*)', body, re.DOTALL)
        return [_unescaped(copy, f[1:-1] if len(f) > 1 and f[0] == f[-1] and f[0] in "\"'" else f) for f in found]
    if not copy.escape:
        return list(body.split(copy.delimiter))
    return [_unescaped(copy, f) for f in re.findall(rf"(?:^|{d})((?:[^{d}\\]|\\.|\\\Z)*)", body, re.DOTALL)]


def _unescaped(copy: Copy, field: str) -> str | None:
    if field == copy.null_as:
        return None
    return re.sub(r"\\(.)", r"\1", field, flags=re.DOTALL) if copy.escape else field


def _json(copy: Copy, data: IO[bytes], columns: Sequence[str]) -> Iterator[Line]:
    text = data.read().decode("utf-8", "surrogateescape")
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
    at, number = _past_blanks(text, 0), 1
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError as error:
            yield Line(number, [], (1231, f"Invalid JSON format: {error}"))
            return
        values = value if isinstance(value, list) and number == 1 else [value]
        for item in values:
            if isinstance(item, dict):
                yield Line(number, _by_name(copy, {k: _json_text(v) for k, v in item.items()}, columns))
            else:
                yield Line(number, [], (1231, "Invalid JSONPath format: an object is expected"))
        number += text.count("\n", at, after := _past_blanks(text, end))
        at = after


def _past_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _json_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _avro(copy: Copy, data: IO[bytes], columns: Sequence[str]) -> Iterator[Line]:
    try:
        reader = fastavro.reader(io.BytesIO(data.read()))
        # Redshift knows no logical types: a date is the number that the file holds.
        plain = _without_logical(reader.writer_schema)
    except (ValueError, EOFError) as error:
        raise Refused(f"Invalid AVRO file: {error}", "XX000") from None
    data.seek(0)
    for number, record in enumerate(_records(data, plain), 1):
        yield Line(number, _by_name(copy, {k: _avro_text(v) for k, v in record.items()}, columns))


def _records(data: IO[bytes], plain: Any) -> Iterator[Mapping[str, Any]]:
    blocks: Any = fastavro.block_reader(data)
    schema = fastavro.parse_schema(plain)
    for block in blocks:
        stream = block.bytes_
        for _ in range(block.num_records):
            yield cast(dict[str, Any], fastavro.schemaless_reader(stream, schema, None))


def _without_logical(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_logical(part) for part in schema]
    if isinstance(schema, dict):
        dropped = ("logicalType", "precision", "scale", "__fastavro_parsed__", "__named_schemas")
        return {key: _without_logical(value) for key, value in schema.items() if key not in dropped}
    return schema


def _avro_text(value: Any) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, float):
        return repr(value)
    return _json_text(value)


def _by_name(copy: Copy, record: Mapping[str, str | None], columns: Sequence[str]) -> list[str | None]:
    found = {key.lower(): value for key, value in record.items()} if copy.ignore_case else record
    return [found.get(column) for column in columns]
