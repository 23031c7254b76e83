"""One field of a file as a value of a column: Redshift's rules, its error numbers and reasons."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation

from redshift_standin.copy_options import Copy


class Bad(Exception):
    """A field that does not fit its column."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


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
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?))?\Z", re.ASCII)
_ZONE = re.compile(r"\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)\Z")
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
        return _date(copy.date_format)
    if kind in ("timestamp", "timestamptz"):
        return _timestamp(copy.time_format, kind == "timestamptz")
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


def _date(form: str) -> Converter:
    patterns = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%m/%d/%Y", "%d-%b-%Y") if form == "auto" else ("%Y-%m-%d",)
    if form not in ("", "auto", "YYYY-MM-DD"):
        patterns = (_pattern(form),)

    def convert(value: str) -> str:
        # A timestamp's date will do with 'auto'.
        text = value.strip(" ")
        text = text[:10] if form == "auto" and _STAMP.match(_ZONE.sub("", text)) else text
        for pattern in patterns:
            try:
                return datetime.strptime(text, pattern).date().isoformat()
            except ValueError:
                continue
        raise Bad(
            1205, f"Invalid Date Format - length must be 10 or more{'' if len(text) < 10 else f', Value {text[:20]!r}'}"
        )

    def iso(value: str) -> str:
        try:
            return date.fromisoformat(value).isoformat() if len(value) == 10 else convert(value)
        except ValueError:
            return convert(value)

    return iso if form in ("", "auto", "YYYY-MM-DD") else convert


def _timestamp(form: str, zoned: bool) -> Converter:
    scale = {"epochsecs": 1, "epochmillisecs": 1000}.get(form)

    def from_epoch(value: str) -> str:
        if not _INTEGER.match(value):
            raise Bad(1206, "Invalid timestamp format or value [epoch]")
        moment = datetime(1970, 1, 1) + timedelta(seconds=int(Decimal(value) / (scale or 1)))
        return moment.isoformat(sep=" ") + ("+00" if zoned else "")

    def convert(value: str) -> str:
        text = value.strip(" ")
        zone = _ZONE.search(text) if len(text) > 10 else None
        bare = text[: zone.start()] if zone else text
        found = _STAMP.match(bare)
        if not found or (not form and "T" in bare):
            raise Bad(1206, "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]")
        try:
            moment = datetime.fromisoformat(f"{found[1]} {_six(found[2] or '00:00')}")
        except ValueError:
            raise Bad(1206, "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]") from None
        if zone and zone[1] not in ("Z", "UTC", "+00", "+0000", "+00:00") and not zoned:
            moment = (
                datetime.fromisoformat(f"{moment.isoformat()}{_offset(zone[1])}").astimezone(UTC).replace(tzinfo=None)
            )
            return moment.isoformat(sep=" ")
        return moment.isoformat(sep=" ") + ((zone[1] if zone else "+00") if zoned else "")

    def patterned(value: str) -> str:
        try:
            return datetime.strptime(value, _pattern(form)).isoformat(sep=" ")
        except ValueError:
            raise Bad(1206, f"Invalid timestamp format or value [{form}]") from None

    if scale:
        return from_epoch
    return convert if form in ("", "auto") or form.startswith("YYYY-MM-DD HH") else patterned


def _six(clock: str) -> str:
    """The time of day with at most microseconds, which is what Redshift keeps."""
    whole, dot, fraction = clock.replace(",", ".").partition(".")
    return whole + (dot + fraction[:6].ljust(6, "0") if dot else "")


def _offset(zone: str) -> str:
    digits = zone.replace(":", "")
    return f"{digits[:3]}:{digits[3:] or '00'}"


_PARTS = (
    ("YYYY", "%Y"), ("MON", "%b"), ("MM", "%m"), ("DD", "%d"), ("HH24", "%H"), ("HH", "%H"), ("MI", "%M"), ("SS", "%S"),
    ("YY", "%y"),
)  # fmt: skip


def _pattern(form: str) -> str:
    for theirs, ours in _PARTS:
        form = form.replace(theirs, ours)
    return form


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
