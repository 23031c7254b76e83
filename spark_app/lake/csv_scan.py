"""A CSV file counted and checked by itself, whatever reader takes it in: how many records, and are its quotes in order.

The reader that fills bronze (Spark's) turns a stray quote into one long field and says nothing. So each landed file is
read once more here, byte by byte as RFC 4180 has it: inside quotes, or not. A few passes of numpy over some megabytes
at a time; a file needs no more memory than a block and its longest row.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spark_app.lake import csv_blocks
from spark_app.lake.csv_blocks import Readable, blocks
from spark_app.lake.csv_characters import places
from spark_app.lake.csv_shapes import learnt

MOST_FIELDS = 200_000
# Of a file with more rows of bytes that are no text, none is read.
MOST_SPOILT = 100_000
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
# Lines kept to learn from, of a block and of a file, and lines that may be swallowed rows.
_OF_BLOCK, _OF_FILE, _SUSPECTS = 100, 4_000, 1_000
QUOTES = "quotes are not in order"
Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Scan:
    """`rows`: records but for the header; empty lines are none.

    `damaged_line`: where a row first is out of order, which makes the count of no worth (None: nowhere); `damage`: how.
    `spoilt`: rows (by number, from 1) that hold bytes of no text, each with its line and what it is.
    """

    rows: int
    damaged_line: int | None = None
    damage: str = QUOTES
    spoilt: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class _Wrong:
    line: int
    how: str


@dataclass
class _State:
    separator: bytes
    columns: int
    inside: bool = False  # a quoted field is open
    records: int = 0
    lines: int = 0
    seen: int = 0  # bytes of the blocks before
    opened_line: int = 0  # of the newest quote
    begun: int = 0  # the place of the record that is open, its line, and the separators in it so far
    begun_line: int = 0
    begun_fields: int = 0
    spoilt: dict[int, str] = field(default_factory=dict)  # by row
    sample: list[list[str]] = field(default_factory=list)
    openers: dict[int, str] = field(default_factory=dict)  # by line
    suspects: dict[int, str] = field(default_factory=dict)


def scan(stream: Readable, separator: str, columns: int) -> Scan:
    """Count the records of a file of so many columns, header first.

    Not in order: a quote in a bare field, text after a closing quote, a field open at the file's end, or a field that
    holds lines which look like rows of this file. What to make of these is `csv_damage`'s.
    """
    state = _State(separator.encode(), columns)
    for block in blocks(stream):
        if (wrong := _take(block, state)) is not None:
            return Scan(state.records, wrong.line, wrong.how)
        state.lines += block.count(b"\n")
        state.seen += len(block)
    rows, spoilt = max(state.records - 1, 0), tuple(state.spoilt.items())
    if state.inside:
        return Scan(rows, state.opened_line)
    if not state.suspects:
        return Scan(rows, spoilt=spoilt)
    looks = learnt(state.sample, [*state.openers.values()], separator)
    line = next((line for line, text in state.suspects.items() if looks.row(text)), None)
    return Scan(rows, line, spoilt=spoilt)


def _take(block: bytes, state: _State) -> _Wrong | None:
    """Count a block of whole lines; the first row that is out of order ends it."""
    text = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(text == _NEWLINE)
    if block[-1] != _NEWLINE:
        ends = np.append(ends, len(block))
    starts = np.concatenate(([0], ends[:-1] + 1))
    quotes = np.flatnonzero(text == _QUOTE) if b'"' in block else np.empty(0, np.int64)
    if len(quotes):
        if (wrong := _out_of_order(block, text, quotes, state)) is not None:
            return _Wrong(_line_of(block, wrong, state), QUOTES)
        state.opened_line = _line_of(block, int(quotes[-1]), state)
    # Quotes before each line's end, from the file's beginning: an odd number, and the record goes on.
    odd = (np.searchsorted(quotes, ends) + state.inside) % 2 == 1
    inner = np.concatenate(([state.inside], odd[:-1]))
    whole = ~odd & ~inner & ~_empty(text, starts, ends)
    if (large := _too_large(block, starts[~inner], ends[~odd], bool(odd[-1]), state)) is not None:
        return large
    closed = whole | (~odd & inner)
    if not _spoilt(block, ends, closed, state):
        return _Wrong(state.lines + 1, f"more than {MOST_SPOILT:,} rows hold bytes that are no text")
    _learn(block, starts[whole], ends[whole], state)
    state.records += int(np.count_nonzero(closed))
    if state.columns > 1:
        _keep_wide(state.suspects, block, np.flatnonzero(inner), starts, ends, state)
        if len(state.sample) < _OF_BLOCK:
            _keep_wide(state.openers, block, np.flatnonzero(odd & ~inner), starts, ends, state)
    state.inside = bool(odd[-1])
    stray = _stray_return(block, starts[whole], ends[whole], state) if b"\r" in block else None
    return None if stray is None else _Wrong(_line_of(block, stray, state), QUOTES)


def _line_of(block: bytes, at: int, state: _State) -> int:
    return state.lines + block.count(b"\n", 0, at) + 1


def _too_large(block: bytes, begins: Places, ends: Places, goes_on: bool, state: _State) -> _Wrong | None:
    """The first row of more bytes or fields than can be read; of one that `goes_on` behind the block, so far."""
    if state.inside:
        begins = np.concatenate(([state.begun - state.seen], begins))
    if goes_on:
        ends = np.append(ends, len(block))
    before, before_line = (state.begun_fields, state.begun_line) if state.inside else (0, 0)
    for at in np.flatnonzero(ends - begins > min(csv_blocks.LARGEST_ROW, MOST_FIELDS)).tolist():
        begin, end = int(begins[at]), int(ends[at])
        line = before_line if begin < 0 else _line_of(block, begin, state)
        if end - begin > csv_blocks.LARGEST_ROW:
            how = f"a row of more than {csv_blocks.LARGEST_ROW // 1024**2} MB"
            return _Wrong(line, f"{how}, or a quoted field that does not end" if goes_on else how)
        if _separators(block[max(begin, 0) : end], begin < 0, state) + (before if begin < 0 else 0) >= MOST_FIELDS:
            return _Wrong(line, f"a row of more than {MOST_FIELDS:,} fields")
    if goes_on:
        begin = int(begins[-1])
        fields = _separators(block[max(begin, 0) :], begin < 0, state) + (before if begin < 0 else 0)
        state.begun_line = before_line if begin < 0 else _line_of(block, begin, state)
        state.begun, state.begun_fields = begin + state.seen, fields
    return None


def _separators(text: bytes, inside: bool, state: _State) -> int:
    """How many of a part of a record stand outside its quotes; `inside`: it begins within some."""
    return sum(part.count(state.separator) for part in text.split(b'"')[int(inside) :: 2])


def _spoilt(block: bytes, ends: Places, closed: NDArray[np.bool_], state: _State) -> bool:
    """Note the rows that hold bytes of no text; whether they are few enough to be told one by one."""
    done = None
    for at, what in places(block):
        if done is None:
            done = state.records + np.cumsum(closed) - closed
        line = int(np.searchsorted(ends, at))
        state.spoilt.setdefault(int(done[line]), f"line {state.lines + line + 1}: {what}")
        if len(state.spoilt) > MOST_SPOILT:
            return False
    return True


def _empty(text: Bytes, starts: Places, ends: Places) -> NDArray[np.bool_]:
    """Lines of nothing, or of what is left of a CR LF."""
    length = ends - starts
    first = text[np.minimum(starts, len(text) - 1)] == _RETURN
    second = text[np.minimum(starts + 1, len(text) - 1)] == _RETURN
    empty: NDArray[np.bool_] = (length == 0) | ((length == 1) & first) | ((length == 2) & first & second)
    return empty


def _out_of_order(block: bytes, text: Bytes, quotes: Places, state: _State) -> int | None:
    """Each opening quote begins a field, each closing one ends it; two in a row inside a field are one of its text."""
    opens = (np.arange(len(quotes)) + state.inside) % 2 == 0
    follows = np.concatenate(([False], quotes[1:] == quotes[:-1] + 1))
    leads = np.concatenate((follows[1:], [False]))
    sep = np.frombuffer(state.separator, np.uint8)
    before = text[np.maximum(quotes - 1, 0)]
    begins = follows | (quotes == 0) | (before == _NEWLINE) | _all_at(text, quotes - len(sep), sep)
    after = text[np.minimum(quotes + 1, len(text) - 1)]
    ends = leads | (quotes + 1 == len(text)) | (after == _NEWLINE) | _all_at(text, quotes + 1, sep)
    wrong = quotes[opens & ~begins][:1].tolist()
    closing = (at for at in quotes[~opens & ~ends].tolist() if not padded(block, at + 1, state.separator))
    return min([*wrong, *([at] if (at := next(closing, None)) is not None else [])], default=None)


def _stray_return(block: bytes, starts: Places, ends: Places, state: _State) -> int | None:
    """Where a CR alone, in a file whose lines end otherwise, makes one line of two rows."""
    if block.count(b"\r") == block.count(b"\r\n"):
        return None
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        at = block.find(b"\r", start, end)
        if at >= 0 and holds_rows(block[start:end], state.separator, state.columns):
            return at
    return None


def holds_rows(line: bytes, separator: bytes, columns: int) -> bool:
    """Whether a line is no row, but its parts between CRs are rows each."""
    parts = [part for part in line.split(b"\r") if part]
    wide = [part.count(separator) == columns - 1 for part in parts]
    return len(parts) > 1 and b'"' not in line and line.count(separator) != columns - 1 and all(wide)


def padded(block: bytes, at: int, separator: bytes) -> bool:
    """Whether nothing but blanks stand between a closing quote and what ends its field: readers pass over them."""
    end = block.find(b"\n", at)
    tail = block[at : end if end >= 0 else len(block)]
    tail = tail.partition(separator)[0]
    return not tail.strip(b" \t\r")


def _all_at(text: Bytes, places: Places, wanted: Bytes) -> NDArray[np.bool_]:
    found = (places >= 0) & (places + len(wanted) <= len(text))
    for index, byte in enumerate(wanted):
        found &= text[np.clip(places + index, 0, len(text) - 1)] == byte
    return found


def _learn(block: bytes, starts: Places, ends: Places, state: _State) -> None:
    """Some of the sure rows of each block: their values have the shapes that the file's columns have."""
    if len(state.sample) >= _OF_FILE:
        return
    step = max(len(starts) // _OF_BLOCK, 1)
    header = 0 if state.records else 1
    lines = [
        block[start:end].rstrip(b"\r").decode(errors="replace")
        for start, end in zip(starts[header::step].tolist(), ends[header::step].tolist(), strict=True)
    ]
    found = [_values(line, state.separator.decode()) for line in lines]
    state.sample += [values for values in found if len(values) == state.columns]


def _values(line: str, separator: str) -> list[str]:
    """The values of a line, none where Python's reader will not have it: a stray CR, a very long field."""
    try:
        return line.split(separator) if '"' not in line else next(csv.reader([line], delimiter=separator))
    except csv.Error:
        return []


def _keep_wide(kept: dict[int, str], block: bytes, lines: Places, starts: Places, ends: Places, state: _State) -> None:
    """Keep those of the block's lines that have as many fields as the header, taken literally."""
    for line, start, end in zip(lines.tolist(), starts[lines].tolist(), ends[lines].tolist(), strict=True):
        if len(kept) >= _SUSPECTS:
            return
        if block.count(state.separator, start, end) == state.columns - 1:
            kept[state.lines + line + 1] = block[start:end].decode(errors="replace")
