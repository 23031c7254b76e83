"""A sample file looked at: how it is written, found out by trying, with what speaks for each guess.

Nothing of this happens when a run reads files: what is guessed here is written into a mapping, and that holds.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from spark_app.contracts.read import PLAIN_ENDINGS, Read, format_of
from spark_app.doctor.encodings import likeliest
from spark_app.doctor.kinds import is_plain_value
from spark_app.lake.excel_files import first_rows
from spark_app.lake.excel_scan import scan
from spark_app.lake.json_files import as_text, value_at
from spark_app.lake.landing import LandedFile
from spark_app.lake.parquet_files import names_and_rows, rows_of
from spark_app.lake.unpack import NotReadable, inner_name, text_of
from spark_app.runtime.errors import UsageError
from spark_app.runtime.settings import AWS_ITSELF

_BYTES, _ROWS = 4 * 1024 * 1024, 2_000
_SEPARATORS = (",", ";", "\t", "|")


@dataclass
class Sample:
    """A file's first rows. `read` and `notes`: the keys it needs of `read`, each with the evidence for it."""

    header: tuple[str, ...] = ()
    rows: list[list[str]] = field(default_factory=list)
    separator: str = ","
    read: dict[str, object] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)

    def column(self, header: str) -> list[str]:
        """Its values, row by row; blank ones are empty."""
        at = self.header.index(header)
        return [row[at].strip() for row in self.rows]

    def take(self, other: Sample) -> None:
        """The rows of another file of the kind; headers that only one of them has are blank in the other."""
        header = (*self.header, *(name for name in other.header if name not in self.header))
        theirs = [dict(zip(other.header, row, strict=True)) for row in other.rows]
        self.rows = [[*row, *[""] * (len(header) - len(row))] for row in self.rows]
        self.rows += [[row.get(name, "") for name in header] for row in theirs]
        self.header = header
        self.read, self.notes = {**other.read, **self.read}, {**other.notes, **self.notes}

    def needs(self, key: str, value: object, why: str) -> None:
        """Note a key of `read`."""
        self.read[key], self.notes[key] = value, why


def sampled(path: Path) -> Sample:
    """The file's first rows, and how it is written; UsageError where nothing can be made of it."""
    file = LandedFile("sample", date.min, path.name, str(path.absolute()), path.stat().st_size, "")
    kind = format_of(inner_name(file, AWS_ITSELF))
    found = Sample()
    bare = path.name.lower().removesuffix(".gz")
    if not bare.endswith(PLAIN_ENDINGS):
        found.needs("endings", [bare[bare.rfind(".") :]] if "." in bare else [], "what the file's name ends in")
    if kind == "parquet":
        names, _ = names_and_rows(file, AWS_ITSELF)
        rows = [[one or "" for one in values or ()] for _, values in rows_of(file, names, AWS_ITSELF)][:_ROWS]
        return Sample(names, rows)
    if kind == "excel":
        return _of_excel(path)
    with text_of(file, AWS_ITSELF) as text:
        data = text.head(_BYTES)
    decoded = _decoded(data, found, whole=len(data) < _BYTES)
    return _of_json(decoded, found) if kind == "json" else _of_csv(decoded, path.name, found)


def _decoded(data: bytes, found: Sample, *, whole: bool) -> str:
    data = data if whole else data[: data.rfind(b"\n") + 1]
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            found.needs("encoding", encoding, "the file begins with a mark of UTF-16")
            return data.decode(encoding, errors="replace")
    if b"\0" in data[:1000]:
        encoding = "utf-16-le" if data[1:200:2].count(0) > data[0:200:2].count(0) else "utf-16-be"
        found.needs("encoding", encoding, "every other byte is zero")
        return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    best = likeliest(data)
    if best is None:
        return data.decode("utf-8", errors="replace")
    words = ", ".join(best.words)
    found.needs("encoding", best.encoding, f"not UTF-8; so read it says {words}")
    found.questions.append(f"are these words right: {words}? If not, the encoding is another one")
    return best.text


def _of_csv(text: str, name: str, found: Sample) -> Sample:
    text = text.removeprefix("\ufeff")
    if named := re.match(r'"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)', text, re.IGNORECASE):
        found.separator, text = named[1], text[named.end() :]
        found.notes["separator"] = "the line sep= says so; runs read it too"
    else:
        found.separator = max(_SEPARATORS, key=lambda one: _width(text, one))
    if (
        '"' not in text
        and len(
            re.findall(rf"(?:^|{re.escape(found.separator)})'[^'\n]*'(?={re.escape(found.separator)}|\r?$)", text, re.M)
        )
        > 3
    ):
        found.needs("quote", "'", "fields stand in single quotes")
    table = _table(text, found.separator, str(found.read.get("quote", '"')))
    table = [row for row in table if any(one.strip() for one in row)]
    if not table:
        raise UsageError(f"{name}: holds no rows")
    widths = Counter(len(row) for row in table)
    width = max(widths, key=lambda one: (widths[one], one))
    first = next(at for at, row in enumerate(table) if len(row) >= width)
    if first and _ends_in_blanks(table[first:], beyond=table[first - 1]):
        first -= 1
    if first:
        found.needs("skip_lines", first, f"the first {first} lines are shorter than the {width} fields of the others")
    _with_header(table[first:], width, found)
    return found


def _ends_in_blanks(rows: Sequence[Sequence[str]], *, beyond: Sequence[str]) -> bool:
    """Whether a row of names stands above rows that only have blank fields beyond them."""
    named = len(beyond) > 1 and all(one.strip() and not is_plain_value(one) for one in beyond)
    return named and not any(one.strip() for row in rows for one in row[len(beyond) :])


def _with_header(table: list[list[str]], width: int, found: Sample) -> None:
    header, rows = [one.strip() for one in table[0]], table[1:]
    blank_names = header and not header[-1]
    while header and not header[-1]:
        header.pop()
    if any(one.startswith('"') for one in header):  # a quote behind a blank opens no field
        header = [one.strip(' "') for one in header]
        found.needs("skip_lines", int(str(found.read.get("skip_lines", 0))) + 1, "the names are given here")
        found.needs("header", False, "blanks stand before the quotes of its names, so that no one can read them")
    plain = sum(is_plain_value(one) for one in header)
    if plain > len(header) / 4:
        found.needs("header", False, f"{plain} of the first row's values are numbers or dates")
        found.questions.append("the file has no header: name its columns")
        header, rows = [f"column {at}" for at in range(1, len(header) + 1)], table
    footer = 0
    while rows and len(rows[-1]) < width and footer < 10:
        footer, rows = footer + 1, rows[:-1]
    short = sum(len(row) < len(header) for row in rows)
    if footer and not short:
        found.needs("skip_footer", footer, f"the last {footer} lines are shorter than the others")
        found.questions.append(
            "are there as many lines behind the data in every file? If not: fill_short_rows and where"
        )
    elif short:
        found.needs("fill_short_rows", True, f"{short} rows have fewer fields than the header")
    if blank_names or any(len(row) > len(header) and not any(row[len(header) :]) for row in rows):
        found.needs("drop_empty_fields", True, "there are blank fields beyond the header's names")
    size = len(header)
    found.header = tuple(header)
    found.rows = [[*row, *[""] * (size - len(row))][:size] for row in rows[:_ROWS]]


def _width(text: str, separator: str) -> tuple[float, int]:
    """How well a separator divides the rows: the share of those of the usual width, where that is more than one."""
    widths = Counter(len(row) for row in _table(text[:200_000], separator, '"') if row)
    if not widths:
        return (0.0, 0)
    usual = max(widths, key=lambda one: (widths[one], one))
    return (round(widths[usual] / sum(widths.values()), 1) if usual > 1 else 0.0, usual)


def _table(text: str, separator: str, quote: str) -> list[list[str]]:
    csv.field_size_limit(_BYTES)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, quotechar=quote or None))
    except csv.Error:
        return [line.split(separator) for line in text.splitlines()]


def _of_excel(path: Path) -> Sample:
    """Of the first sheet that is seen; the header is its first row that is as wide as the others."""
    found = Sample()
    try:
        with path.open("rb") as stream:
            scan(stream, path.stat().st_size, Read())  # says what cannot be read as a run does
            stream.seek(0)
            sheets, numbered = first_rows(stream, _ROWS)
    except NotReadable as error:
        raise UsageError(f"{path.name}: {error}") from None
    if not numbered:
        raise UsageError(f"{path.name}: holds no rows")
    if len(sheets) > 1:
        others = ", ".join(sheets[1:])
        found.needs("sheet", sheets[0], f"the first of {len(sheets)} sheets")
        found.questions.append(f"are the rows in the sheet {sheets[0]}? There are also: {others}")
    widths = Counter(_filled(row) for _, row in numbered)
    width = max(widths, key=lambda one: (widths[one], one))
    first = next(at for at, (_, row) in enumerate(numbered) if _filled(row) >= width)
    number = numbered[first][0]
    if number > 1:
        found.needs("skip_lines", number - 1, f"the first row of {width} cells is row {number}")
    _with_header([row[: max(width, _filled(row))] for _, row in numbered[first:]], width, found)
    found.read.pop("drop_empty_fields", None)
    return found


def _filled(row: Sequence[str]) -> int:
    """Up to which cell a row holds anything."""
    return max((at for at, cell in enumerate(row, 1) if cell.strip()), default=0)


def _of_json(text: str, found: Sample) -> Sample:
    objects = [one for one in _objects(text) if isinstance(one, dict)][:_ROWS]
    lists = Counter(
        name for one in objects for name, value in one.items()
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value)
    )  # fmt: skip
    rows = max(lists, key=lambda name: (len(_ITEMS.findall(name)), lists[name])) if lists else None
    if rows:
        found.needs("rows", rows, f"{lists[rows]} of {len(objects)} objects have a list of objects there")
    paths: dict[str, None] = {}
    for one in objects:
        paths |= dict.fromkeys(_paths(one, rows))
    found.header = tuple(paths)
    for one in objects:
        items = one.get(rows) if rows else None
        for item in items if isinstance(items, list) and items else [None]:
            inner = {**one, rows: item} if rows else one
            found.rows.append([as_text(value_at(inner, path)) or "" for path in found.header])
    return found


_ITEMS = re.compile("item|line|product|row", re.IGNORECASE)


def _objects(text: str) -> list[Any]:
    decoder, at, found = json.JSONDecoder(), 0, list[Any]()
    while len(found) < _ROWS:
        while at < len(text) and text[at] in " \t\r\n,\ufeff":
            at += 1
        if at >= len(text):
            break
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            break
        found += value if isinstance(value, list) else [value]
    return found


def _paths(found: dict[str, Any], rows: str | None, before: str = "") -> list[str]:
    paths: list[str] = []
    for name, value in found.items():
        path = f"{before}{name}"
        if path == rows and isinstance(value, list):
            paths += [one for item in value if isinstance(item, dict) for one in _paths(item, None, f"{path}.")]
        elif isinstance(value, dict) and value:
            paths += _paths(value, None, f"{path}.")
        else:
            paths.append(path)
    return list(dict.fromkeys(paths))


def distinct(values: Sequence[str]) -> Counter[str]:
    """How often each value stands there, blank ones left out."""
    return Counter(value for value in values if value)
