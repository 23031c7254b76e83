"""What a landed file says of itself before Spark reads it: its header, how many rows it holds, whether it is sound.

A file that cannot be read (binary, truncated, two columns of one name) is kept apart with its reason, and the rest of
the day goes on. One whose quotes are not in order is read here, line by line.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO, cast

from spark_app.contracts.blanks import folded, trimmed
from spark_app.contracts.sources import Dataset
from spark_app.lake.csv_damage import Record, records
from spark_app.lake.csv_scan import blocks, scan
from spark_app.lake.landing import LandedFile
from spark_app.lake.objects import reading
from spark_app.runtime.messages import clipped
from spark_app.runtime.settings import S3Settings

_HEAD = 64 * 1024
# What is read line by line is held in memory: of a larger file that is damaged no row is read.
LARGEST_DAMAGED = 32 * 1024 * 1024
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Inspected:
    """A file and its header; `problem` is why it cannot be read as CSV, `notes` what is odd about it.

    `missing`: columns of the source that the header lacks; `unknown`: names in it that the source does not know.
    `rows`: how many it holds, counted here; a file that cannot be read stands for one. `records`: what it holds, where
    its quotes are not in order (None: they are, and Spark reads it).
    """

    file: LandedFile
    header: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    mixed_lines: bool = False
    problem: str | None = None
    notes: tuple[str, ...] = ()
    rows: int = 1
    records: tuple[Record, ...] | None = None

    @property
    def damaged(self) -> list[Record]:
        """Lines that are set aside because the quotes in them, or around them, are not in order."""
        return [record for record in self.records or () if record.damage]


def inspect(file: LandedFile, dataset: Dataset, s3: S3Settings) -> Inspected:
    """Read the header, then all of the file: to count it, and to see that its text and its packing are whole."""
    found = Inspected(file)
    if ":" in file.name:
        return replace(
            found, problem="a colon in the file's name, which Spark cannot open; expected a name without one"
        )
    try:
        return _looked_into(found, dataset, s3)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        return replace(found, problem=f"not a whole gzip file ({error}); expected one that unpacks to its end")


def _looked_into(found: Inspected, dataset: Dataset, s3: S3Settings) -> Inspected:
    with _unpacked(found.file, s3, _HEAD) as stream:
        head = stream.read(_HEAD)
    if head.startswith(_UTF16_MARKS):
        return replace(found, problem="UTF-16 text; expected UTF-8")
    if b"\0" in head:
        return replace(found, problem=_binary(head.index(0)))
    try:
        header = _header(head.removeprefix(_UTF8_MARK), dataset.separator)
    except (UnicodeDecodeError, csv.Error) as error:
        return replace(found, problem=f"the header is not UTF-8 text ({error}); expected column names")
    if not any(header):
        return replace(found, problem="the file is empty; expected a header row")
    judged = _judged(replace(found, header=header, mixed_lines=_mixed_lines(head)), dataset)
    return judged if judged.problem else _counted(judged, dataset.separator, s3)


def matched(header: Sequence[str], dataset: Dataset) -> list[str | None]:
    """For each header name the bronze column it is, or None where the source does not know it."""
    exact = dict(dataset.columns)
    alike = {folded(name): column for name, column in dataset.columns.items()}
    return [exact.get(name) or alike.get(folded(name)) for name in header]


def _judged(found: Inspected, dataset: Dataset) -> Inspected:
    columns = [column for column in matched(found.header, dataset) if column]
    if not columns:
        shown, expected = (clipped(", ".join(names), 80) for names in (found.header, dataset.columns))
        return replace(found, problem=f"the first row names no known column; found '{shown}', expected of '{expected}'")
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        return replace(found, problem=f"the header names '{twice[0]}' twice; expected each column once")
    missing = tuple(header for header, column in dataset.columns.items() if column not in columns)
    notes: tuple[str, ...] = (f"columns not in the header: {', '.join(missing)}",) if missing else ()
    pairs = zip(found.header, matched(found.header, dataset), strict=True)
    unknown = tuple(name for name, column in pairs if not column)
    if unknown:
        notes += (f"unknown columns kept in _extra: {', '.join(unknown)}",)
    return replace(found, missing=missing, unknown=unknown, notes=notes)


def _counted(found: Inspected, separator: str, s3: S3Settings) -> Inspected:
    """The file's rows counted; where its quotes are not in order, read."""
    columns = len(found.header)
    with _unpacked(found.file, s3) as stream:
        seen = scan(stream, separator, columns)
    if seen.zero_at is not None:
        return replace(found, problem=_binary(seen.zero_at))
    if seen.damaged_line is None:
        return replace(found, rows=seen.rows)
    data = bytearray()
    with _unpacked(found.file, s3) as stream:
        for block in blocks(stream):
            data += block
            if len(data) > LARGEST_DAMAGED:
                most = f"{LARGEST_DAMAGED // 1024**2} MB"
                told = f"quotes are not in order from line {seen.damaged_line} on, and the file is too large to be read"
                return replace(found, problem=f"{told} line by line; expected quotes as in RFC 4180, or at most {most}")
    read = records(bytes(data), separator, columns)
    if isinstance(read, str):
        return replace(found, problem=f"{read}; expected column names with their quotes in order")
    return replace(found, rows=len(read), records=tuple(read))


@contextmanager
def _unpacked(file: LandedFile, s3: S3Settings, first: int | None = None) -> Iterator[BinaryIO]:
    """The file's text as bytes; of a file that is not compressed only the `first` few are fetched where given."""
    if not file.name.endswith(".gz"):
        with reading(file.path, s3, first) as stream:
            yield stream
        return
    with reading(file.path, s3) as stream, gzip.open(stream, "rb") as unpacked:
        yield cast(BinaryIO, unpacked)


def _binary(at: int) -> str:
    return f"binary data (a zero byte at {at}); expected UTF-8 text"


def _header(head: bytes, separator: str) -> tuple[str, ...]:
    lines = head.split(b"\n") if b"\n" in head else head.split(b"\r")
    whole = b"\n".join(lines[:-1]) if len(lines) > 1 else head
    text = io.StringIO(whole.decode("utf-8", errors="replace"), newline="")
    # Blank lines before the header are nothing to Spark's reader either.
    names: list[str] = next((row for row in csv.reader(text, delimiter=separator) if row), [])
    if any("\ufffd" in name for name in names):
        raise csv.Error("bytes that are not UTF-8")
    return tuple(trimmed(name) for name in names)


def _mixed_lines(head: bytes) -> bool:
    """Some lines end in CR LF and others in LF alone; Spark would take the first kind it sees for all."""
    return 0 < head.count(b"\r\n") < head.count(b"\n")
