"""Landed Excel workbooks (.xlsx): a sheet's cells as text, read by calamine. Their rows are counted by `excel_scan`.

A cell is read as what it holds, not as how it is shown: days and times as ISO 8601, numbers as plain decimals.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from threading import Lock
from typing import BinaryIO

import python_calamine as calamine

from spark_app.contracts.blanks import trimmed
from spark_app.contracts.read import Read
from spark_app.contracts.sources import Dataset
from spark_app.lake.excel_scan import Sheet, chosen_sheet, column_name, scan
from spark_app.lake.landing import LandedFile
from spark_app.lake.unpack import NotReadable, whole_file
from spark_app.runtime.settings import S3Settings

Cell = int | float | str | bool | time | date | datetime | timedelta
# Excel keeps so many digits of a number; of longer ones the rest is made up.
_DIGITS = 15
_ALL_DIGITS = 10**_DIGITS
_one_in_memory = Lock()  # a sheet is held whole, and files of an object store are inspected several at once


def names_and_sheet(file: LandedFile, dataset: Dataset, s3: S3Settings) -> tuple[tuple[str, ...], Sheet]:
    """The header's names, and the sheet as counted in the file's own XML; NotReadable where it cannot be read."""
    with whole_file(file, s3) as stream, _one_in_memory, _scanned(stream, file.size, dataset) as (sheet, header, _):
        return header, sheet


def read_sheet(
    stream: BinaryIO, size: int, dataset: Dataset
) -> tuple[Sheet, tuple[str, ...], list[tuple[int, list[str]]]]:
    """The sheet as counted, the header's names, and all rows below it, each with its number in the sheet.

    NotReadable where it cannot be read.
    """
    with _scanned(stream, size, dataset) as (sheet, header, rows):
        return sheet, header, list(rows)


def rows_of(
    file: LandedFile, dataset: Dataset, header: Sequence[str], s3: S3Settings
) -> Iterator[tuple[str, list[str | None] | None]]:
    """Each row of data: as a line of CSV, and its values by the header (None: it has values beyond it)."""
    read, columns = dataset.read, len(header)
    with whole_file(file, s3) as stream, _rows(stream, read) as (_, rows):
        if read.header:
            next(rows, None)
        for _, row in _without_last(rows, read.skip_footer):
            values: list[str | None] = [*(one or None for one in row[:columns]), *[None] * (columns - len(row))]
            yield _line(row), None if any(trimmed(one) for one in row[columns:]) else values


def first_rows(stream: BinaryIO, most: int) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names of a workbook's visible sheets; the first one's first rows that hold anything, each with its number."""
    with _opened(stream) as book, _rows_of_book(book, Read()) as (_, rows):
        found = [row for row, _ in zip(rows, range(most), strict=False)]
        return _shown(book), found


@contextmanager
def _scanned(
    stream: BinaryIO, size: int, dataset: Dataset
) -> Iterator[tuple[Sheet, tuple[str, ...], Iterator[tuple[int, list[str]]]]]:
    """The sheet as counted, the header's names, and the rows below it."""
    sheet = scan(stream, size, dataset.read)
    stream.seek(0)
    with _rows(stream, dataset.read) as (first_column, rows):
        yield sheet, _header(rows, first_column, dataset), rows


@contextmanager
def _rows(stream: BinaryIO, read: Read) -> Iterator[tuple[int, Iterator[tuple[int, list[str]]]]]:
    """The sheet's first column that holds anything, and its rows that do, behind the lines to skip."""
    with _opened(stream) as book, _rows_of_book(book, read) as found:
        yield found


@contextmanager
def _rows_of_book(book: calamine.CalamineWorkbook, read: Read) -> Iterator[tuple[int, Iterator[tuple[int, list[str]]]]]:
    names = [one.name for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
    sheet = book.get_sheet_by_name(chosen_sheet(names, _shown(book), read.sheet))
    texts = ((number, [as_text(cell) for cell in row]) for number, row in enumerate(sheet.iter_rows(), 1))
    rows = (one for one in texts if one[0] > read.skip_lines and any(trimmed(text) for text in one[1]))
    yield (sheet.start or (0, 0))[1] + 1, rows


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[calamine.CalamineWorkbook]:
    try:
        with calamine.CalamineWorkbook.from_filelike(stream) as book:
            yield book
    except calamine.CalamineError as error:
        raise NotReadable(f"not a whole Excel workbook ({error}); expected one") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what pyo3 makes of a fault in the library; no Exception
            raise
        raise NotReadable("not a whole Excel workbook (its reader gave up); expected one") from None


def _shown(book: calamine.CalamineWorkbook) -> list[str]:
    return [
        one.name
        for one in book.sheets_metadata
        if one.typ == calamine.SheetTypeEnum.WorkSheet and one.visible == calamine.SheetVisibleEnum.Visible
    ]


def _header(rows: Iterator[tuple[int, list[str]]], first_column: int, dataset: Dataset) -> tuple[str, ...]:
    """The first row's names, without blank ones at the end; a column without a name is called by its letters."""
    if not dataset.read.header:
        return tuple(dataset.columns)
    _, row = next(rows, (0, list[str]()))
    names = [trimmed(one) for one in row]
    while names and not names[-1]:
        names.pop()
    return tuple(name or column_name(first_column + at) for at, name in enumerate(names))


def as_text(cell: Cell) -> str:
    """A cell as bronze holds it; an empty one is empty."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, datetime):
        return _to_millis(cell).isoformat(sep=" ")
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return cell.isoformat() if isinstance(cell, date | time) else cell


def _number(cell: float) -> str:
    """Its digits as Excel keeps them: 0.1 + 0.2 is 0.3, 45000123.0 is 45000123.

    A number of more digits than it keeps is written as Excel shows it, 1.23456789012346E+16, so that it is told as one.
    """
    if abs(cell) >= _ALL_DIGITS:
        return f"{cell:.{_DIGITS - 1}E}"
    text = format(Decimal(f"{cell:.{_DIGITS}g}"), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _to_millis(moment: datetime) -> datetime:
    """A day's number holds its time to the millisecond, and below that what is left of a fraction."""
    millis = round(moment.microsecond / 1000)
    return moment.replace(microsecond=0) + timedelta(milliseconds=millis)


def _without_last(rows: Iterator[tuple[int, list[str]]], count: int) -> Iterator[tuple[int, list[str]]]:
    held: deque[tuple[int, list[str]]] = deque()
    for row in rows:
        held.append(row)
        if len(held) > count:
            yield held.popleft()


def _line(row: Sequence[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="").writerow(row)
    return text.getvalue()
