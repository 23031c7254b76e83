"""How a sample file is written, found out by trying."""

from __future__ import annotations

from pathlib import Path

import pytest

from spark_app.doctor.sample import sampled
from spark_app.runtime.errors import UsageError
from tests.support.workbooks import workbook

pytestmark = pytest.mark.core


@pytest.mark.parametrize(
    ("content", "header", "separator", "read"),
    [
        (b"a;b\n1;2\n", ("a", "b"), ";", {}),
        ("name,city\nKäthe,Zürich\n".encode("cp1252"), ("name", "city"), ",", {"encoding": "cp1252"}),
        ("name,price\nKäse,5 €\nBrot,2 €\nTee,3 €\n".encode("cp1252"), ("name", "price"), ",", {"encoding": "cp1252"}),
        ("注文番号,単価\nA-1,1200\n".encode("shift_jis"), ("注文番号", "単価"), ",", {"encoding": "cp932"}),
        ("订单号,单价\nA-1,1200\n".encode("gb18030"), ("订单号", "单价"), ",", {"encoding": "gb18030"}),
        ("名前,市\n太郎,東京\n".encode("shift_jis"), ("名前", "市"), ",", {"encoding": "cp932"}),
        ("a,b\nx,1\n".encode("utf-16"), ("a", "b"), ",", {"encoding": "utf-16"}),
        ("a,b\nx,1\n".encode("utf-16-le"), ("a", "b"), ",", {"encoding": "utf-16-le"}),
        (b"Report\nall in USD\na,b\nx,1\ny,2\nz,3\n", ("a", "b"), ",", {"skip_lines": 2}),
        (b"a,b,c\nx,1,2\ny,2,2\nTotal,3\n", ("a", "b", "c"), ",", {"skip_footer": 1}),
        (b"a,b,c\nx,1,2\ny,2\nz,2,3\n", ("a", "b", "c"), ",", {"fill_short_rows": True}),
        (b"a,b,,\nx,1,,\n", ("a", "b"), ",", {"drop_empty_fields": True}),
        (b"a,b\nx,1,\ny,2,\n", ("a", "b"), ",", {"drop_empty_fields": True}),
        (b"Report of May\na,b\nx,1,\ny,2,\n", ("a", "b"), ",", {"skip_lines": 1, "drop_empty_fields": True}),
        (b'"a", "b"\n"x","1"\n', ("a", "b"), ",", {"skip_lines": 1, "header": False}),
        (b"sep=|\na|b\nx|1\n", ("a", "b"), "|", {}),
        (b"1,2024-01-01\n2,2024-01-02\n", ("column 1", "column 2"), ",", {"header": False}),
    ],
)
def test_how_a_file_is_written_is_found_by_trying(
    tmp_path: Path, content: bytes, header: tuple[str, ...], separator: str, read: dict[str, object]
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    found = sampled(path)
    assert (found.header, found.separator, found.read) == (header, separator, read)
    assert set(read) <= set(found.notes)


def test_of_a_workbook_sheet_and_header_are_found(tmp_path: Path) -> None:
    path = tmp_path / "week.xlsx"
    rows = [["Sales of the week"], [None], ["Order", "Qty", "Price"], [45000123.0, 1, 9.95], [45000124.0, 2, 0.1]]
    path.write_bytes(workbook({"Sales": rows, "Notes": [["x"]]}))
    found = sampled(path)
    assert (found.header, found.rows[1]) == (("Order", "Qty", "Price"), ["45000124", "2", "0.1"])
    assert found.read == {"sheet": "Sales", "skip_lines": 2}
    assert set(found.read) <= set(found.notes)
    assert found.questions == ["are the rows in the sheet Sales? There are also: Notes"]
    path.write_bytes(workbook({"Sales": rows[2:]}))
    assert (sampled(path).read, sampled(path).questions) == ({}, [])
    path.write_bytes(b"PK\x03\x04 no more")
    with pytest.raises(UsageError, match="not a whole Excel workbook"):
        sampled(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with pytest.raises(UsageError, match="a workbook of Excel before 2007"):
        sampled(path)


def test_an_ending_that_runs_do_not_know_is_noted(tmp_path: Path) -> None:
    (tmp_path / "a.TXT").write_text("a,b\nx,1\n", encoding="utf-8")
    assert sampled(tmp_path / "a.TXT").read == {"endings": [".txt"]}
