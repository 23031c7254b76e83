"""What the first lines of a landed file say.

Files are looked at before Spark reads them: a file that cannot be read (binary, truncated, two columns of one name)
is kept apart with its reason, and the rest of the day goes on.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spark_app.contracts.blanks import folded, trimmed
from spark_app.contracts.sources import Dataset
from spark_app.lake.landing import LandedFile
from spark_app.lake.objects import reading
from spark_app.runtime.messages import clipped
from spark_app.runtime.settings import S3Settings

_HEAD = 64 * 1024
_BLOCK = 1024 * 1024
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Inspected:
    """A file and its header; `problem` is why it cannot be read as CSV, `notes` what is odd about it.

    `missing`: columns of the source that the header lacks; `unknown`: names in it that the source does not know.
    """

    file: LandedFile
    header: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    mixed_lines: bool = False
    problem: str | None = None
    notes: tuple[str, ...] = ()


def inspect(file: LandedFile, dataset: Dataset, s3: S3Settings) -> Inspected:
    """Read the header; for compressed files also check that they are whole."""
    found = Inspected(file)
    if ":" in file.name:
        return replace(
            found, problem="a colon in the file's name, which Spark cannot open; expected a name without one"
        )
    try:
        head = _head(file, s3)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        return replace(found, problem=f"not a whole gzip file ({error}); expected one that unpacks to its end")
    if head.startswith(_UTF16_MARKS):
        return replace(found, problem="UTF-16 text; expected UTF-8")
    if b"\0" in head:
        return replace(found, problem=f"binary data (a zero byte at {head.index(0)}); expected UTF-8 text")
    try:
        header = _header(head.removeprefix(_UTF8_MARK), dataset.separator)
    except (UnicodeDecodeError, csv.Error) as error:
        return replace(found, problem=f"the header is not UTF-8 text ({error}); expected column names")
    if not any(header):
        return replace(found, problem="the file is empty; expected a header row")
    return _judged(replace(found, header=header, mixed_lines=_mixed_lines(head)), dataset)


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


def _head(file: LandedFile, s3: S3Settings) -> bytes:
    """The first bytes; a compressed file is unpacked to its end, so that a truncated one is found out."""
    if not file.name.endswith(".gz"):
        with reading(file.path, s3, _HEAD) as stream:
            return stream.read(_HEAD)
    with reading(file.path, s3) as stream, gzip.open(stream, "rb") as unpacked:
        head = unpacked.read(_HEAD)
        _drain(unpacked)
        return head


def _drain(stream: gzip.GzipFile) -> None:
    while stream.read(_BLOCK):
        pass


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
