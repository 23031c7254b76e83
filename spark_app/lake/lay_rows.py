"""The rows of one file divided by their days, into files of a temporary folder; a row's text stays as it stands."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import zipfile
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from spark_app.contracts.blanks import folded, trimmed
from spark_app.contracts.read import format_of
from spark_app.contracts.sources import Dataset
from spark_app.lake.lay_excel import sheet_rows
from spark_app.runtime.errors import UsageError
from spark_app.runtime.messages import clipped
from spark_app.runtime.yaml_lines import nearest

_LONGEST_FIELD = 16 * 1024 * 1024
_HELD = 16 * 1024 * 1024  # characters of rows that wait to be written
Row = tuple[str, list[str], int]  # its text, its values of the day's columns, its first line
Parts = tuple[str, Iterator[Row], Sequence[str]]  # what stands before the rows, the rows, what stands behind them


@dataclass(frozen=True)
class DayColumn:
    """A column that tells a row's day (JSON: a path), and how its text is read."""

    name: str
    read: Callable[[str], date | None]


@dataclass
class Drops:
    """Files of days below a temporary folder. Rows wait in memory until there are many, for days come in any order."""

    folder: Path
    _waiting: dict[Path, list[str]] = field(default_factory=lambda: defaultdict(list))
    _size: int = 0

    def add(self, day: date, name: str, text: str, encoding: str) -> None:
        """A row more of a day's file."""
        self._waiting[self.folder / f"dt={day}" / name].append(text)
        self._size += len(text)
        if self._size > _HELD:
            self.write(encoding)

    def write(self, encoding: str) -> None:
        """Write what waits."""
        for path, rows in self._waiting.items():
            path.parent.mkdir(exist_ok=True)
            # A text's mark (UTF-16) is written at a file's beginning alone.
            with path.open("a", encoding=encoding, errors="surrogateescape", newline="") as stream:
                stream.writelines(rows)
        self._waiting.clear()
        self._size = 0

    def files(self) -> dict[Path, date]:
        """What was written, and of which day it is."""
        return {path: date.fromisoformat(path.parent.name[3:]) for path in sorted(self.folder.glob("dt=*/*"))}


def plain_name(path: Path) -> str:
    """The name that a file's drops get: of what a packed one holds, and for a workbook's rows that of a CSV."""
    name = path.name
    if name.lower().endswith((".zip", ".xlsx")):
        return f"{name.rpartition('.')[0]}.csv"
    return name[:-3] if name.endswith(".gz") else name


def split(path: Path, dataset: Dataset, columns: Sequence[DayColumn], drops: Drops) -> int:
    """Divide a file by the days its rows tell; how many rows it had. UsageError names file, line and what was found."""
    name, encoding = plain_name(path), dataset.read.encoding
    count, last = 0, None
    seen: set[date] = set()
    with _parts(path, dataset, columns) as (before, rows, after):
        for text, values, line in rows:
            last = _day(path, line, values, columns, last)
            if last not in seen:
                seen.add(last)
                drops.add(last, name, before, encoding)
            drops.add(last, name, text if text.endswith(("\n", "\r")) else f"{text}\n", encoding)
            count += 1
        for day in sorted(seen):
            drops.add(day, name, "".join(after), encoding)
    drops.write(encoding)
    return count


@contextmanager
def _parts(path: Path, dataset: Dataset, columns: Sequence[DayColumn]) -> Iterator[Parts]:
    """A file's text before its rows, its rows, and the text behind them, which is known once the rows are read."""
    kind = format_of(path.name)
    if kind == "parquet":
        raise UsageError(f"{path}: Parquet is not divided; nothing was laid", hint="lay it whole into one day: --date")
    if kind == "excel":
        header, before, rows, after = sheet_rows(path, dataset)
        places = [_place(path, header, column.name) for column in columns]
        yield before, ((text, _values(row, places), number) for text, row, number in rows), after
        return
    with _text(path, dataset.read.encoding) as stream:
        yield (_json_rows if kind == "json" else _csv_rows)(path, stream, dataset, columns)


def _values(fields: Sequence[str], places: Sequence[int]) -> list[str]:
    return [fields[place] if place < len(fields) else "" for place in places]


def _day(path: Path, line: int, values: list[str], columns: Sequence[DayColumn], last: date | None) -> date:
    for column, value in zip(columns, values, strict=True):
        if text := trimmed(value):
            day = column.read(text)
            if day is None:
                raise UsageError(
                    f"{path}: line {line}: {column.name}: found '{clipped(text, 60)}', no day; nothing was laid",
                    hint="say how it is written: --format 'dd/MM/yyyy', or formats in the source",
                )
            return day
    if last is None:
        names = ", ".join(column.name for column in columns)
        raise UsageError(f"{path}: line {line}: {names}: found nothing, expected a day; nothing was laid")
    return last


@contextmanager
def _text(path: Path, encoding: str) -> Iterator[TextIO]:
    """The text of a file that may be packed, with its line ends, and bytes that are none kept for writing."""
    try:
        if path.name.endswith(".gz"):
            with gzip.open(path, "rt", encoding=encoding, errors="surrogateescape", newline="") as stream:
                yield stream
        elif path.name.lower().endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                inside = [one for one in archive.namelist() if not one.endswith("/") and not one.startswith("__MACOSX")]
                if len(inside) != 1:
                    raise UsageError(f"{path}: a zip of {len(inside)} files; expected one of one file")
                with archive.open(inside[0]) as member:
                    yield io.TextIOWrapper(member, encoding=encoding, errors="surrogateescape", newline="")
        else:
            with path.open(encoding=encoding, errors="surrogateescape", newline="") as stream:
                yield stream
    except (OSError, EOFError, zipfile.BadZipFile, UnicodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}; nothing was laid") from None


class _Lines:
    """Lines of a text; those taken since the last look are what a record is made of."""

    def __init__(self, stream: Iterable[str]) -> None:
        self._stream, self._taken, self.number = iter(stream), [], 0  # type: Iterator[str], list[str], int

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._stream)
        self._taken.append(line)
        self.number += 1
        return line

    def taken(self) -> str:
        """The text of the lines taken since the last call."""
        text = "".join(self._taken)
        self._taken.clear()
        return text


def _csv_rows(path: Path, stream: TextIO, dataset: Dataset, columns: Sequence[DayColumn]) -> Parts:
    """(what stands before the rows, the rows, what stands behind them: filled once the rows are read)."""
    read = dataset.read
    lines = _Lines(stream)
    separator = "\t" if plain_name(path).lower().endswith(".tsv") and dataset.separator == "," else dataset.separator
    first = next(lines, "")
    named = trimmed(first).strip('"').lower()
    if named.startswith("sep="):
        separator = named[4:].replace("\\t", "\t") or separator
    else:
        lines = _Lines(itertools.chain([first], stream))
    for _ in range(read.skip_lines):
        next(lines, "")
    csv.field_size_limit(_LONGEST_FIELD)
    if read.quote:
        reader = csv.reader(lines, delimiter=separator, quotechar=read.quote)
    else:
        reader = csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)
    header = next(reader, []) if read.header else list(dataset.columns)
    places = [_place(path, header, column.name) for column in columns]
    behind: deque[str] = deque()
    return lines.taken(), _records(path, reader, lines, places, (read.skip_footer, behind)), behind


def _records(
    path: Path, reader: Any, lines: _Lines, places: Sequence[int], footer: tuple[int, deque[str]]
) -> Iterator[Row]:
    kept, behind = footer
    held: deque[Row] = deque()
    while True:
        line = lines.number + 1
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise UsageError(f"{path}: line {line}: {error}; nothing was laid") from None
        if fields is None:
            break
        text = lines.taken()
        if any(fields):  # lines of nothing are no rows
            held.append((text, _values(fields, places), line))
        if len(held) > kept:
            yield held.popleft()
    behind.extend(text for text, _, _ in held)


def _place(path: Path, header: Sequence[str], name: str) -> int:
    known = [folded(one) for one in header]
    if folded(name) not in known:
        near = nearest(name, [trimmed(one) for one in header])
        raise UsageError(f"{path}: unknown column of the file '{name}'{near}; nothing was laid")
    return known.index(folded(name))


def _json_rows(path: Path, stream: TextIO, dataset: Dataset, columns: Sequence[DayColumn]) -> Parts:
    """An object a line; a column is a path in it."""

    def rows() -> Iterator[Row]:
        for number, text in enumerate(stream, 1):
            if text.strip():
                try:
                    found = json.loads(text)
                except ValueError:
                    hint = "JSON that is not an object a line is laid whole into one day: --date"
                    raise UsageError(
                        f"{path}: line {number}: not an object a line; nothing was laid", hint=hint
                    ) from None
                yield text, [_at(found, column.name) for column in columns], number

    return "", rows(), ()


def _at(value: Any, name: str) -> str:
    for step in name.split("."):
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return "" if value is None or isinstance(value, dict | list) else str(value)
