"""What the values of a file's columns look like, so that a line can be told from a text that happens to hold commas.

Only shapes that a sentence does not have count: times, numbers, ids, words of a small set. Names and comments say
nothing either way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_TIME = re.compile(r"\d{1,4}[-/.]\w{1,9}[-/.]\d{1,4}(?:[ T,]+\d{1,2}[:.]\d{2}.{0,24})?|\d{1,2}:\d{2}(?::\d{2})?")
_NUMBER = re.compile(r"[-+(]?[$€£¥]?[-+]?\d[\d.,]*%?\)?")
_CODE = re.compile(r"(?=[^\d]*\d)[^\s,;\"]{2,64}")
_FEW, _LONG_ID = 10, 8  # rows that say little; characters of an id that no word has
_SHARE = 0.9  # of a column's values: the rest may be dirt
_ENOUGH = 2  # what the shapes that fit must weigh together


@dataclass(frozen=True)
class Shape:
    """What a column's values look like; `weight`: how little a text looks like it."""

    fits: Callable[[str], bool]
    weight: int
    padded: bool


@dataclass(frozen=True)
class Looks:
    """The shapes of a file's columns (None: any text)."""

    shapes: tuple[Shape | None, ...]
    separator: str

    def row(self, line: str) -> bool:
        """Whether a line within quotes, taken literally, looks like a row of the file.

        What follows the closing quote is the record's own and fits in any case: something before it must fit too.
        """
        values = line.split(self.separator)
        closing = (at for at, value in enumerate(values) if '"' in value.replace('""', ""))
        own = next(closing, len(values) - 1) + 1
        return self._fit(literal(line, self.separator), own)

    def fields(self, values: Sequence[str]) -> bool:
        """Whether values look like a row: as many as columns, and where columns have shapes, two of three have them."""
        return self._fit(values, len(values))

    def _fit(self, values: Sequence[str], own: int) -> bool:
        if len(values) != len(self.shapes):
            return False
        shaped = [(at, shape, values[at]) for at, shape in enumerate(self.shapes) if shape and values[at].strip()]
        fit = {at: shape.weight for at, shape, value in shaped if shape.fits(value.strip() if shape.padded else value)}
        return 3 * len(fit) >= 2 * len(shaped) and sum(fit.values()) >= _ENOUGH and min(fit, default=own) < own


def learnt(sure: Sequence[Sequence[str]], openers: Sequence[str], separator: str) -> Looks:
    """The shapes of a file's columns, from rows that are sure.

    Where these are few, also from the lines that a quote in doubt opens on, those as wide as the file.
    """
    few = len(sure) < _FEW
    rows = [*sure, *(literal(line, separator) for line in openers)] if few else sure
    return Looks(tuple(_shape(column) for column in zip(*rows, strict=True)), separator)


def literal(line: str, separator: str) -> list[str]:
    """The values of a line as if quotes meant nothing."""
    return [value.strip('"') for value in line.rstrip("\r\n").split(separator)]


def _shape(values: Sequence[str]) -> Shape | None:
    given = [value for value in values if value.strip()]
    if not given:
        return None
    padded = any(value != value.strip() for value in given)
    bare = [value.strip() for value in given]
    for pattern, weight in ((_TIME, 2), (_NUMBER, 1), (_CODE, 2)):
        matching = [value for value in bare if pattern.fullmatch(value)]
        if len(matching) >= _SHARE * len(bare):
            return _narrowed(pattern, weight, matching, padded)
    return _ids_or_words(bare, padded)


def _narrowed(pattern: re.Pattern[str], weight: int, values: Sequence[str], padded: bool) -> Shape | None:
    """Ids of one length must have that; codes of few forms one of these."""
    lengths = {len(value) for value in values}
    if pattern is not _TIME and len(values) >= _FEW and len(lengths) == 1 and min(lengths) >= 5:
        (length,) = lengths
        return Shape(lambda value: len(value) == length and bool(pattern.fullmatch(value)), 2, padded)
    forms = {_form(value) for value in values}
    if pattern is _CODE and len(values) < _FEW and len(forms) > 1:
        return None
    if pattern is _CODE and len(forms) <= 12:
        return Shape(lambda value: _form(value) in forms, weight, padded)
    return Shape(lambda value: bool(pattern.fullmatch(value)), weight, padded)


def _ids_or_words(values: Sequence[str], padded: bool) -> Shape | None:
    if len(values) < _FEW:
        return None
    lengths = {len(value) for value in values}
    if len(lengths) == 1 and min(lengths) >= _LONG_ID and not any(" " in value for value in values):
        (length,) = lengths
        return Shape(lambda value: len(value) == length and " " not in value, 2, padded)
    words = {value.casefold() for value in values}
    if len(words) * 3 <= len(values) and len(words) <= 30:
        return Shape(lambda value: value.casefold() in words, 1, padded)
    return None


def _form(value: str) -> str:
    """`O-00012` as `a-9`."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", value))
