"""Times of landed text as DuckDB reads them: on the shop's clock, by the patterns and zones that Spark reads them by.

Only what drops look like is seen through these (quality.drops); the rows themselves are typed by quality.times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spark_app.contracts.patterns import EPOCHS, ZONE_LETTERS, Reading, parts, readings, sections
from spark_app.runtime.zones import CLOCKS

# Spark's letters for times, as strptime has them.
_LETTERS = {
    "yyyy": "%Y", "y": "%Y", "yy": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%m", "dd": "%d", "d": "%d",
    "HH": "%H", "H": "%H", "hh": "%I", "h": "%I", "mm": "%M", "m": "%M", "ss": "%S", "s": "%S", "a": "%p",
}  # fmt: skip
_YEAR_10000 = 253_402_300_800  # in seconds; DuckDB ends the query over what is much later
_LOCAL = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.]\d+)?)?)?$"
_NAMES = f"(?:^|[^A-Za-z/_])({'|'.join(CLOCKS)})(?:[^A-Za-z]|$)"
_OFFSETS = "map {" + ", ".join(f"'{name}': '{offset}'" for name, offset in CLOCKS.items()) + "}"


def shop_time(text: str, formats: Sequence[str], timezone: str) -> str | None:
    """SQL that reads `text` (SQL too) as the shop's clock showed it; None where no format can be read here."""
    if not formats:
        behind = rf"regexp_replace({_with_offset(text)}, '(\d) ([+-]\d)', '\1\2')"
        zoned = _on_clock(f"try_cast({behind} AS TIMESTAMPTZ)", timezone)
        return f"CASE WHEN regexp_matches({text}, '{_LOCAL}') THEN try_cast({text} AS TIMESTAMP) ELSE {zoned} END"
    tried = [sql for one in formats for sql in _tries(text, one, timezone)]
    return f"coalesce({', '.join(tried)})" if tried else None


def _tries(text: str, pattern: str, timezone: str) -> list[str]:
    if pattern in EPOCHS:
        seconds = f"try_cast({text} AS DOUBLE) / {EPOCHS[pattern]}"
        return [_on_clock(f"CASE WHEN abs({seconds}) < {_YEAR_10000} THEN to_timestamp({seconds}) END", timezone)]
    whole = [choice for reading in readings(pattern) for choice in _choices(reading)]
    return [sql for reading in whole if (sql := _try(text, reading, timezone))]


def _choices(reading: Reading) -> list[Reading]:
    """The reading with and without each of its optional sections, which strptime does not know."""
    pieces = parts(reading.pattern)
    for start, end in sections(pieces):
        before, inside, after = pieces[:start], pieces[start + 1 : end], pieces[end + 1 :]
        both = ["".join(part.text for part in some) for some in ((*before, *inside, *after), (*before, *after))]
        return [choice for one in both for choice in _choices(replace(reading, pattern=one))]
    return [reading]


def _try(text: str, reading: Reading, timezone: str) -> str | None:
    words = []
    for part in parts(reading.pattern):
        if part.letter in ZONE_LETTERS:
            word: str | None = "%Z" if part.letter == "V" else "%z"
        elif part.letter == "S":
            word = {3: "%g", 9: "%n"}.get(len(part.text), "%f")
        elif part.letter:
            word = _LETTERS.get(part.text)
        else:
            word = part.text[1:-1] if part.kind == "quoted" else part.text
            word = word.replace("%", "%%").replace("'", "''")
        if word is None:
            return None
        words.append(word)
    if reading.reads_zone:
        return _on_clock(f"try_strptime({_with_offset(text)}, '{''.join(words)}')", timezone)
    time = f"try_strptime({text}, '{''.join(words)}')"
    return (
        time
        if reading.offset is None
        else _on_clock(f"try_cast({time} || '{reading.offset}' AS TIMESTAMPTZ)", timezone)
    )


def _on_clock(moment: str, timezone: str) -> str:
    return f"timezone('{timezone}', {moment})"


def _with_offset(text: str) -> str:
    """A clock's name, or Z, as the offset it means: `… 21:30 PST` is `… 21:30 -08:00`."""
    name = f"regexp_extract({text}, '{_NAMES}', 1)"
    with_offset = f"CASE WHEN {name} <> '' THEN replace({text}, {name}, {_OFFSETS}[{name}]) ELSE {text} END"
    return rf"regexp_replace({with_offset}, '(\d) ?Z$', '\1+00')"
