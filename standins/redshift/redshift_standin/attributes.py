"""DISTSTYLE, DISTKEY and SORTKEY: read off a statement's tokens and remembered beside the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from redshift_standin.errors import Refused
from redshift_standin.statements import Text, literal

_STYLES = ("AUTO", "EVEN", "KEY", "ALL")


@dataclass(frozen=True)
class Attributes:
    """How Redshift would lay out a table. Empty `sortstyle`: no sort key was named."""

    diststyle: str = ""
    distkey: str = ""
    sortkey: tuple[str, ...] = ()
    sortstyle: str = ""

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
        return {*self.sortkey, *((self.distkey,) if self.distkey else ())}


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


def remember(table: str, known: Attributes) -> str:
    """The statement that notes a table's attributes."""
    return f"INSERT INTO standin.table_attributes VALUES ({literal(table)}::regclass::oid, {values(known)})"


def values(known: Attributes) -> str:
    """The columns of standin.table_attributes after the oid."""
    key = literal(known.distkey) if known.distkey else "NULL"
    return f"{literal(known.diststyle)}, {key}, {array(known.sortkey)}, {literal(known.sortstyle)}"


def array(names: Iterable[str]) -> str:
    """Names as an array of PostgreSQL's."""
    return f"ARRAY[{', '.join(map(literal, names))}]::text[]"


def _one(names: Sequence[str]) -> str:
    if len(names) != 1:
        raise Refused("Only one column can be the DISTKEY", "42601")
    return names[0]
