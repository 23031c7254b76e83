"""A landed file's CSV text as canonical text: UTF-8, a header, fields in double quotes, and nothing before or behind.

What a dataset's `read:` says is undone here, so that one count and one reader do for all files. A quote of another kind
changes places with the double quote, and back again in each value (`as_written`).
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from spark_app.contracts.read import Read
from spark_app.contracts.sources import Dataset
from spark_app.lake.csv_blocks import LARGEST_ROW, blocks
from spark_app.lake.landing import LandedFile
from spark_app.lake.unpack import NotReadable, Text, text_of
from spark_app.runtime.settings import S3Settings

_HEAD = 256 * 1024  # what stands before the header must end in it
_CHUNK = 256 * 1024
_MARK = b"\xef\xbb\xbf"
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)")
_SEP = re.compile(rb'"?sep=(\\t|[\x00-\x7f])"?[ \t]*(?:\r\n|\n|\r)', re.IGNORECASE)
_NO_QUOTE = "\ue000"  # stands for a double quote where there are no quotes: private use, in no shop's file
Field = str | None


@dataclass(frozen=True)
class CsvText:
    """`text`: canonical. `as_landed`: it is what lies in landing, so that Spark's own reader may have it."""

    text: Text
    separator: str
    as_landed: bool


@contextmanager
def csv_text(file: LandedFile, dataset: Dataset, s3: S3Settings) -> Iterator[CsvText]:
    """The file opened; raises as `text_of` does, and NotReadable where too much stands before the header."""
    read = dataset.read
    with text_of(file, s3) as landed:
        as_landed = read.as_canonical and not file.name.lower().endswith(".zip")
        text = landed if as_landed else Text(_recoded(_rest(landed), read.encoding))
        separator = separator_of(file, dataset)
        head = text.head(_HEAD).removeprefix(_MARK)
        if read.skip_lines or head[:5].lower().removeprefix(b'"').startswith(b"sep="):
            separator = _begun(text, read, separator)
            as_landed = False
        if not as_landed:
            text = Text(_canonical(_rest(text), dataset, separator))
        yield CsvText(text, separator, as_landed)


def records(stream: Text, separator: str) -> Iterator[tuple[str, list[Field] | None]]:
    """Each record of canonical text as it stands, and its fields (an empty one None; None: it cannot be divided).

    Quotes are in order, as `csv_scan` has seen; lines of nothing are no records.
    """
    begun: list[str] = []
    inside = False
    for block in blocks(stream):
        for line in block.decode("utf-8", errors="replace").removesuffix("\n").split("\n"):
            if not begun and not line.strip("\r"):
                continue
            begun.append(line)
            inside ^= line.count('"') % 2 == 1
            if not inside:
                record, begun = "\n".join(begun).removesuffix("\r"), []
                yield record, _fields(record, separator)
    if begun:
        yield "\n".join(begun), None


def fitted(fields: Sequence[Field], columns: int, read: Read) -> Sequence[Field] | None:
    """A row's fields as many as the header has names; None where they are not, and the source does not allow it."""
    if len(fields) < columns and read.fill_short_rows:
        return [*fields, *[None] * (columns - len(fields))]
    if len(fields) > columns and read.drop_empty_fields and not any((one or "").strip() for one in fields[columns:]):
        return fields[:columns]
    return fields if len(fields) == columns else None


def named(header: tuple[str, ...], read: Read) -> tuple[str, ...]:
    """The header without blank names at its end, where the source drops empty fields."""
    while read.drop_empty_fields and header and not header[-1]:
        header = header[:-1]
    return header


def as_written(read: Read) -> Callable[[str], str] | None:
    """What gives a value of canonical text back as the shop wrote it; None where it is so already."""
    if read.quote == '"':
        return None
    if not read.quote:
        return lambda value: value.replace(_NO_QUOTE, '"')
    table = str.maketrans({'"': read.quote, read.quote: '"'})
    return lambda value: value.translate(table)


def separator_of(file: LandedFile, dataset: Dataset) -> str:
    """Files named .tsv have tabs between fields, unless the source names something else than a comma."""
    bare = file.name.lower().removesuffix(".gz")
    return "\t" if bare.endswith(".tsv") and dataset.separator == "," else dataset.separator


def _begun(text: Text, read: Read, separator: str) -> str:
    """Reads on to the header, past `sep=` and the lines to skip; the separator that `sep=` names."""
    head = text.head(_HEAD)
    at = len(_MARK) if head.startswith(_MARK) else 0
    if named := _SEP.match(head, at):
        separator, at = named[1].decode().replace("\\t", "\t"), named.end()
    for skipped in range(read.skip_lines):
        line = _LINE.match(head, at)
        if line is None:
            raise NotReadable(f"the file has {skipped} lines; expected {read.skip_lines} before its header")
        at = line.end()
    text.read(at)
    return separator


def _rest(text: Text) -> Iterator[bytes]:
    while part := text.read(_CHUNK):
        yield part


def _recoded(parts: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """UTF-8 of text in another encoding; bytes that are none of its letters become marks, as everywhere."""
    if codecs.lookup(encoding).name == "utf-8":
        yield from parts
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for part in parts:
        yield decoder.decode(part).encode("utf-8", errors="replace")
    yield decoder.decode(b"", final=True).encode("utf-8", errors="replace")


def _canonical(parts: Iterator[bytes], dataset: Dataset, separator: str) -> Iterator[bytes]:
    read = dataset.read
    if read.quote == "":
        parts = (part.replace(b'"', _NO_QUOTE.encode()) for part in parts)
    elif read.quote != '"':
        table = bytes.maketrans(b'"' + read.quote.encode(), read.quote.encode() + b'"')
        parts = (part.translate(table) for part in parts)
    if read.skip_footer:
        parts = _without_footer(parts, read.skip_footer)
    if not read.header:
        yield _line(list(dataset.columns), separator)
    yield from parts


def _without_footer(parts: Iterator[bytes], lines: int) -> Iterator[bytes]:
    """All but so many lines at the end, and the blank ones behind them."""
    held = b""
    for part in parts:
        held += part
        at = _before_last(held, lines)
        if at > 0:
            yield held[:at]
            held = held[at:]
        if len(held) > LARGEST_ROW:
            yield held
            held = b""
    yield held[: max(_before_last(held, lines), 0)]


def _before_last(text: bytes, lines: int) -> int:
    """Where the last so many lines of a text begin; -1 where it has no more. Blank lines at its end do not count."""
    end = len(text.rstrip(b"\r\n\t ,;"))
    at = end
    for _ in range(lines):
        at = max(text.rfind(b"\n", 0, at), text.rfind(b"\r", 0, at))
        if at < 0:
            return -1
    return at + 1


def _line(names: Sequence[str], separator: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\n").writerow(names)
    return text.getvalue().encode()


def _fields(record: str, separator: str) -> list[Field] | None:
    if '"' not in record:
        return [value or None for value in record.split(separator)]
    csv.field_size_limit(LARGEST_ROW)
    try:
        rows = list(csv.reader(io.StringIO(record, newline=""), delimiter=separator, strict=False))
    except csv.Error:
        return None
    return [value or None for value in rows[0]] if len(rows) == 1 else None
