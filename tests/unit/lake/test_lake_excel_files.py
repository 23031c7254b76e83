"""Excel workbooks: what cells come out as, which sheet and rows are read, and what is told of those that cannot be."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_app.contracts.read import Read
from spark_app.contracts.sources import Dataset
from spark_app.lake import excel_scan
from spark_app.lake.excel_files import names_and_sheet, rows_of
from spark_app.lake.landing import LandedFile
from spark_app.lake.unpack import NotReadable
from spark_app.runtime.settings import AWS_ITSELF
from tests.support.workbooks import HOURS, Raw, Value, workbook

HEADER = ["id", "name", "at"]


def read(folder: Path, content: bytes, **keys: Any) -> tuple[tuple[str, ...], int, list[list[str | None] | None]]:
    """The header, the rows counted, and the rows read."""
    path = folder / "a.xlsx"
    path.write_bytes(content)
    file = LandedFile("people", date.min, "a.xlsx", str(path), len(content), "")
    dataset = Dataset("people", {name: name for name in HEADER}, ",", (), Read(**keys))
    names, sheet = names_and_sheet(file, dataset, AWS_ITSELF)
    rows = [values for _, values in rows_of(file, dataset, names, AWS_ITSELF)]
    return names, sheet.counted(dataset.read), rows


CELLS: dict[str, tuple[Value, str | None]] = {
    "a text": ("Käthe\nK.", "Käthe\nK."),
    "no cell": (None, None),
    "an id that is a number": (Raw("45000123"), "45000123"),
    "the same as a fraction": (Raw("45000123.0"), "45000123"),
    "a tenth": (0.1, "0.1"),
    "a tenth and two": (0.1 + 0.2, "0.3"),
    "cents": (Raw("1234.5599999999999"), "1234.56"),
    "a hundred": (100, "100"),
    "a large sum": (Raw("123456789012.34"), "123456789012.34"),
    "very small": (Raw("1.5E-7"), "0.00000015"),
    "below zero": (-2.5, "-2.5"),
    "more digits than Excel keeps": (Raw("12345678901234567"), "1.23456789012346E+16"),
    "digits as text": ("12345678901234567", "12345678901234567"),
    "zeros in front, as text": ("00123", "00123"),
    "a day": (date(2024, 2, 29), "2024-02-29"),
    "a moment": (datetime(2024, 12, 20, 9, 40, 13), "2024-12-20 09:40:13"),
    "a moment cut short": (Raw("45646.40277777777", style=2), "2024-12-20 09:40:00"),
    "a time": (time(9, 36), "09:36:00"),
    "hours": (Raw("1.1041666666666667", style=HOURS), "26:30:00"),
    "true": (True, "true"),
    "a formula's value": (Raw("4", formula="2+2"), "4"),
    "a formula's text": (Raw("x", kind="str", formula="A1"), "x"),
    "an error": (Raw("#N/A", kind="e"), None),
}


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_is_what_it_holds(tmp_path: Path, case: str) -> None:
    value, expected = CELLS[case]
    _, counted, rows = read(tmp_path, workbook({"Orders": [HEADER, ["1", value, "x"]]}))
    assert (counted, rows) == (1, [["1", expected, "x"]])


FIRST, SECOND = [HEADER, ["1", "a", "x"]], [HEADER, ["2", "b", "x"], ["3", "c", "x"]]
REPORT = [["Report of the week"], [None], HEADER, ["1", "a", "x"], [None], ["2", None, "x"], ["Total", None, "2"]]
SHIFTED = [[None], *([None, *row] for row in SECOND), [None, " "]]
KEYS: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "the first sheet": ({"A": FIRST, "B": SECOND}, {}, ["1"]),
    "the first that is seen": ({"A": FIRST, "B": SECOND}, {"hidden": ["A"]}, ["2", "3"]),
    "a sheet by its name": ({"A": FIRST, "B": SECOND}, {"sheet": "B"}, ["2", "3"]),
    "a hidden one by its name": ({"A": FIRST, "B": SECOND}, {"sheet": "b ", "hidden": ["B"]}, ["2", "3"]),
    "a sheet by its number": ({"A": FIRST, "B": SECOND}, {"sheet": 2}, ["2", "3"]),
    "rows before the header and after": ({"A": REPORT}, {"skip_lines": 2, "skip_footer": 1}, ["1", "2"]),
    "rows before alone": ({"A": REPORT}, {"skip_lines": 1}, ["1", "2", "Total"]),
    "no header": ({"A": FIRST[1:]}, {"header": False}, ["1"]),
    "blank rows and columns about it": ({"A": SHIFTED}, {}, ["2", "3"]),
    "names with a prefix": ({"A": SECOND}, {"prefix": "x"}, ["2", "3"]),
    "a header alone": ({"A": [HEADER]}, {}, []),
}  # fmt: skip


@pytest.mark.parametrize("case", KEYS)
def test_which_sheet_and_rows_are_read(tmp_path: Path, case: str) -> None:
    sheets, keys, expected = KEYS[case]
    about = {name: keys[name] for name in ("hidden", "prefix") if name in keys}
    names, counted, rows = read(
        tmp_path, workbook(sheets, **about), **{name: value for name, value in keys.items() if name not in about}
    )
    assert names == tuple(HEADER)
    assert [row[0] for row in rows if row] == expected
    assert counted == len(rows)


def test_a_column_without_a_name_is_called_by_its_letters(tmp_path: Path) -> None:
    header = [None, "id", "name", None, "at", " "]
    names, _, rows = read(tmp_path, workbook({"A": [header, [None, "1", "a", "seen", "x"]]}))
    assert names == ("id", "name", "column D", "at")
    assert rows == [["1", "a", "seen", "x"]]


def test_a_row_with_values_beyond_the_header_does_not_fit(tmp_path: Path) -> None:
    _, counted, rows = read(tmp_path, workbook({"A": [HEADER, ["1", "a", "x", "more"], ["2", "b", "x"]]}))
    assert (counted, rows) == (2, [None, ["2", "b", "x"]])


def locked() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100


def without(part: str) -> bytes:
    """A workbook that lacks a part."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook({"A": FIRST}))) as whole, zipfile.ZipFile(packed, "w") as archive:
        for name in whole.namelist():
            if name != part:
                archive.writestr(name, whole.read(name))
    return packed.getvalue()


def entity_bomb() -> bytes:
    packed = io.BytesIO(without("xl/worksheets/sheet1.xml"))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>')
    return packed.getvalue()


FAR = [HEADER, ["1", "a", "x"], *[[None]] * 99_998, [*[None] * 200, "stray"]]
UNREADABLE: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "cut off": (workbook({"A": FIRST})[:-400], {}, "not a whole Excel workbook"),
    "no zip": (b"id,name\n1,a\n", {}, "not a whole Excel workbook"),
    "nothing": (b"", {}, "not a whole Excel workbook"),
    "another zip": (without("xl/workbook.xml"), {}, "no Excel workbook"),
    "a sheet's part is gone": (without("xl/worksheets/sheet1.xml"), {}, "no Excel workbook"),
    "a document type": (entity_bomb(), {}, "a document type, which no workbook has"),
    "with a password": (locked(), {}, "an Excel workbook with a password; expected one without"),
    "before 2007": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, {}, "a workbook of Excel before 2007 (.xls)",
    ),
    "no such sheet": (
        workbook({"A": FIRST, "B": SECOND}), {"sheet": "C"}, "the workbook has no sheet 'C'; found A, B",
    ),
    "no such number": (workbook({"A": FIRST}), {"sheet": 2}, "the workbook has 1 sheets; expected a sheet 2"),
    "none to be seen": (workbook({"A": FIRST}, hidden=["A"]), {}, "a workbook without a sheet to be seen"),
    "a cell far away": (workbook({"A": FAR}), {}, "sheet 'A' goes to row 100,001 and column 201"),
    "a formula never computed": (
        workbook({"A": [HEADER, ["1", Raw(None, formula="1+1"), "x"]]}), {}, "sheet 'A': cell B2 has a formula",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_is_named(tmp_path: Path, case: str) -> None:
    content, keys, said = UNREADABLE[case]
    with pytest.raises(NotReadable) as told:
        read(tmp_path, content, **keys)
    assert said in str(told.value)


def test_a_workbook_that_is_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_scan, "LARGEST_BOOK", 100)
    with pytest.raises(NotReadable, match="a workbook of 0 MB; expected at most"):
        read(tmp_path, workbook({"A": FIRST}))


def test_a_sheet_that_unpacks_without_end_is_not_read_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_scan, "LARGEST_SHEET", 100)
    with pytest.raises(NotReadable, match=r"sheet1[.]xml unpacks to more than"):
        read(tmp_path, workbook({"A": SECOND}))


def test_cells_of_errors_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook({"A": [HEADER, ["1", Raw("#N/A", kind="e"), "x"]]}))
    with path.open("rb") as stream:
        sheet = excel_scan.scan(stream, 1, Read())
    assert sheet.blanked == "cells of errors, read as blank: B2 #N/A"


CELL = st.sampled_from([None, "", " ", "a", "\u00a0", 0, 1.5, True, date(2024, 3, 5), Raw("#REF!", kind="e")])


@settings(deadline=None, max_examples=60)
@given(
    table=st.lists(st.lists(CELL, max_size=4), max_size=7),
    skip=st.integers(0, 3), footer=st.integers(0, 2), header=st.booleans(),
)  # fmt: skip
def test_as_many_rows_are_counted_as_are_read(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[Any]], skip: int, footer: int, header: bool
) -> None:
    folder = tmp_path_factory.mktemp("book")
    _, counted, rows = read(folder, workbook({"A": table}), skip_lines=skip, skip_footer=footer, header=header)
    assert counted == len(rows)
