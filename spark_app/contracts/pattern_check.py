"""What is wrong with a datetime pattern: letters Spark refuses, and those that mean something else than was meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from spark_app.contracts.patterns import EPOCHS, ZONE_LETTERS, Part, parts

# The letters that are read, and how many of each; `()`: any number up to the first.
_COUNTS: dict[str, tuple[int, ...]] = {
    "G": (1, 2, 3, 4), "y": (1, 2, 3, 4, 5, 6), "M": (1, 2, 3, 4), "L": (1, 2, 3, 4), "d": (1, 2), "D": (1, 2, 3),
    "H": (1, 2), "h": (1, 2), "k": (1, 2), "K": (1, 2), "m": (1, 2), "s": (1, 2), "S": tuple(range(1, 10)), "a": (1,),
    "z": (1, 2, 3, 4), "V": (2,), "v": (1, 4), "O": (1, 4), "X": (1, 2, 3, 4, 5), "x": (1, 2, 3, 4, 5),
    "Z": (1, 2, 3, 4, 5),
}  # fmt: skip
_WRITTEN_ONLY = {"E": (1, 2, 3, 4), "F": (1,), "Q": (1, 2, 3, 4), "q": (1, 2, 3, 4)}
_WEEKDAY = "is a weekday, which cannot be read: cut it off by an expression, as substr(column, 6)"
_WEEK, _QUARTER = "is a week, which cannot be read", "is a quarter, which cannot be read"
_MEANT = {
    "Y": "is the year of a week; did you mean '{y}'?", "u": "cannot be read; did you mean '{y}'?",
    "E": _WEEKDAY, "e": _WEEKDAY, "c": _WEEKDAY, "w": _WEEK, "W": _WEEK, "F": _WEEK, "Q": _QUARTER, "q": _QUARTER,
    "A": "is no letter of a pattern; did you mean 'a'?",
    "t": "is no letter of a pattern; did you mean 'a'?", "p": "is no letter of a pattern; did you mean 'a'?",
    "f": "is no letter of a pattern; did you mean '{S}'?", "n": "cannot be read; did you mean '{S}'?",
    "N": "cannot be read; did you mean '{S}'?",
}  # fmt: skip
_STRFTIME = {
    "%d": "dd", "%-d": "d", "%e": "d", "%m": "MM", "%-m": "M", "%b": "MMM", "%B": "MMMM", "%Y": "yyyy", "%y": "yy",
    "%H": "HH", "%-H": "H", "%I": "hh", "%-I": "h", "%M": "mm", "%S": "ss", "%f": "SSSSSS", "%p": "a", "%z": "Z",
    "%Z": "z", "%j": "DDD", "%T": "HH:mm:ss", "%F": "yyyy-MM-dd", "%R": "HH:mm", "T": "'T'",
}  # fmt: skip
# As databases write them (Oracle, PostgreSQL), and as moment.js and spreadsheets do.
_DATABASE = {
    "YYYY": "yyyy", "YY": "yy", "MONTH": "MMMM", "MON": "MMM", "MM": "MM", "DD": "dd", "HH24": "HH", "HH12": "hh",
    "HH": "hh", "MI": "mm", "SS": "ss", "AM": "a", "PM": "a", "FF3": "SSS", "FF6": "SSSSSS", "MS": "SSS", "TZH": "x",
}  # fmt: skip
_MOMENT = {"YYYY": "yyyy", "YY": "yy", "DD": "dd", "D": "d", "A": "a", "ZZ": "Z", "Z": "XXX", "T": "'T'"}


def find_pattern_problems(pattern: str, *, reading: bool = True) -> list[str]:
    """What is wrong with a pattern that reads times (or, in an expression, writes them); nothing where it is good."""
    if pattern in EPOCHS:
        return []
    if re.fullmatch(r"(epoch|unix|posix)\w*|timestamp\w*", pattern, re.IGNORECASE):
        return [f"'{pattern}' is no pattern; for seconds since 1970 expected {', '.join(EPOCHS)}"]
    if not pattern.strip():
        return ["an empty pattern; expected one as yyyy-MM-dd HH:mm:ss"]
    foreign = re.findall(r"%-?[A-Za-z]", pattern)
    if foreign:
        found = [_strftime(word) for word in dict.fromkeys(foreign)]
    else:
        pieces = parts(pattern)
        found = [*_marks(pieces), *(fault for part in pieces for fault in _letters(part, reading))]
        if reading and not any(part.text == "'" for part in pieces):
            found += _meaning(pieces)
    suggested = _translated(pattern) if found else None
    if suggested and suggested != pattern and not find_pattern_problems(suggested, reading=reading):
        found.append(f"the whole of it could be '{suggested}'")
    return found


def _strftime(word: str) -> str:
    meant = _STRFTIME.get(word)
    return f"'{word}' is no letter of a pattern" + (f"; did you mean '{meant}'?" if meant else "")


def _marks(pieces: Sequence[Part]) -> Iterator[str]:
    depth = 0
    for part in pieces:
        if part.text == "'":
            yield f"the quote at character {part.at + 1} does not close"
        if part.kind == "text" and (marks := re.findall(r"[{}#]", part.text)):
            yield f"'{marks[0]}' must stand in single quotes"
        depth += {"open": 1, "close": -1}.get(part.kind, 0)
        if depth < 0:
            yield f"']' at character {part.at + 1} closes no '['"
            depth = 0
    if depth:
        yield f"{depth} '[' not closed" if depth > 1 else "a '[' is not closed"


def _letters(part: Part, reading: bool) -> Iterator[str]:
    if part.kind != "letters":
        return
    counts = _COUNTS.get(part.letter) or (None if reading else _WRITTEN_ONLY.get(part.letter))
    many = len(part.text)
    if counts is None:
        meant = _MEANT.get(part.letter, "is no letter of a pattern, and text stands in single quotes")
        year, fraction = ("yy" if many == 2 else "yyyy"), "S" * min(many, 9)
        yield f"'{part.text}' " + meant.format(y=year, S=fraction)
    elif many not in counts:
        if part.letter == "d":
            yield f"'{part.text}' {_WEEKDAY}; a day is d or dd"
        else:
            yield f"'{part.text}' cannot be; expected {_or([part.letter * count for count in counts])}"


def _or(words: Sequence[str]) -> str:
    shown = [words[0], words[-1]] if len(words) > 4 else list(dict.fromkeys(words))
    return (" to " if len(words) > 4 else " or ").join(shown)


def _meaning(pieces: Sequence[Part]) -> Iterator[str]:
    """Of letters that can all be read: which of them cannot be meant, and what is missing."""
    every = {part.letter: part.text for part in pieces if part.letter}
    hour = every.keys() & set("HhKk")
    if "D" in every and every.keys() & set("MLd"):
        yield f"'{every['D']}' is the day of the year; did you mean '{'dd'[: len(every['D'])]}'?"
    elif "d" in every and not every.keys() & set("ML"):
        m = every.get("m")
        yield f"'{m}' is minutes; did you mean '{m.upper()}' for months?" if m else "it names no month"
    elif "m" in every and not hour:
        yield f"'{every['m']}' is minutes, and no hour stands beside them"
    if not every.keys() & set("yYu"):
        yield "it names no year"
    if every.keys() & set("hK") and "a" not in every:
        h = every.get("h") or every["K"]
        yield f"'{h}' counts to 12 and no 'a' says which half of the day; did you mean '{'H' * len(h)}'?"
    if "S" in every and "s" not in every:
        yield f"'{every['S']}' is a fraction of a second; did you mean '{'s' * min(len(every['S']), 2)}'?"
    yield from _twice(pieces)


def _twice(pieces: Sequence[Part]) -> Iterator[str]:
    depth, outside = 0, Counter[str]()
    for part in pieces:
        depth += {"open": 1, "close": -1}.get(part.kind, 0)
        if not depth and part.letter and part.letter not in ZONE_LETTERS:
            outside[part.letter] += 1
    for letter, times in outside.items():
        if times > 1:
            yield f"'{letter}' stands twice" + ("; did you mean 'mm' for minutes?" if letter == "M" else "")


def _translated(pattern: str) -> str | None:
    """A pattern of another tool's in Spark's letters, as far as it is one."""
    if "%" in pattern:
        words = _STRFTIME
    elif re.search(r"MI|HH24|HH12", pattern):
        words = _DATABASE
    elif re.search(r"[DY]", pattern):
        words = _MOMENT
    else:
        return None
    longest = sorted(words, key=len, reverse=True)
    ours = re.sub("'[^']*'|" + "|".join(map(re.escape, longest)), lambda found: words.get(found[0], found[0]), pattern)
    return ours if any(part.letter == "a" for part in parts(ours)) else ours.replace("h", "H")
