"""DISTSTYLE, DISTKEY, SORTKEY and ENCODE: read off a statement's tokens and remembered beside the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from redshift_standin.errors import Refused
from redshift_standin.statements import Text, literal

ENCODINGS = {
    "RAW", "AZ64", "BYTEDICT", "DELTA", "DELTA32K", "LZO", "MOSTLY8", "MOSTLY16", "MOSTLY32", "RUNLENGTH", "TEXT255",
    "TEXT32K", "ZSTD", "NONE", "AUTO",
}  # fmt: skip
_STYLES = ("AUTO", "EVEN", "KEY", "ALL")


@dataclass(frozen=True)
class Attributes:
    """How Redshift would lay out a table. Empty `sortstyle`: no sort key was named."""

    diststyle: str = ""
    distkey: str = ""
    sortkey: tuple[str, ...] = ()
    sortstyle: str = ""
    encodings: tuple[tuple[str, str], ...] = ()

    def checked(self) -> Attributes:
        """Without contradictions, with what Redshift assumes filled in."""
        if self.diststyle == "KEY" and not self.distkey:
            raise Refused("DISTSTYLE KEY requires a DISTKEY column", "42601")
        if self.distkey and self.diststyle not in ("", "KEY", "AUTO"):
            raise Refused(f"Cannot specify DISTKEY column with DISTSTYLE {self.diststyle}", "42601")
        most = 8 if self.sortstyle == "INTERLEAVED" else 400
        if len(self.sortkey) > most:
            raise Refused(f"SORTKEY has more than {most} columns", "54011")
        style = self.diststyle or ("KEY" if self.distkey else "AUTO")
        return replace(self, diststyle=style, sortstyle=self.sortstyle or ("COMPOUND" if self.sortkey else "AUTO"))

    def columns(self) -> set[str]:
        """The columns they name."""
        return {*self.sortkey, *((self.distkey,) if self.distkey else ()), *(name for name, _ in self.encodings)}


def read(text: Text, at: int, end: int, found: Attributes) -> Attributes:
    """The attributes after a table's columns, tokens [at, end)."""
    while at < end:
        word, following = text.words(2, at)
        if word == "DISTSTYLE" and following in _STYLES:
            found, at = replace(found, diststyle=following), at + 2
        elif word == "DISTKEY":
            names, at = names_at(text, at + 1)
            found = replace(found, distkey=_one(names))
        elif word in ("COMPOUND", "INTERLEAVED") and following == "SORTKEY":
            names, at = names_at(text, at + 2)
            found = replace(found, sortkey=tuple(names), sortstyle=word)
        elif word == "SORTKEY" and following in ("AUTO", "NONE"):
            found, at = replace(found, sortkey=(), sortstyle=following), at + 2
        elif word == "SORTKEY":
            names, at = names_at(text, at + 1)
            found = replace(found, sortkey=tuple(names), sortstyle="COMPOUND")
        elif (word, following) in (("ENCODE", "AUTO"), ("BACKUP", "YES"), ("BACKUP", "NO")):
            at += 2
        else:
            raise Refused(f'syntax error at or near "{text.between(at, at + 1)}"', "42601")
    return found


def names_at(text: Text, at: int) -> tuple[list[str], int]:
    """Names in parentheses, or one without, and the place after them."""
    if text.word(at) != "(":
        return [text.tokens[at].text.lower()], at + 1
    end = text.closing(at)
    return [token.text.lower() for token in text.tokens[at + 1 : end] if token.text != ","], end + 1


def strip(text: Text, first: int, end: int) -> tuple[str, Attributes]:
    """Column definitions, tokens [first, end), without their ENCODE, DISTKEY and SORTKEY, and what those said."""
    kept: list[str] = []
    found = Attributes()
    depth, column, at = 0, "", first
    while at < end:
        word = text.word(at)
        depth += {"(": 1, ")": -1}.get(word, 0)
        at_start = at == first or (depth == 0 and text.word(at - 1) == ",")
        if at_start:
            column = text.tokens[at].text.lower()
        if depth == 0 and not at_start and word in ("ENCODE", "DISTKEY", "SORTKEY"):
            found, at = _inline(text, at, column, found)
            continue
        kept.append(text.between(at, at + 1))
        at += 1
    return " ".join(kept), found


def _inline(text: Text, at: int, column: str, found: Attributes) -> tuple[Attributes, int]:
    word = text.word(at)
    if word == "DISTKEY":
        return replace(found, distkey=column), at + 1
    if word == "SORTKEY":
        return replace(found, sortkey=(*found.sortkey, column), sortstyle="COMPOUND"), at + 1
    encoding = text.word(at + 1)
    if encoding not in ENCODINGS:
        raise Refused(f'unknown compression encoding "{encoding.lower()}"', "42601")
    return replace(found, encodings=(*found.encodings, (column, encoding.lower()))), at + 2


def remember(table: str, known: Attributes) -> list[str]:
    """Statements that note a table's attributes."""
    target = f"{literal(table)}::regclass::oid"
    statements = [f"INSERT INTO standin.table_attributes VALUES ({target}, {values(known)})"]
    return statements + [encode(table, name, encoding) for name, encoding in known.encodings]


def values(known: Attributes) -> str:
    """The columns of standin.table_attributes after the oid."""
    key = literal(known.distkey) if known.distkey else "NULL"
    return f"{literal(known.diststyle)}, {key}, {array(known.sortkey)}, {literal(known.sortstyle)}"


def encode(table: str, column: str, encoding: str) -> str:
    """The statement that notes a column's encoding."""
    target = f"{literal(table)}::regclass::oid"
    return f"INSERT INTO standin.encodings VALUES ({target}, {literal(column)}, {literal(encoding)})"


def array(names: Iterable[str]) -> str:
    """Names as an array of PostgreSQL's."""
    return f"ARRAY[{', '.join(map(literal, names))}]::text[]"


def _one(names: Sequence[str]) -> str:
    if len(names) != 1:
        raise Refused("Only one column can be the DISTKEY", "42601")
    return names[0]
