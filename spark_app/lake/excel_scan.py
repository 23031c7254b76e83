"""What an Excel workbook (.xlsx) holds, counted in its own XML: rows that hold anything, and what no reader would give.

It shares nothing with the library that reads the values (`excel_files`), and holds no more than a part of the text.
"""

from __future__ import annotations

import zipfile
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from spark_app.contracts.blanks import folded, trimmed
from spark_app.contracts.read import Read
from spark_app.lake.unpack import NotReadable

LARGEST_BOOK = 256 * 1024**2
LARGEST_TEXTS, LARGEST_SHEET = 512 * 1024**2, 4 * 1024**3  # of XML: the texts are held in memory, a sheet is not
# The reader holds a sheet as a rectangle: one stray cell far below makes it large.
LARGEST_TABLE = 10_000_000
_CHUNK = 256 * 1024
_OLD = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_EXPECTED = "expected a whole .xlsx workbook"
_NO_VALUE = "whose value was never saved; open the file in Excel and save it"


@dataclass
class Sheet:
    """A sheet: numbers (from 1) of its rows that hold anything, its last column, and cells that are told of."""

    name: str
    rows: array[int] = field(default_factory=lambda: array("L"))
    last_column: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    unsaved: str | None = None

    def counted(self, read: Read) -> int:
        """How many rows of data: below the header and what stands before it, above what stands behind."""
        below = sum(1 for number in self.rows if number > read.skip_lines) - read.header - read.skip_footer
        return max(below, 0)

    @property
    def blanked(self) -> str | None:
        """What is told of cells that are read as blank though something stands in them."""
        if not self.errors:
            return None
        shown = ", ".join(f"{cell} {text}" for cell, text in list(self.errors.items())[:3])
        return f"cells of errors, read as blank: {shown}{', …' if len(self.errors) > 3 else ''}"


def scan(stream: BinaryIO, size: int, read: Read) -> Sheet:
    """The sheet that `read` means, counted; NotReadable says why where it cannot be read."""
    if size > LARGEST_BOOK:
        raise NotReadable(f"a workbook of {size // 1024**2:,} MB; expected at most {LARGEST_BOOK // 1024**2}")
    with _archive(stream) as archive:
        name, part, texts = _chosen(archive, read)
        found = _Counting(Sheet(name), _texts(archive, texts))
        _parse(archive, part, LARGEST_SHEET, found)
    sheet = found.sheet
    if any(later <= earlier for earlier, later in zip(sheet.rows, sheet.rows[1:], strict=False)):
        sheet.rows = array("L", sorted(set(sheet.rows)))
    cells = (sheet.rows[-1] if sheet.rows else 0) * sheet.last_column
    if cells > LARGEST_TABLE:
        told = f"sheet '{name}' goes to row {sheet.rows[-1]:,} and column {sheet.last_column:,}"
        raise NotReadable(f"{told}; expected at most {LARGEST_TABLE // 1_000_000} million cells, or CSV")
    if sheet.unsaved is not None:
        raise NotReadable(f"sheet '{name}': cell {sheet.unsaved} has a formula {_NO_VALUE}")
    return sheet


def chosen_sheet(names: list[str], shown: list[str], wanted: str | int | None) -> str:
    """Which of a workbook's sheets is read: the one named or counted, else the first that is not hidden."""
    if wanted is None:
        if not shown:
            raise NotReadable(f"a workbook without a sheet to be seen; {_EXPECTED}")
        return shown[0]
    if isinstance(wanted, int):
        if wanted <= len(names):
            return names[wanted - 1]
        raise NotReadable(f"the workbook has {len(names)} sheets; expected a sheet {wanted}")
    alike = [name for name in names if name == wanted] or [name for name in names if folded(name) == folded(wanted)]
    if not alike:
        raise NotReadable(f"the workbook has no sheet '{wanted}'; found {', '.join(names[:5])}")
    return alike[0]


@contextmanager
def _archive(stream: BinaryIO) -> Iterator[zipfile.ZipFile]:
    begins = stream.read(len(_OLD))
    stream.seek(0)
    if begins == _OLD:
        if _LOCKED in stream.read(1024**2) or _LOCKED in stream.read(LARGEST_BOOK):
            raise NotReadable("an Excel workbook with a password; expected one without")
        raise NotReadable("a workbook of Excel before 2007 (.xls); expected it saved as .xlsx")
    try:
        with zipfile.ZipFile(stream) as archive:
            yield archive
    except KeyError as error:
        raise NotReadable(f"no Excel workbook ({error.args[0]}); {_EXPECTED}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, expat.ExpatError, ValueError) as error:
        raise NotReadable(f"not a whole Excel workbook ({error}); {_EXPECTED}") from None


class _Elements:
    """Told of each element by its name without a namespace, and of text."""

    def start(self, name: str, given: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, data: str) -> None: ...


def _parse(archive: zipfile.ZipFile, part: str, most: int, told: _Elements) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    names = _Locals()
    parser.StartElementHandler = lambda name, given: told.start(names[name], given)
    parser.EndElementHandler = lambda name: told.end(names[name])
    parser.CharacterDataHandler = told.text
    parser.StartDoctypeDeclHandler = _no_doctype
    total = 0
    with archive.open(part) as text:
        while data := text.read(_CHUNK):
            total += len(data)
            if total > most:
                raise NotReadable(f"{part} unpacks to more than {most // 1024**2:,} MB; expected at most so much")
            parser.Parse(data)
        parser.Parse(b"", True)


def _no_doctype(*_: object) -> None:
    raise ValueError("a document type, which no workbook has")


class _Locals(dict[str, str]):
    """Names without their namespaces; a sheet has few of them, many times."""

    def __missing__(self, name: str) -> str:
        return self.setdefault(name, name.rpartition(" ")[2])


class _Book(_Elements):
    """The workbook's sheets: name, the relation that leads to its part, whether it is hidden."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "sheet":
            link = next(value for key, value in given.items() if key.endswith(" id"))  # r:id, of whatever namespace
            self.sheets.append((given["name"], link, given.get("state", "visible") != "visible"))


class _Relations(_Elements):
    def __init__(self) -> None:
        self.parts: dict[str, tuple[str, str]] = {}

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "Relationship" and given.get("TargetMode") != "External":
            target = given["Target"]
            path = target.removeprefix("/") if target.startswith("/") else f"xl/{target.removeprefix('./')}"
            self.parts[given["Id"]] = (given["Type"].rpartition("/")[2], path)


def _chosen(archive: zipfile.ZipFile, read: Read) -> tuple[str, str, str | None]:
    """The sheet to be read: its name, its part, and the part that holds the workbook's texts."""
    book, relations = _Book(), _Relations()
    _parse(archive, "xl/workbook.xml", LARGEST_TEXTS, book)
    _parse(archive, "xl/_rels/workbook.xml.rels", LARGEST_TEXTS, relations)
    of_cells = [one for one in book.sheets if relations.parts.get(one[1], ("",))[0] == "worksheet"]
    shown = [name for name, _, hidden in of_cells if not hidden]
    name = chosen_sheet([one[0] for one in of_cells], shown, read.sheet)
    part = next(relations.parts[one[1]][1] for one in of_cells if one[0] == name)
    return name, part, next((path for kind, path in relations.parts.values() if kind == "sharedStrings"), None)


class _Texts(_Elements):
    """Of each text of the workbook, whether it holds anything."""

    def __init__(self) -> None:
        self.filled = bytearray()
        self._inside = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "si":
            self.filled.append(0)
        self._inside += name == "t"

    def end(self, name: str) -> None:
        self._inside -= name == "t"

    def text(self, data: str) -> None:
        if self._inside and self.filled and trimmed(data):
            self.filled[-1] = 1


def _texts(archive: zipfile.ZipFile, part: str | None) -> bytearray:
    found = _Texts()
    if part is not None and part in archive.namelist():
        _parse(archive, part, LARGEST_TEXTS, found)
    return found.filled


class _Counting(_Elements):
    def __init__(self, sheet: Sheet, texts: bytearray) -> None:
        self.sheet, self._texts = sheet, texts
        self._row = self._column = 0
        self._kind, self._value = "n", ""
        self._formula = self._saved = self._taken = False
        self._columns = _Columns()

    def start(self, name: str, given: dict[str, str]) -> None:
        if name in ("v", "t"):
            self._taken = self._saved = True
        elif name == "c":
            self._begin_cell(given)
        elif name == "row":
            self._row, self._column = int(given.get("r", self._row + 1)), 0
        elif name == "f":
            self._formula = True

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._taken = False
        elif name == "c":
            self._end_cell()

    def text(self, data: str) -> None:
        if self._taken:
            self._value += data

    def _begin_cell(self, given: dict[str, str]) -> None:
        place = given.get("r")
        self._column = self._columns[place.rstrip("0123456789")] if place else self._column + 1
        self._kind, self._value = given.get("t", "n"), ""
        self._formula = self._saved = False

    def _end_cell(self) -> None:
        value = trimmed(self._value)
        if self._formula and not self._saved and self.sheet.unsaved is None:
            self.sheet.unsaved = f"{_letters(self._column)}{self._row}"
        if self._kind == "e":
            self.sheet.errors[f"{_letters(self._column)}{self._row}"] = value
            value = ""  # as the reader gives it
        elif self._kind == "s":
            value = value if value and self._texts[int(value)] else ""
        if value:
            self.sheet.last_column = max(self.sheet.last_column, self._column)
            if not self.sheet.rows or self.sheet.rows[-1] != self._row:
                self.sheet.rows.append(self._row)


class _Columns(dict[str, int]):
    """Letters of a column -> its number from 1."""

    def __missing__(self, letters: str) -> int:
        number = 0
        for one in letters:
            number = 26 * number + ord(one) - ord("A") + 1
        return self.setdefault(letters, number)


def _letters(column: int) -> str:
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def column_name(column: int) -> str:
    """What a column without a header is called: by its letters."""
    return f"column {_letters(column)}"
