"""Spark's datetime patterns, letter by letter: what they read, and what is wrong with them.

A pattern is looked at before Spark starts. What Spark 3.5 and 4 refuse is refused here, and also what they take and
read as something else than was meant (`mm` for a month, `hh` without `a`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from spark_app.runtime.zones import fixed_offset

# Plain words beside the patterns: how many of them are a second.
EPOCHS = {"epoch_seconds": 1, "epoch_millis": 1_000, "epoch_micros": 1_000_000}
ZONE_LETTERS, TIME_LETTERS = frozenset("VzvOXxZ"), frozenset("HhKkms")
_NAME_LETTERS = frozenset("VzvO")  # those that read a name, not an offset alone
Kind = Literal["letters", "quoted", "text", "open", "close"]


@dataclass(frozen=True)
class Part:
    """A piece of a pattern: a run of one letter, a quoted or bare text, or a bracket; `at`: its place."""

    kind: Kind
    text: str
    at: int

    @property
    def letter(self) -> str:
        return self.text[0] if self.kind == "letters" else ""


@dataclass(frozen=True)
class Reading:
    """A pattern without a choice of zone or none: it reads the zone, names one (`'Z'`: `+00:00`), or knows none.

    `named`: where it reads names (`z`, `VV`, `O`), the same pattern for a text with the clock's offset in its place.
    """

    pattern: str
    reads_zone: bool
    offset: str | None = None
    named: str | None = None


_PART = re.compile(
    r"(?P<letters>([A-Za-z])\2*)|(?P<quoted>'(?:[^']|'')*'|'')|(?P<open>\[)|(?P<close>\])|(?P<text>[^A-Za-z'\[\]]+|')"
)


def parts(pattern: str) -> tuple[Part, ...]:
    """The pieces of a pattern in their order; a quote that does not close is text."""
    found = _PART.finditer(pattern)
    return tuple(Part(_kind(one), one.group(0), one.start()) for one in found)


def _kind(found: re.Match[str]) -> Kind:
    kinds: tuple[Kind, ...] = ("letters", "quoted", "open", "close", "text")
    return next(kind for kind in kinds if found.group(kind) is not None)


@cache
def readings(pattern: str) -> tuple[Reading, ...]:
    """The pattern once with each optional zone and once without, so that each says whether it has read one."""
    pieces = parts(pattern)
    named = _offsets(pieces)
    zones = {index for index, part in enumerate(pieces) if part.letter in ZONE_LETTERS} | set(named)
    for start, end in sections(pieces):
        if any(start < index < end for index in zones):
            before, inside, after = (
                _joined(some) for some in (pieces[:start], pieces[start + 1 : end], pieces[end + 1 :])
            )
            return (*readings(before + inside + after), *readings(before + after))
    if not any(part.letter in ZONE_LETTERS for part in pieces):
        return (Reading(pattern, False, next(iter(named.values()), None)),)
    by_name = any(part.letter in _NAME_LETTERS for part in pieces)
    offsets = "".join("XXX" if part.letter in _NAME_LETTERS else part.text for part in pieces)
    return (Reading(pattern, True, named=offsets if by_name else None),)


def sections(pieces: Sequence[Part]) -> list[tuple[int, int]]:
    """The outermost optional sections, as places of their brackets."""
    found, depth, start = [], 0, 0
    for index, part in enumerate(pieces):
        if part.kind == "open":
            start = index if depth == 0 else start
            depth += 1
        elif part.kind == "close" and depth:
            depth -= 1
            if depth == 0:
                found.append((start, index))
    return found


def _offsets(pieces: Sequence[Part]) -> dict[int, str]:
    """Zones that texts behind the time name, by place: `'Z'`, `' UTC'`, `+00:00`. `'T'` and `'at'` name none."""
    found: dict[int, str] = {}
    timed = False
    for index, part in enumerate(pieces):
        timed = timed or part.letter in TIME_LETTERS
        offset = fixed_offset(part.text.strip("'")) if part.kind in ("quoted", "text") else None
        if timed and offset:
            found[index] = offset
    return found


def _joined(pieces: Sequence[Part]) -> str:
    return "".join(part.text for part in pieces)
