"""A CSV file counted and checked by itself, whatever reader takes it in: how many records, and are its quotes in order.

The reader that fills bronze (Spark's) turns a stray quote into one long field and says nothing. So each landed file is
read once more here, byte by byte as RFC 4180 has it: inside quotes, or not. A few passes of numpy over some megabytes
at a time; a file needs no more memory than a block and its longest line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from spark_app.lake.csv_shapes import learnt

_BLOCK = 4 * 1024 * 1024
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_MARK = b"\xef\xbb\xbf"
# Lines kept to learn from, of a block and of a file, and lines that may be swallowed rows.
_OF_BLOCK, _OF_FILE, _SUSPECTS = 100, 4_000, 1_000
Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Scan:
    """`rows`: records but for the header; empty lines are none.

    `damaged_line`: where quotes or line ends are first out of order, which makes the count of no worth (None: nowhere).
    `zero_at`: where a zero byte stands, which no text has (None: nowhere).
    """

    rows: int
    damaged_line: int | None = None
    zero_at: int | None = None


@dataclass
class _State:
    separator: bytes
    columns: int
    inside: bool = False  # a quoted field is open
    records: int = 0
    lines: int = 0
    opened_line: int = 0  # of the newest quote
    sample: list[list[str]] = field(default_factory=list)
    openers: dict[int, str] = field(default_factory=dict)  # by line
    suspects: dict[int, str] = field(default_factory=dict)


def scan(stream: BinaryIO, separator: str, columns: int) -> Scan:
    """Count the records of a file of so many columns, header first.

    Not in order: a quote in a bare field, text after a closing quote, a field open at the file's end, or a field that
    holds lines which look like rows of this file. What to make of these is `csv_damage`'s.
    """
    state, seen = _State(separator.encode(), columns), 0
    for block in blocks(stream):
        if (zero := block.find(0)) >= 0:
            return Scan(state.records, zero_at=seen + zero)
        wrong = _take(block, state)
        if wrong is not None:
            return Scan(state.records, state.lines + block.count(b"\n", 0, wrong) + 1)
        state.lines += block.count(b"\n")
        seen += len(block)
    rows = max(state.records - 1, 0)
    if state.inside:
        return Scan(rows, state.opened_line)
    if not state.suspects:
        return Scan(rows)
    looks = learnt(state.sample, [*state.openers.values()], separator)
    return Scan(rows, next((line for line, text in state.suspects.items() if looks.row(text)), None))


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The file in blocks of whole lines, each line ended by a newline alone or by CR LF; without a byte-order mark.

    As Spark's reader does, the first line end says what ends lines: where it is a CR alone, CRs do.
    """
    rest, returns, first = b"", None, True
    while data := stream.read(_BLOCK):
        data, first = rest + (data.removeprefix(_MARK) if first else data), False
        returns = _returns(data) if returns is None else returns
        if returns:
            data = data.replace(b"\r", b"\n")
        cut = data.rfind(b"\n") + 1 if returns is not None else 0
        if cut:
            yield data[:cut]
        rest = data[cut:]
    if rest:
        yield rest


def _returns(data: bytes) -> bool | None:
    """Whether the first line end is a CR without a newline; None where there is no telling yet."""
    at, newline = data.find(b"\r"), data.find(b"\n")
    if at < 0 or 0 <= newline < at:
        return False if newline >= 0 else None
    return None if at + 1 == len(data) else data[at + 1 : at + 2] != b"\n"


def _take(block: bytes, state: _State) -> int | None:
    """Count a block of whole lines; the place of the first quote that is out of order ends it."""
    text = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(text == _NEWLINE)
    if block[-1] != _NEWLINE:
        ends = np.append(ends, len(block))
    starts = np.concatenate(([0], ends[:-1] + 1))
    quotes = np.flatnonzero(text == _QUOTE) if b'"' in block else np.empty(0, np.int64)
    if len(quotes):
        if (wrong := _out_of_order(block, text, quotes, state)) is not None:
            return wrong
        state.opened_line = state.lines + block.count(b"\n", 0, int(quotes[-1])) + 1
    # Quotes before each line's end, from the file's beginning: an odd number, and the record goes on.
    odd = (np.searchsorted(quotes, ends) + state.inside) % 2 == 1
    inner = np.concatenate(([state.inside], odd[:-1]))
    whole = ~odd & ~inner & ~_empty(text, starts, ends)
    _learn(block, starts[whole], ends[whole], state)
    state.records += int(np.count_nonzero(whole)) + int(np.count_nonzero(~odd & inner))
    if state.columns > 1:
        _keep_wide(state.suspects, block, np.flatnonzero(inner), starts, ends, state)
        if len(state.sample) < _OF_BLOCK:
            _keep_wide(state.openers, block, np.flatnonzero(odd & ~inner), starts, ends, state)
    state.inside = bool(odd[-1])
    return _stray_return(block, starts[whole], ends[whole], state) if b"\r" in block else None


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
