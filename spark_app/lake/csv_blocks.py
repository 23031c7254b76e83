"""A file's text in blocks of whole lines, whatever ends them, and no more of it at a time than a row may have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

_BLOCK = 4 * 1024 * 1024
# Of a row, as it stands in the file. What is larger would be held several times over by whoever reads it.
LARGEST_ROW = 16 * 1024 * 1024
_OF_LONG = 1_000  # characters kept of a line that is larger than any row
_MARK = b"\xef\xbb\xbf"


class Readable(Protocol):
    """What a file's text is read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes, none at its end."""
        ...


def blocks(stream: Readable, cut: dict[int, bool] | None = None) -> Iterator[bytes]:
    """The file in blocks of whole lines, each line ended by a newline alone or by CR LF; without a byte-order mark.

    As Spark's reader does, the first line end says what ends lines: where it is a CR alone, CRs do.
    A line larger than any row comes as a block of its beginning, or where `cut` is given, as its first characters: its
    number (from 0) is entered there, with whether the quotes in it are odd.
    """
    rest, returns, lines, first = b"", None, 0, True
    while data := stream.read(_BLOCK):
        data, first = rest + (data.removeprefix(_MARK) if first else data), False
        returns = _returns(data) if returns is None else returns
        if returns:
            data = data.replace(b"\r", b"\n")
        cut_at = data.rfind(b"\n") + 1 if returns is not None else 0
        if cut_at:
            yield data[:cut_at]
            lines += data.count(b"\n", 0, cut_at)
        rest = data[cut_at:]
        if len(rest) > LARGEST_ROW:
            if cut is None:
                yield rest
                return
            rest, cut[lines] = _rest_of_line(stream, rest, b"\r" if returns else b"\n")
    if rest:
        yield rest


def _rest_of_line(stream: Readable, line: bytes, end: bytes) -> tuple[bytes, bool]:
    """Read to a line's end: its first characters and what follows it, and whether there were odd quotes in it."""
    quotes, kept = line.count(b'"'), line[:_OF_LONG]
    while data := stream.read(_BLOCK):
        at = data.find(end)
        quotes += data.count(b'"', 0, at if at >= 0 else len(data))
        if at >= 0:
            rest = data[at:].replace(b"\r", b"\n") if end == b"\r" else data[at:]
            return kept + rest, quotes % 2 == 1
    return kept, quotes % 2 == 1


def _returns(data: bytes) -> bool | None:
    """Whether the first line end is a CR without a newline; None where there is no telling yet."""
    at, newline = data.find(b"\r"), data.find(b"\n")
    if at < 0 or 0 <= newline < at:
        return False if newline >= 0 else None
    return None if at + 1 == len(data) else data[at + 1 : at + 2] != b"\n"
