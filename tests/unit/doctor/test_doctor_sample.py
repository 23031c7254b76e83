"""How a sample file is written, found out by trying."""

from __future__ import annotations

from pathlib import Path

import pytest

from spark_app.doctor.sample import sampled

pytestmark = pytest.mark.core


@pytest.mark.parametrize(
    ("content", "header", "separator", "read"),
    [
        (b"a;b\n1;2\n", ("a", "b"), ";", {}),
        ("name,city\nKäthe,Zürich\n".encode("cp1252"), ("name", "city"), ",", {"encoding": "cp1252"}),
        ("名前,市\n太郎,東京\n".encode("shift_jis"), ("名前", "市"), ",", {"encoding": "cp932"}),
        ("a,b\nx,1\n".encode("utf-16"), ("a", "b"), ",", {"encoding": "utf-16"}),
        ("a,b\nx,1\n".encode("utf-16-le"), ("a", "b"), ",", {"encoding": "utf-16-le"}),
        (b"Report\nall in USD\na,b\nx,1\ny,2\nz,3\n", ("a", "b"), ",", {"skip_lines": 2}),
        (b"a,b,c\nx,1,2\ny,2,2\nTotal,3\n", ("a", "b", "c"), ",", {"skip_footer": 1}),
        (b"a,b,c\nx,1,2\ny,2\nz,2,3\n", ("a", "b", "c"), ",", {"fill_short_rows": True}),
        (b"a,b,,\nx,1,,\n", ("a", "b"), ",", {"drop_empty_fields": True}),
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
