"""COPY's grammar: the table, its columns, where from, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlglot.tokens import TokenType

from redshift_standin.errors import Refused, unsupported
from redshift_standin.statements import Text

COLUMNAR = ("PARQUET",)


@dataclass(frozen=True)
class Copy:
    """One COPY. Credentials are read over and kept nowhere."""

    table: str
    columns: tuple[str, ...]
    source: str
    format: str = "TEXT"
    manifest: bool = False
    compression: str = ""
    delimiter: str = "|"
    quote: str = '"'
    null_as: str = "\\N"
    skip_lines: int = 0
    max_errors: int = 0
    empty_as_null: bool = False
    blanks_as_null: bool = False
    truncate: bool = False
    replace_invalid: str | None = None
    date_format: str = ""
    time_format: str = ""
    fill: bool = False
    skip_blank_lines: bool = False
    escape: bool = False
    remove_quotes: bool = False
    round_decimals: bool = False
    ignore_case: bool = False
    region: str = ""
    authorized: str = ""
    seen: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Place:
    """Where in the tokens the reading is."""

    text: Text
    at: int

    def string(self, what: str, skip: tuple[str, ...] = ("AS",)) -> tuple[str, int]:
        at = self.at
        while self.text.word(at) in skip:
            at += 1
        if at >= len(self.text.tokens) or self.text.tokens[at].token_type != TokenType.STRING:
            raise Refused(f"syntax error: {what} needs a value in quotes", "42601")
        return self.text.tokens[at].text, at + 1

    def number(self, what: str, fallback: int | None = None) -> tuple[int, int]:
        at = self.at + (self.text.word(self.at) == "AS")
        if self.text.word(at).isdigit():
            return int(self.text.word(at)), at + 1
        if fallback is None:
            raise Refused(f"syntax error: {what} needs a number", "42601")
        return fallback, at

    def optional(self, fallback: str) -> tuple[str, int]:
        at = self.at + (self.text.word(self.at) == "AS")
        if at < len(self.text.tokens) and self.text.tokens[at].token_type == TokenType.STRING:
            return self.text.tokens[at].text, at + 1
        return fallback, at


_Step = tuple[Copy, int]


def read(text: Text) -> Copy:
    """COPY t [(columns)] FROM 's3://…' options."""
    table, at = text.name(1)
    columns: tuple[str, ...] = ()
    if text.word(at) == "(":
        end = text.closing(at)
        columns = tuple(token.text.lower() for token in text.tokens[at + 1 : end] if token.text != ",")
        at = end + 1
    if text.word(at) != "FROM":
        raise Refused(f'syntax error at or near "{text.word(at)}"', "42601")
    source, at = _Place(text, at + 1).string("FROM")
    if not source.startswith("s3://"):
        raise unsupported("COPY from elsewhere than s3://")
    copy = Copy(table, columns, source)
    while at < len(text.tokens):
        word = text.word(at)
        step = _OPTIONS.get(word)
        if step is None:
            raise Refused(
                f'stand-in: this option of COPY is not supported here: "{word or "a value in quotes"}"', "0A000"
            )
        copy, at = step(copy, _Place(text, at + 1))
        copy = replace(copy, seen=(*copy.seen, word))
    return _consistent(copy)


_COLUMNAR_ONLY = {"IAM_ROLE", "FORMAT", "PARQUET", "MANIFEST", "STATUPDATE", "FILLRECORD", "ACCEPTINVCHARS"}
_NOT_FOR: Mapping[str, tuple[str, ...]] = {
    "JSON": ("DELIMITER", "ESCAPE", "REMOVEQUOTES", "FILLRECORD", "IGNOREHEADER", "QUOTE"),
    "AVRO": ("DELIMITER", "ESCAPE", "REMOVEQUOTES", "FILLRECORD", "IGNOREHEADER", "QUOTE"),
    "CSV": ("ESCAPE", "REMOVEQUOTES"),
    "TEXT": ("QUOTE",),
}


def _consistent(copy: Copy) -> Copy:
    if not copy.authorized:
        raise Refused("Invalid operation: COPY needs IAM_ROLE, CREDENTIALS or access keys", "42601")
    if copy.format in COLUMNAR and copy.authorized != "IAM_ROLE":
        raise Refused("COPY from this file format only accepts IAM_ROLE credentials", "0A000")
    for word in copy.seen:
        if copy.format in COLUMNAR and word not in _COLUMNAR_ONLY:
            raise Refused(f"{word} argument is not supported for {copy.format} based COPY", "0A000")
        if word in _NOT_FOR.get(copy.format, ()):
            raise Refused(f"{word} is not supported for {copy.format}", "0A000")
    if copy.format == "CSV" and "DELIMITER" not in copy.seen:
        return replace(copy, delimiter=",")
    return copy


def _format(copy: Copy, place: _Place) -> _Step:
    at = place.at + (place.text.word(place.at) == "AS")
    word = place.text.word(at)
    if word not in ("CSV", "PARQUET", "AVRO", "JSON"):
        raise unsupported(f"COPY FORMAT {word}")
    return _OPTIONS[word](copy, _Place(place.text, at + 1))


def _by_name(kind: str) -> Callable[[Copy, _Place], _Step]:
    def step(copy: Copy, place: _Place) -> _Step:
        how, at = place.string(kind) if kind == "JSON" else place.optional("auto")
        if how not in ("auto", "auto ignorecase"):
            raise unsupported(f"{kind} with {how.split('://')[0]} paths (only 'auto' and 'auto ignorecase')")
        return replace(copy, format=kind, ignore_case=how == "auto ignorecase"), at

    return step


def _csv(copy: Copy, place: _Place) -> _Step:
    return replace(copy, format="CSV"), place.at


def _set(**values: Any) -> Callable[[Copy, _Place], _Step]:
    return lambda copy, place: (replace(copy, **values), place.at)


def _string(name: str, what: str) -> Callable[[Copy, _Place], _Step]:
    def step(copy: Copy, place: _Place) -> _Step:
        value, at = place.string(what)
        return replace(copy, **{name: value}), at  # type: ignore[arg-type]

    return step


def _number(name: str, what: str, fallback: int | None = None) -> Callable[[Copy, _Place], _Step]:
    def step(copy: Copy, place: _Place) -> _Step:
        value, at = place.number(what, fallback)
        return replace(copy, **{name: value}), at  # type: ignore[arg-type]

    return step


def _secret(word: str) -> Callable[[Copy, _Place], _Step]:
    def step(copy: Copy, place: _Place) -> _Step:
        if word == "IAM_ROLE" and place.text.word(place.at) == "DEFAULT":
            return replace(copy, authorized=word), place.at + 1
        _, at = place.string(word)
        return replace(copy, authorized=word), at

    return step


def _null(copy: Copy, place: _Place) -> _Step:
    value, at = place.string("NULL AS")
    return replace(copy, null_as={"\\0": "\0"}.get(value, value)), at


def _on_off(copy: Copy, place: _Place) -> _Step:
    return copy, place.at + (place.text.word(place.at) in ("ON", "OFF", "TRUE", "FALSE", "PRESET"))


def _invalid(copy: Copy, place: _Place) -> _Step:
    value, at = place.optional("?")
    return replace(copy, replace_invalid=value), at


def _delimiter(copy: Copy, place: _Place) -> _Step:
    value, at = place.string("DELIMITER")
    value = {"\\t": "\t"}.get(value, value)
    if len(value) != 1:
        raise Refused("delimiter must be a single character", "22023")
    return replace(copy, delimiter=value), at


_OPTIONS: Mapping[str, Callable[[Copy, _Place], _Step]] = {
    "FORMAT": _format,
    "CSV": _csv,
    "PARQUET": _set(format="PARQUET"),
    "AVRO": _by_name("AVRO"),
    "JSON": _by_name("JSON"),
    "MANIFEST": _set(manifest=True),
    "GZIP": _set(compression="GZIP"),
    "BZIP2": _set(compression="BZIP2"),
    "ZSTD": _set(compression="ZSTD"),
    "DELIMITER": _delimiter,
    "QUOTE": _string("quote", "QUOTE"),
    "NULL": _null,
    "IGNOREHEADER": _number("skip_lines", "IGNOREHEADER"),
    "MAXERROR": _number("max_errors", "MAXERROR", 100000),
    "EMPTYASNULL": _set(empty_as_null=True),
    "BLANKSASNULL": _set(blanks_as_null=True),
    "TRUNCATECOLUMNS": _set(truncate=True),
    "ACCEPTINVCHARS": _invalid,
    "DATEFORMAT": _string("date_format", "DATEFORMAT"),
    "TIMEFORMAT": _string("time_format", "TIMEFORMAT"),
    "FILLRECORD": _set(fill=True),
    "IGNOREBLANKLINES": _set(skip_blank_lines=True),
    "ESCAPE": _set(escape=True),
    "REMOVEQUOTES": _set(remove_quotes=True),
    "ROUNDEC": _set(round_decimals=True),
    "TRIMBLANKS": _set(),
    "REGION": _string("region", "REGION"),
    "IAM_ROLE": _secret("IAM_ROLE"),
    "CREDENTIALS": _secret("CREDENTIALS"),
    "ACCESS_KEY_ID": _secret("ACCESS_KEY_ID"),
    "SECRET_ACCESS_KEY": _secret("SECRET_ACCESS_KEY"),
    "SESSION_TOKEN": _secret("SESSION_TOKEN"),
    "WITH": _set(),
    "STATUPDATE": _on_off,
    "COMPUPDATE": _on_off,
    "ENCODING": lambda copy, place: (copy, place.at + 2 if place.text.word(place.at) == "AS" else place.at + 1),
}
