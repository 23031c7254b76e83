"""One field of a file as a value of a column: Redshift's rules, its error numbers and reasons."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation

from redshift_standin import times
from redshift_standin.bad import Bad
from redshift_standin.copy_options import Copy


@dataclass(frozen=True)
class Column:
    """A column of the table a COPY fills. `size`: bytes, or precision; `scale` of a decimal."""

    name: str
    type: str
    size: int = 0
    scale: int = 0
    required: bool = False

    @property
    def is_text(self) -> bool:
        """Whether an empty field is an empty string here, not a missing value."""
        return self.type in ("varchar", "char")


Converter = Callable[[str], str]

_INTEGERS = {"int2": (1 << 15, "Short"), "int4": (1 << 31, "Integer"), "int8": (1 << 63, "Long")}
_INTEGER = re.compile(r"[+-]?\d+\Z", re.ASCII)
_FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
_TRUE = {"t", "true", "y", "yes", "1"}
_FALSE = {"f", "false", "n", "no", "0"}


def converter(column: Column, copy: Copy) -> Converter:
    """A function from a field to PostgreSQL's text for it; Bad where it does not fit."""
    kind = column.type
    if kind in _INTEGERS:
        return _integer(*_INTEGERS[kind])
    if kind == "numeric":
        return _decimal(column, ROUND_HALF_UP if copy.round_decimals else ROUND_DOWN)
    if kind in ("float4", "float8"):
        return _float
    if kind == "bool":
        return _bool
    if kind == "date":
        return times.day(copy.date_format)
    if kind in ("timestamp", "timestamptz"):
        return times.moment(copy.time_format, kind == "timestamptz")
    if column.is_text:
        return _text(column, copy)
    return lambda value: value


def _integer(limit: int, name: str) -> Converter:
    def convert(value: str) -> str:
        stripped = value.strip(" ")
        if not _INTEGER.match(stripped):
            raise Bad(1207, _invalid_digit(value, name))
        if not -limit <= int(stripped) < limit:
            raise Bad(1207, f"Overflow, Value '{value[:20]}', Type: {name}")
        return stripped

    return convert


def _invalid_digit(value: str, name: str) -> str:
    at = next((i for i, c in enumerate(value) if not (c.isdigit() or (i == 0 and c in "+-"))), len(value))
    shown = value[at] if at < len(value) else "\\0"
    return f"Invalid digit, Value '{shown}', Pos {at}, Type: {name}"


def _decimal(column: Column, rounding: str) -> Converter:
    step = Decimal(1).scaleb(-column.scale)
    limit = Decimal(10) ** (column.size - column.scale)

    def convert(value: str) -> str:
        stripped = value.strip(" ")
        if not _FLOAT.match(stripped):
            raise Bad(1207, _invalid_digit(value, "Decimal"))
        number = Decimal(stripped)
        if abs(number) >= limit:
            raise Bad(1208, f"Numeric overflow (result precision), Value '{value[:40]}', Type: Decimal")
        try:
            # Redshift cuts what the scale does not hold; PostgreSQL would round it.
            return str(number.quantize(step, rounding=rounding))
        except InvalidOperation:
            return stripped

    return convert


def _float(value: str) -> str:
    stripped = value.strip(" ")
    if not _FLOAT.match(stripped):
        raise Bad(1207, _invalid_digit(value, "Float"))
    return stripped


def _bool(value: str) -> str:
    word = value.strip(" ").lower()
    if word in _TRUE:
        return "t"
    if word in _FALSE:
        return "f"
    raise Bad(1210, f"Unknown boolean format, Value '{value[:20]}'")


def _text(column: Column, copy: Copy) -> Converter:
    size, is_char = column.size, column.type == "char"

    def convert(value: str) -> str:
        if value.isascii():
            if len(value) > size:
                return _long(value.encode())
            if "\0" in value:
                raise Bad(1214, "Missing newline: Unexpected character 0x00 found")
            return value
        value = _valid(value, copy.replace_invalid)
        data = value.encode()
        if is_char and not value.isascii():
            raise Bad(1220, "Multibyte character not supported for CHAR (Hint: try using VARCHAR)")
        return value if len(data) <= size else _long(data)

    def _long(data: bytes) -> str:
        if not copy.truncate:
            raise Bad(1204, "String length exceeds DDL length")
        return data[:size].decode(errors="ignore")

    return convert


def _valid(value: str, replacement: str | None) -> str:
    """Bytes that are not UTF-8 come as lone surrogates."""
    try:
        value.encode()
        return value
    except UnicodeEncodeError as error:
        if replacement is None:
            raw = value[error.start].encode("utf-8", "surrogateescape").hex()
            raise Bad(
                1220, f"String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: {raw} (error 2)"
            ) from None
    return "".join(replacement if "\ud800" <= c <= "\udfff" else c for c in value)
