"""Reading a CSV file whose quotes are not in order: the rows that are sure, and line by line what is not.

Nothing is mended and nothing is guessed. A record that is not valid condemns its first line; reading goes on at the
next. Lines that a quote would have taken in are rows only where they are whole and look like the file's rows. Lines
that stand in a well-formed field and look like rows are none: a text may hold them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spark_app.lake import csv_characters
from spark_app.lake.csv_blocks import LARGEST_ROW
from spark_app.lake.csv_scan import holds_rows, padded
from spark_app.lake.csv_shapes import Looks, learnt

_SAMPLE = 4_000
OPEN = "a quoted field does not end"
MIDDLE = "a quote in the middle of a field"
JUNK = "text after the quote that ends a field"
LARGE = f"a row of more than {LARGEST_ROW // 1024**2} MB"
_OF_LARGE = 1_000  # characters that are kept of one


@dataclass(frozen=True)
class Record:
    """What a file holds from `line` on (from 1), without its line end.

    `fields`: its values, an empty one None unless it is quoted; no fields where `damage` says why it is not read.
    `spoilt`: what in a row that is read is no text.
    """

    line: int
    lines: int
    text: str
    fields: tuple[str | None, ...] = ()
    damage: str | None = None
    spoilt: str | None = None

    def fits(self, columns: int) -> bool:
        """Whether it is a row of so many columns."""
        return self.damage is None and len(self.fields) == columns


@dataclass(frozen=True)
class _Broken:
    why: str
    opened: int  # where the field began
    noticed: int  # where it was seen that something is wrong


class _Lines:
    """A file's bytes (lines ended by newlines) and where its lines are."""

    def __init__(self, data: bytes, separator: str) -> None:
        self.data, self.separator = data, separator.encode()
        self.starts = [0]
        at = data.find(b"\n")
        while at >= 0:
            self.starts.append(at + 1)
            at = data.find(b"\n", at + 1)
        if self.starts[-1] == len(data):
            self.starts.pop()

    def end(self, line: int) -> int:
        """Where a line ends, without its newline."""
        last = line + 1 == len(self.starts)
        return len(self.data) - self.data.endswith(b"\n") if last else self.starts[line + 1] - 1

    def text(self, first: int, last: int) -> str:
        return self.data[self.starts[first] : self.end(last)].rstrip(b"\r").decode(errors="replace")

    def size(self, first: int, last: int) -> int:
        return self.end(last) - self.starts[first]

    def spoilt(self, first: int, last: int) -> str | None:
        """What of these lines is no text, and on which of them."""
        for line in range(first, last + 1):
            if what := csv_characters.first(self.data[self.starts[line] : self.end(line)]):
                return f"line {line + 1}: {what}"
        return None

    def of(self, at: int) -> int:
        """The line that a place lies in."""
        return bisect_right(self.starts, at) - 1

    def fields_of(self, line: int) -> tuple[list[str | None], int] | _Broken:
        """The record that begins with a line: its values and its last line."""
        at, fields = self.starts[line], list[str | None]()
        while True:
            begun, end = at, self.end(line)
            if self.data.startswith(b'"', at):
                closed = self._closing(at + 1)
                if closed < 0:
                    return _Broken(OPEN, begun, max(len(self.data) - 1, 0))
                line = self.of(closed)
                if not padded(self.data, closed + 1, self.separator):
                    return _Broken(JUNK, begun, closed)
                fields.append(self.data[at + 1 : closed].replace(b'""', b'"').decode(errors="replace"))
                end = self.end(line)
                at = self.data.find(self.separator, closed + 1, end)
            else:
                at = self.data.find(self.separator, at, end)
                value = self.data[begun : at if at >= 0 else end]
                if b'"' in value:
                    return _Broken(MIDDLE, begun, begun + value.index(b'"'))
                value = value if at >= 0 else value.removesuffix(b"\r")
                fields.append(value.decode(errors="replace") if value else None)
            if at < 0:
                return fields, line
            at += len(self.separator)

    def _closing(self, at: int) -> int:
        while (at := self.data.find(b'"', at)) >= 0 and self.data.startswith(b'"', at + 1):
            at += 2
        return at

    def empty(self, line: int) -> bool:
        return not self.data[self.starts[line] : self.end(line)].strip(b"\r")


def records(data: bytes, separator: str, columns: int, cut: Mapping[int, bool] | None = None) -> list[Record] | str:
    """All that a file holds after its header, in its order; or why the header itself cannot be read.

    Every line that is not empty is in exactly one of the records. `cut`: lines (from 0) of which only the beginning is
    here, as they are larger than any row, and whether the quotes in them are odd.
    """
    cut, whole = cut or {}, _ended(data, separator.encode(), columns)
    lines = _Lines(whole, separator)
    count = len(lines.starts)
    head = next((line for line in range(count) if not lines.empty(line)), count)
    if head == count:
        return []
    names = "; expected column names with their quotes in order, or `read: {skip_lines: 1, header: false}`"
    header = lines.fields_of(head)
    if isinstance(header, _Broken):
        return f"{_said(lines, head, header)}, in the header{names}"
    if columns > 1 and any(_as_wide(lines, line, columns) for line in range(head + 1, header[1] + 1)):
        return f"the header, from line {head + 1} on, holds lines with as many fields as it has names{names}"
    if cut and (min(cut) <= header[1] or whole is not data):  # in the second case lines are numbered otherwise
        return f"line {min(cut) + 1}: {LARGE}; expected smaller rows"
    looks = _learnt(lines, header[1] + 1, columns, cut)
    return list(_records(lines, header[1] + 1, columns, looks, cut))


def _ended(data: bytes, separator: bytes, columns: int) -> bytes:
    """With line ends where a CR alone stands between two rows."""
    if data.count(b"\r") == data.count(b"\r\n"):
        return data
    return b"\n".join(
        line.replace(b"\r", b"\n") if holds_rows(line, separator, columns) else line for line in data.split(b"\n")
    )


def _records(lines: _Lines, line: int, columns: int, looks: Looks, cut: Mapping[int, bool]) -> Iterator[Record]:
    doubt, opener = -1, 0  # the last line in doubt, and the one with the quote that puts it there
    while line < len(lines.starts):
        if lines.empty(line):
            line += 1
            continue
        if line in cut:
            yield Record(line + 1, 1, lines.text(line, line), damage=f"line {line + 1}: {LARGE}")
            if cut[line]:  # what is behind it may be of it
                doubt, opener = len(lines.starts) - 1, line
            line += 1
            continue
        found = lines.fields_of(line)
        if isinstance(found, _Broken):
            yield Record(line + 1, 1, lines.text(line, line), damage=_said(lines, line, found))
            doubt, opener = max((doubt, opener), (lines.of(found.noticed), line))
            line += 1
            continue
        fields, last = found
        if large := [inner for inner in range(line + 1, last + 1) if inner in cut]:
            why = f"a quoted field holds a line that is itself {LARGE} (line {large[0] + 1})"
            yield from _apart(lines, line, last, why)
            doubt, opener, line = len(lines.starts) - 1, line, last + 1
            continue
        swallowed = [inner for inner in range(line + 1, last + 1) if looks.row(lines.text(inner, inner))]
        if swallowed and columns > 1:
            yield from _apart(lines, line, last, _holds(swallowed))
        elif line <= doubt and not (len(fields) == columns and looks.fields([value or "" for value in fields])):
            # Of a record of several lines the first goes; the others are looked at by themselves.
            why = f"behind a quote on line {opener + 1} that does not end where it should, and not surely a row"
            yield Record(line + 1, 1, lines.text(line, line), damage=f"line {line + 1}: {why}")
            last, doubt = line, max(doubt, last)
        elif lines.size(line, last) > LARGEST_ROW:
            text = lines.text(line, line)[:_OF_LARGE]
            yield Record(line + 1, last - line + 1, text, damage=f"line {line + 1}: {LARGE}")
        else:
            spoilt = lines.spoilt(line, last)
            yield Record(line + 1, last - line + 1, lines.text(line, last), tuple(fields), spoilt=spoilt)
        line = last + 1


def _apart(lines: _Lines, first: int, last: int, why: str) -> Iterator[Record]:
    for line in range(first, last + 1):
        if not lines.empty(line):
            yield Record(line + 1, 1, lines.text(line, line), damage=f"line {line + 1}: {why}")


def _said(lines: _Lines, line: int, broken: _Broken) -> str:
    opened, noticed = lines.of(broken.opened), lines.of(broken.noticed)
    if broken.why != MIDDLE and (noticed > opened or broken.why == OPEN):
        many = noticed - opened
        took = f" and would take in {many} line{'s' if many > 1 else ''}" if many else ""
        where = "" if broken.why == OPEN else " where it should"
        return f"line {line + 1}: {OPEN}{where}; it opened on line {opened + 1}{took}"
    return f"line {line + 1}: {broken.why}"


def _holds(swallowed: Sequence[int]) -> str:
    if len(swallowed) == 1:
        return f"a quoted field holds a line that looks like a row of this file (line {swallowed[0] + 1})"
    first, last = swallowed[0] + 1, swallowed[-1] + 1
    return f"a quoted field holds {len(swallowed)} lines that look like rows of this file (lines {first} to {last})"


def _as_wide(lines: _Lines, line: int, columns: int) -> bool:
    return lines.data.count(lines.separator, lines.starts[line], lines.end(line)) == columns - 1


def _learnt(lines: _Lines, line: int, columns: int, cut: Container[int]) -> Looks:
    """The shapes of columns, from rows of one line that are sure, and where these are few, from openers."""
    sure: list[list[str]] = []
    openers: list[str] = []
    while line < len(lines.starts) and len(sure) < _SAMPLE:
        if line in cut:
            line += 1
            continue
        found = lines.fields_of(line)
        # What a quote out of order would have taken in is in doubt.
        after = max(lines.of(found.noticed), line + 1) if isinstance(found, _Broken) else found[1] + 1
        if not isinstance(found, _Broken) and after == line + 1:
            sure += [[value or "" for value in found[0]]] if len(found[0]) == columns else []
        elif _as_wide(lines, line, columns):
            openers.append(lines.text(line, line))
        line = after
    return learnt(sure, openers, lines.separator.decode())
