"""What a file says of itself before it is read: that it is whole, how many rows it holds, and its damage."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from spark_app.contracts.sources import Dataset
from spark_app.lake import headers
from spark_app.lake.headers import Inspected, inspect
from spark_app.lake.landing import LandedFile
from spark_app.runtime.settings import S3Settings

NAMES = ("order_id", "amount", "note")
DATASET = Dataset("lines", {name: name for name in NAMES}, ",", ("orders",))
HEAD = ",".join(NAMES) + "\n"
ROWS = [f"O-{number:03},{number}.00,fine\n" for number in range(60)]


def inspected(folder: Path, content: str | bytes, name: str = "a.csv") -> Inspected:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    file = LandedFile("lines", date(2024, 3, 5), f"lines/dt=2024-03-05/{name}", str(path), path.stat().st_size, "")
    return inspect(file, DATASET, S3Settings())


def test_a_sound_file_is_counted_and_left_to_spark(tmp_path: Path) -> None:
    found = inspected(tmp_path, HEAD + "".join(ROWS) + ",,\n\n")
    assert (found.rows, found.problem, found.records) == (61, None, None)


def test_a_packed_file_is_counted_too(tmp_path: Path) -> None:
    found = inspected(tmp_path, gzip.compress((HEAD + "".join(ROWS)).encode()), "a.csv.gz")
    assert (found.rows, found.problem) == (60, None)


def test_a_gzip_cut_off_behind_its_head_stands_for_one_row(tmp_path: Path) -> None:
    rows = "".join(f"O-{number},{number * 7919 % 10007}.00,x\n" for number in range(20_000))
    found = inspected(tmp_path, gzip.compress((HEAD + rows).encode())[:-20], "a.csv.gz")
    assert str(found.problem).startswith("not a whole gzip file")
    assert found.rows == 1


def test_a_zero_byte_is_found_wherever_it_stands(tmp_path: Path) -> None:
    content = HEAD + "".join(ROWS) * 200 + "O-1,1.00,\0\n"
    found = inspected(tmp_path, content)
    assert found.problem == f"binary data (a zero byte at {content.index(chr(0))}); expected UTF-8 text"


def test_a_file_whose_quotes_are_not_in_order_is_read_line_by_line(tmp_path: Path) -> None:
    found = inspected(tmp_path, HEAD + "".join(ROWS[:20]) + 'O-020,1.00,"oh\n' + "".join(ROWS[21:]))
    assert (found.rows, found.problem, len(found.records or ())) == (60, None, 60)
    assert [record.line for record in found.damaged] == [22]


def test_a_large_one_is_not_read_and_says_from_where_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "LARGEST_DAMAGED", 1000)
    found = inspected(tmp_path, HEAD + "".join(ROWS[:20]) + 'O-020,1.00,o"h\n' + "".join(ROWS[21:]))
    told = "quotes are not in order from line 22 on, and the file is too large to be read line by line"
    assert str(found.problem).startswith(told)
    assert (found.rows, found.records) == (1, None)


def test_a_header_whose_quotes_are_not_in_order_says_so(tmp_path: Path) -> None:
    found = inspected(tmp_path, 'order_id,amount,"note\n' + "".join(ROWS))
    assert str(found.problem).startswith("line 1: a quoted field does not end; it opened on line 1")
    assert "in the header; expected column names" in str(found.problem)
