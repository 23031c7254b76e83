"""COPY's options, one by one: how each is read off the tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import TokenType

from redshift_standin.copy_options import Copy
from redshift_standin.errors import Refused, unsupported
from redshift_standin.statements import Text


@dataclass(frozen=True)
class Place:
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


Step = tuple[Copy, int]


def _format(copy: Copy, place: Place) -> Step:
    at = place.at + (place.text.word(place.at) == "AS")
    word = place.text.word(at)
    if word not in ("CSV", "PARQUET", "AVRO", "JSON"):
        raise unsupported(f"COPY FORMAT {word}")
    return OPTIONS[word](copy, Place(place.text, at + 1))


def _by_name(kind: str) -> Callable[[Copy, Place], Step]:
    def step(copy: Copy, place: Place) -> Step:
        how, at = place.string(kind) if kind == "JSON" else place.optional("auto")
        if how not in ("auto", "auto ignorecase"):
            raise unsupported(f"{kind} with {how.split('://')[0]} paths (only 'auto' and 'auto ignorecase')")
        return replace(copy, format=kind, ignore_case=how == "auto ignorecase"), at

    return step


def _csv(copy: Copy, place: Place) -> Step:
    return replace(copy, format="CSV"), place.at


def _set(**values: Any) -> Callable[[Copy, Place], Step]:
    return lambda copy, place: (replace(copy, **values), place.at)


def _string(name: str, what: str) -> Callable[[Copy, Place], Step]:
    def step(copy: Copy, place: Place) -> Step:
        value, at = place.string(what)
        changes: dict[str, Any] = {name: value}
        return replace(copy, **changes), at

    return step


def _number(name: str, what: str, fallback: int | None = None) -> Callable[[Copy, Place], Step]:
    def step(copy: Copy, place: Place) -> Step:
        value, at = place.number(what, fallback)
        changes: dict[str, Any] = {name: value}
        return replace(copy, **changes), at

    return step


def _secret(word: str) -> Callable[[Copy, Place], Step]:
    def step(copy: Copy, place: Place) -> Step:
        if word == "IAM_ROLE" and place.text.word(place.at) == "DEFAULT":
            return replace(copy, authorized=word), place.at + 1
        _, at = place.string(word)
        return replace(copy, authorized=word), at

    return step


def _null(copy: Copy, place: Place) -> Step:
    value, at = place.string("NULL AS")
    return replace(copy, null_as={"\\0": "\0"}.get(value, value)), at


def _on_off(copy: Copy, place: Place) -> Step:
    return copy, place.at + (place.text.word(place.at) in ("ON", "OFF", "TRUE", "FALSE", "PRESET"))


def _invalid(copy: Copy, place: Place) -> Step:
    value, at = place.optional("?")
    return replace(copy, replace_invalid=value), at


def _delimiter(copy: Copy, place: Place) -> Step:
    value, at = place.string("DELIMITER")
    value = {"\\t": "\t"}.get(value, value)
    if len(value) != 1:
        raise Refused("delimiter must be a single character", "22023")
    return replace(copy, delimiter=value), at


OPTIONS: Mapping[str, Callable[[Copy, Place], Step]] = {
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
    "SERIALIZETOJSON": _set(),
    "STATUPDATE": _on_off,
    "COMPUPDATE": _on_off,
    "ENCODING": lambda copy, place: (copy, place.at + 2 if place.text.word(place.at) == "AS" else place.at + 1),
}
