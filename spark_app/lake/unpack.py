"""A landed file's text as bytes, unpacked where it is packed: never more of it than is asked for, and not without end.

A gzip may unpack to a thousand times its size, so what comes out is measured while it comes. Packed parts one after
another are one text, as everywhere; what Hadoop's reader would die of (bytes behind the last part) is an error here.
"""

from __future__ import annotations

import gzip
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from spark_app.lake.csv_blocks import Readable
from spark_app.lake.landing import LandedFile
from spark_app.lake.objects import open_bytes
from spark_app.lake.s3 import is_s3
from spark_app.runtime.settings import S3Settings

# Of text that one file may hold. Spark reads it as one stream of rows, on one core (docs/sources.md).
LARGEST_FILE = 64 * 1024**3
# Order lines pack 5 to 20 times smaller. Where it is more than this, and more than a gigabyte, nobody meant it.
MOST_PACKED, ALWAYS_UNPACKED = 100, 1024**3
_CHUNK = 256 * 1024
_NO_TEXT = (".xlsx", ".xls", ".parquet", ".zip", ".gz")
_GZIP = b"\x1f\x8b"


class NotReadable(Exception):
    """A file that is not what was expected; says what it is, and what was expected."""


class TooMuchText(NotReadable):
    """A file holds more text than is read of one; says how much."""


class Text:
    """What a file holds, read once from its beginning to its end."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self._buffered = parts, b""

    def head(self, size: int) -> bytes:
        """Its first bytes, which are still to be read after it."""
        found = self.read(size)
        self._buffered = found + self._buffered
        return found

    def read(self, size: int, /) -> bytes:
        """So many bytes, fewer only at its end."""
        buffered, parts = len(self._buffered), [self._buffered]
        while buffered < size and (part := next(self._parts, b"")):
            parts.append(part)
            buffered += len(part)
        found = b"".join(parts)
        self._buffered = found[size:]
        return found[:size]


@contextmanager
def text_of(file: LandedFile, s3: S3Settings) -> Iterator[Text]:
    """The file opened. Reading raises gzip.BadGzipFile, EOFError or zlib.error where its packing is not whole,
    NotReadable of a zip that is no archive of one file, and TooMuchText where it holds more than is read.
    """
    packed = file.name.endswith(".gz")
    if file.size > LARGEST_FILE:
        raise TooMuchText(f"a file of {_size(file.size)}; expected at most {_size(LARGEST_FILE)}")
    if file.name.lower().endswith(".zip"):
        with whole_file(file, s3) as archive, _only_member(archive) as member:
            yield Text(_measured(_plain(member), file.size))
        return
    with open_bytes(file.path, s3) as stream:
        yield Text(_measured(_unpacked(stream) if packed else _plain(stream), file.size if packed else None))


@contextmanager
def whole_file(file: LandedFile, s3: S3Settings) -> Iterator[BinaryIO]:
    """The file to be read in any order; of an object store a copy on the disk, for as long as that is needed."""
    with open_bytes(file.path, s3) as stream:
        if not is_s3(file.path):
            yield stream
            return
        with tempfile.TemporaryFile(prefix="lakehouse-") as copy:
            shutil.copyfileobj(stream, copy, _CHUNK)
            copy.seek(0)
            yield copy


@contextmanager
def _only_member(stream: BinaryIO) -> Iterator[Readable]:
    """The one file of a zip; folders and what a Mac adds do not count."""
    try:
        with zipfile.ZipFile(stream) as archive:
            listed = [one for one in archive.infolist() if not one.is_dir() and not _added(one.filename)]
            if len(listed) != 1:
                names = f" ({', '.join(one.filename for one in listed[:3])}, …)" if listed else ""
                raise NotReadable(f"a zip of {len(listed)} files{names}; expected one of one file")
            if listed[0].flag_bits & 1:
                raise NotReadable("a zip with a password; expected one without")
            _is_text(listed[0].filename)
            with archive.open(listed[0]) as member:
                yield cast(Readable, member)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise NotReadable(f"not a whole zip file ({error}); expected one that unpacks to its end") from None


def _is_text(name: str) -> str:
    if name.lower().endswith(_NO_TEXT):
        raise NotReadable(f"a zip with {name}; expected one with a text file, as .csv or .jsonl")
    return name


def _added(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith("._") or name.endswith(".DS_Store")


def inner_name(file: LandedFile, s3: S3Settings) -> str:
    """The name that says what a file is: of a zip, its one file's; NotReadable where that is no text."""
    if not file.name.lower().endswith(".zip"):
        return file.name
    try:
        with whole_file(file, s3) as stream, zipfile.ZipFile(stream) as archive:
            inside = [one.filename for one in archive.infolist() if not one.is_dir() and not _added(one.filename)]
            return _is_text(inside[0]) if len(inside) == 1 else file.name
    except zipfile.BadZipFile:
        return file.name


def _plain(stream: Readable) -> Iterator[bytes]:
    while data := stream.read(_CHUNK):
        yield data


def _measured(parts: Iterator[bytes], packed: int | None) -> Iterator[bytes]:
    """The same, until it is too much for a file; `packed`: of so many bytes."""
    total, most = 0, LARGEST_FILE
    if packed is not None:
        most = min(most, max(ALWAYS_UNPACKED, MOST_PACKED * packed))
    for part in parts:
        total += len(part)
        if total > LARGEST_FILE:
            raise TooMuchText(f"unpacks to more than {_size(LARGEST_FILE)}; expected at most so much")
        if total > most:
            found = f"unpacks to {_size(total)} and more, over {total // max(packed or 1, 1):,} times its size"
            raise TooMuchText(f"{found}; expected at most {MOST_PACKED} times, as of a file of rows")
        yield part


def _unpacked(stream: Readable) -> Iterator[bytes]:
    data = stream.read(_CHUNK)
    if data and not data.startswith(_GZIP):
        raise gzip.BadGzipFile(f"it begins with {data[:2]!r}")
    while data:
        part = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        while not part.eof:
            if not data and not (data := stream.read(_CHUNK)):
                raise EOFError("it ends before its end was marked")
            if found := part.decompress(data, _CHUNK):
                yield found
            data = part.unconsumed_tail
        data = part.unused_data or stream.read(_CHUNK)
        if len(data) == 1:  # the first of the two bytes that tell
            data += stream.read(_CHUNK)
        if data and not data.startswith(_GZIP):
            raise gzip.BadGzipFile("bytes behind its end that are not packed")


def _size(number: int) -> str:
    return f"{number // 1024**3:,} GB" if number >= 1024**3 else f"{number / 1024**2:,.0f} MB"
