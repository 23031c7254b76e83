"""What a landed file says of itself before Spark reads it: its header, how many rows it holds, whether it is sound.

A file that cannot be read (binary, truncated, two columns of one name) is kept apart with its reason, and the rest of
the day goes on. One whose quotes are not in order is read here, line by line.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from spark_app.contracts.blanks import folded, trimmed
from spark_app.contracts.read import Format, Read, format_of
from spark_app.contracts.sources import Dataset
from spark_app.lake import csv_characters, excel_files, json_files, parquet_files
from spark_app.lake.csv_blocks import Readable, blocks
from spark_app.lake.csv_damage import Record, records
from spark_app.lake.csv_scan import scan
from spark_app.lake.csv_text import CsvText, as_written, csv_text, fitted, named
from spark_app.lake.landing import LandedFile
from spark_app.lake.s3 import is_s3
from spark_app.lake.unpack import NotReadable, inner_name
from spark_app.runtime.messages import clipped
from spark_app.runtime.settings import S3Settings

_HEAD = 256 * 1024  # a header must end in it
# Plans of Spark grow with the columns; the widest exports of shops have some hundred.
MOST_COLUMNS = 2_000
_AT_ONCE = 8  # files of an object store; the client keeps ten connections
# What is read line by line is held in memory: of a larger file that is damaged no row is read.
LARGEST_DAMAGED = 32 * 1024 * 1024
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# What a file is that begins so, and what to do.
_OTHERS = {
    b"\x1f\x8b": "gzip data; expected a name that ends in .csv.gz, and text that is packed once",
    b"PK\x03\x04": "a zip archive or an Excel workbook; expected CSV text, or a name that ends in .zip or .xlsx",
    b"\xd0\xcf\x11\xe0": "an Excel workbook; expected CSV text",
    b"BZh": "bzip2 data; expected CSV text, or that packed with gzip",
    b"\xfd7zXZ": "xz data; expected CSV text, or that packed with gzip",
    b"\x28\xb5\x2f\xfd": "zstd data; expected CSV text, or that packed with gzip",
    b"%PDF": "a PDF; expected CSV text",
    b"PAR1": "Parquet; expected CSV text",
}


@dataclass(frozen=True)
class Inspected:
    """A file and its header; `problem` is why it cannot be read as CSV, `notes` what is odd about it.

    `missing`: columns of the source that the header lacks; `unknown`: names in it that the source does not know.
    `rows`: how many it holds, counted here; a file that cannot be read stands for one. `records`: what it holds, where
    its quotes are not in order (None: they are, and Spark reads it). `spoilt`: rows that hold bytes of no text, by
    number, each with its line and what it is. `kind`: what it is; `own`: whether we read it, and not Spark's reader.
    `blanked`: cells that are read as blank though something stands in them.
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
    spoilt: tuple[tuple[int, str], ...] = ()
    kind: Format = "csv"
    own: bool = False
    blanked: str | None = None

    @property
    def aside(self) -> list[str]:
        """Why lines are set aside by what stands in the file, whatever the contracts say."""
        return [*(record.damage or "" for record in self.damaged), *(why for _, why in self.spoilt)]

    @property
    def damaged(self) -> list[Record]:
        """Lines that are set aside for the quotes in them or around them, or for their size."""
        return [record for record in self.records or () if record.damage]


def inspect(file: LandedFile, dataset: Dataset, s3: S3Settings) -> Inspected:
    """Read the header, then all of the file: to count it, and to see that its text and its packing are whole."""
    found = Inspected(file)
    if ":" in file.name:
        return replace(
            found, problem="a colon in the file's name, which Spark cannot open; expected a name without one"
        )
    try:
        kind = format_of(inner_name(file, s3))
        if kind != "csv":
            return _of_kind(replace(found, kind=kind, own=True), dataset, s3)
        with csv_text(file, dataset, s3) as landed:
            head = landed.text.head(_HEAD)
            judged = _with_header(replace(found, own=not landed.as_landed), head, dataset, landed.separator)
            return judged if judged.problem else _counted(judged, landed, dataset, s3)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        return replace(found, problem=f"not a whole gzip file ({error}); expected one that unpacks to its end")
    except NotReadable as error:
        return replace(found, problem=str(error))


def inspect_all(files: Sequence[LandedFile], dataset: Dataset, s3: S3Settings) -> list[Inspected]:
    """Each of the files inspected, in their order; of an object store some at once: its answers take a while."""
    if not any(is_s3(file.path) for file in files):
        return [inspect(file, dataset, s3) for file in files]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda file: inspect(file, dataset, s3), files))


def _of_kind(found: Inspected, dataset: Dataset, s3: S3Settings) -> Inspected:
    """JSON, Parquet and Excel: their names, and how many rows they hold."""
    blanked = None
    if found.kind == "json":
        seen = json_files.count(found.file, dataset, s3)
        header = (*(name for name in dataset.columns if seen.known[name]), *seen.unknown)
        rows = seen.rows
    elif found.kind == "excel":
        header, sheet = excel_files.names_and_sheet(found.file, dataset, s3)
        rows, blanked = sheet.counted(dataset.read), sheet.blanked
        if not header:
            return replace(found, problem=f"sheet '{sheet.name}' is empty; expected a row of column names")
    else:
        names, rows = parquet_files.names_and_rows(found.file, s3)
        paths = [name for name in dataset.columns if name not in names and name.partition(".")[0] in names]
        header = (*names, *paths)
    if len(header) > MOST_COLUMNS:
        told = f"the file has {len(header):,} columns"
        return replace(found, problem=f"{told}; expected at most {MOST_COLUMNS:,}")
    if not rows and not header:
        return replace(found, rows=0, header=tuple(dataset.columns))
    judged = _judged(replace(found, header=header, rows=rows, blanked=blanked), dataset)
    return replace(judged, notes=(*judged.notes, blanked)) if blanked and not judged.problem else judged


def _with_header(found: Inspected, head: bytes, dataset: Dataset, separator: str) -> Inspected:
    if head.startswith(_UTF16_MARKS):
        return replace(found, problem=_UTF16)
    for mark, other in _OTHERS.items():
        if head.startswith(mark):
            return replace(found, problem=other)
    line = re.split(rb"[\r\n]", head.removeprefix(_UTF8_MARK).lstrip(b"\r\n"), maxsplit=1)[0]
    if b"\0" in line:
        wide = 3 * line.count(0) >= len(line)  # of UTF-16 half, of UTF-32 three of four
        return replace(found, problem=_UTF16 if wide else _binary(head.index(0)))
    if len(head) == _HEAD and b"\n" not in head and b"\r" not in head:
        return replace(found, problem=f"the first line has more than {_HEAD // 1024} KB; expected column names")
    try:
        header = named(_header(head.removeprefix(_UTF8_MARK), separator), dataset.read)
    except (UnicodeDecodeError, csv.Error) as error:
        return replace(found, problem=f"the header is not UTF-8 text ({error}); expected column names, or {_SAY}")
    if not any(header):
        return replace(found, problem="the file is empty; expected a header row")
    if len(header) > MOST_COLUMNS:
        told = f"the header has {len(header):,} columns"
        return replace(found, problem=f"{told}; expected at most {MOST_COLUMNS:,}")
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
    wanted = [header for header in missing if header not in dataset.optional]
    notes: tuple[str, ...] = (f"columns not in the header: {', '.join(wanted)}",) if wanted else ()
    pairs = zip(found.header, matched(found.header, dataset), strict=True)
    unknown = tuple(name for name, column in pairs if not column)
    if unknown:
        notes += (f"unknown columns kept in _extra: {', '.join(unknown)}",)
    return replace(found, missing=missing, unknown=unknown, notes=notes)


def _counted(found: Inspected, landed: CsvText, dataset: Dataset, s3: S3Settings) -> Inspected:
    """The file's rows counted; where they are not in order, read."""
    columns, separator = len(found.header), landed.separator
    seen = scan(landed.text, separator, columns)
    if seen.damaged_line is None:
        return replace(found, rows=seen.rows, spoilt=seen.spoilt)
    cut: dict[int, bool] = {}
    with csv_text(found.file, dataset, s3) as again:
        data = _whole(again.text, cut)
    if data is None:
        most, told = f"{LARGEST_DAMAGED // 1024**2} MB", f"{seen.damage} from line {seen.damaged_line} on"
        told += ", and the file is too large to be read line by line"
        return replace(found, problem=f"{told}; expected rows as in RFC 4180, or at most {most}")
    read = records(data, separator, columns, cut)
    if isinstance(read, str):
        return replace(found, problem=read)
    read = [_as_read(record, columns, dataset.read) for record in read]
    spoilt = tuple((number, row.spoilt) for number, row in enumerate(read, 1) if row.spoilt and row.fits(columns))
    return replace(found, rows=len(read), records=tuple(read), spoilt=spoilt)


def _as_read(record: Record, columns: int, read: Read) -> Record:
    """A record with what the dataset's `read` allows of its width, and with quotes as the shop wrote them."""
    fields = fitted(record.fields, columns, read) if record.damage is None else None
    back = as_written(read)
    if fields is None and back is None:
        return record
    if back is None:
        return replace(record, fields=tuple(fields or ()))
    given = tuple(one if one is None else back(one) for one in (fields or record.fields))
    return replace(record, fields=given, text=back(record.text))


def _whole(text: Readable, cut: dict[int, bool]) -> bytes | None:
    """All of a file but what its longest lines hold (see `blocks`); None where that is too much to be held."""
    data = bytearray()
    for block in blocks(text, cut):
        data += block
        if len(data) > LARGEST_DAMAGED:
            return None
    return bytes(data)


_SAY = "what it is under the dataset's `read`, as `encoding: cp1252`"
_UTF16 = "UTF-16 text; expected UTF-8: save it as that, or say `encoding: utf-16` under the dataset's `read`"


def _binary(at: int) -> str:
    return f"binary data (a zero byte at {at}, in the header); expected UTF-8 text"


def _header(head: bytes, separator: str) -> tuple[str, ...]:
    lines = head.split(b"\n") if b"\n" in head else head.split(b"\r")
    whole = b"\n".join(lines[:-1]) if len(lines) > 1 else head
    text = io.StringIO(whole.decode("utf-8", errors="replace"), newline="")
    # Blank lines before the header are nothing to Spark's reader either.
    names: list[str] = next((row for row in csv.reader(text, delimiter=separator) if row), [])
    if any("\ufffd" in name for name in names) or csv_characters.first("".join(names).encode()):
        raise csv.Error("bytes that are not UTF-8")
    return tuple(trimmed(name) for name in names)


def _mixed_lines(head: bytes) -> bool:
    """Some lines end in CR LF and others in LF alone; Spark would take the first kind it sees for all."""
    return 0 < head.count(b"\r\n") < head.count(b"\n")
