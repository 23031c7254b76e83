"""COPY's grammar: the table, its columns, where from, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from redshift_standin.copy_grammar import OPTIONS, Place
from redshift_standin.copy_options import COLUMNAR, Copy
from redshift_standin.errors import Refused, unsupported
from redshift_standin.statements import Text


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
    source, at = Place(text, at + 1).string("FROM")
    if not source.startswith("s3://"):
        raise unsupported("COPY from elsewhere than s3://")
    copy = Copy(table, columns, source)
    while at < len(text.tokens):
        word = text.word(at)
        step = OPTIONS.get(word)
        if step is None:
            raise Refused(
                f'stand-in: this option of COPY is not supported here: "{word or "a value in quotes"}"', "0A000"
            )
        copy, at = step(copy, Place(text, at + 1))
        copy = replace(copy, seen=(*copy.seen, word))
    return _consistent(copy)


_COLUMNAR_ONLY = {
    *("IAM_ROLE", "CREDENTIALS", "FORMAT", "PARQUET", "MANIFEST", "STATUPDATE", "FILLRECORD", "ACCEPTINVCHARS"),
    "SERIALIZETOJSON",
}
_NOT_FOR: Mapping[str, tuple[str, ...]] = {
    "JSON": ("DELIMITER", "ESCAPE", "REMOVEQUOTES", "FILLRECORD", "IGNOREHEADER", "QUOTE"),
    "AVRO": ("DELIMITER", "ESCAPE", "REMOVEQUOTES", "FILLRECORD", "IGNOREHEADER", "QUOTE"),
    "CSV": ("ESCAPE", "REMOVEQUOTES"),
    "TEXT": ("QUOTE",),
}


def _consistent(copy: Copy) -> Copy:
    if not copy.authorized:
        raise Refused("Invalid operation: COPY needs IAM_ROLE, CREDENTIALS or access keys", "42601")
    if copy.format in COLUMNAR and copy.authorized not in ("IAM_ROLE", "CREDENTIALS"):
        raise Refused("COPY from this file format only accepts IAM_ROLE credentials", "0A000")
    for word in copy.seen:
        if copy.format in COLUMNAR and word not in _COLUMNAR_ONLY:
            raise Refused(f"{word} argument is not supported for {copy.format} based COPY", "0A000")
        if word in _NOT_FOR.get(copy.format, ()):
            raise Refused(f"{word} is not supported for {copy.format}", "0A000")
    if copy.format == "CSV" and "DELIMITER" not in copy.seen:
        return replace(copy, delimiter=",")
    return copy
