"""What a file says of itself before it is read: that it is whole, how many rows it holds, and its damage."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from spark_app.contracts.sources import Dataset
from spark_app.lake import headers, unpack
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


@pytest.mark.parametrize("before", [0, 200])
def test_a_zero_byte_costs_its_row_wherever_it_stands(tmp_path: Path, before: int) -> None:
    found = inspected(tmp_path, HEAD + "".join(ROWS) * before + "O-1,1.00,\0\n" + "".join(ROWS))
    assert (found.problem, found.rows, found.records) == (None, 60 * before + 61, None)
    assert found.spoilt == ((60 * before + 1, f"line {60 * before + 2}: a zero byte"),)


def test_it_does_so_in_a_file_that_is_read_line_by_line(tmp_path: Path) -> None:
    found = inspected(tmp_path, HEAD + "".join(ROWS[:20]) + 'O-020,1.00,"oh\nO-021,2.00,\0\n' + "".join(ROWS[22:]))
    assert (found.problem, found.rows) == (None, 60)
    assert found.spoilt == ((22, "line 23: a zero byte"),)
    assert [text[:8] for text in found.aside] == ["line 22:", "line 23:"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-16"])
def test_utf_16_is_told_as_such(tmp_path: Path, encoding: str) -> None:
    found = inspected(tmp_path, (HEAD + "".join(ROWS)).encode(encoding))
    said = "UTF-16 text; expected UTF-8: save it as that, or say `encoding: utf-16` under the dataset's `read`"
    assert found.problem == said


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", gzip.compress(HEAD.encode(), mtime=0), "gzip data; expected a name that ends in .csv.gz"),
        ("a.csv.gz", gzip.compress(gzip.compress(HEAD.encode(), mtime=0), mtime=0), "gzip data; expected a name"),
        ("a.csv.gz", HEAD.encode(), "not a whole gzip file (it begins with b'or')"),
        ("a.csv.gz", b"", "the file is empty"),
        ("a.csv.gz", gzip.compress(HEAD.encode(), mtime=0) + b"\0" * 9, "not a whole gzip file (bytes behind its end"),
        ("a.csv", b"PK\x03\x04\x14\0", "a zip archive or an Excel workbook; expected CSV text"),
        ("a.csv", b"order_id,am\0ount\n", "binary data (a zero byte at 11, in the header)"),
        ("a.csv", b"order_id,\xef\xbf\xbe\n", "the header is not UTF-8 text"),
        ("a.csv", b"x" * 300_000, "the first line has more than 256 KB"),
        ("a.csv", HEAD.replace("\n", ",x" * 1_998 + "\n").encode(), "the header has 2,001 columns; expected at most"),
    ],
)
def test_a_file_of_another_kind_says_which_and_what_was_expected(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    found = inspected(tmp_path, content, name)
    assert (str(found.problem)[: len(problem)], found.rows) == (problem, 1)


def test_a_gzip_of_several_parts_is_one_text(tmp_path: Path) -> None:
    parts = [HEAD + ROWS[0][:5], "", ROWS[0][5:] + "".join(ROWS[1:])]
    found = inspected(tmp_path, b"".join(gzip.compress(part.encode()) for part in parts), "a.csv.gz")
    assert (found.rows, found.problem) == (60, None)


def test_a_gzip_that_unpacks_without_end_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "ALWAYS_UNPACKED", 1024**2)
    found = inspected(tmp_path, gzip.compress(HEAD.encode() + ROWS[0].encode() * 500_000), "a.csv.gz")
    assert str(found.problem).startswith("unpacks to ")
    assert str(found.problem).endswith("times its size; expected at most 100 times, as of a file of rows")


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "LARGEST_FILE", 1024)
    assert inspected(tmp_path, HEAD + "".join(ROWS)).problem == "a file of 0 MB; expected at most 0 MB"
    packed = inspected(tmp_path, gzip.compress((HEAD + "".join(ROWS)).encode()), "a.csv.gz")
    assert packed.problem == "unpacks to more than 0 MB; expected at most so much"


def test_a_row_larger_than_any_costs_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = 'O-020,1.00,"' + "x, y\n" * 3_600_000 + '"\n'
    monkeypatch.setattr(headers, "LARGEST_DAMAGED", 2 * len(large))
    found = inspected(tmp_path, HEAD + "".join(ROWS[:20]) + large + "".join(ROWS[21:]))
    assert (found.problem, found.rows, found.aside) == (None, 60, ["line 22: a row of more than 16 MB"])
    line = 'O-020,1.00,"' + "x" * 40_000_000 + '"\n'
    found = inspected(tmp_path, HEAD + "".join(ROWS[:20]) + line + "".join(ROWS[21:]))
    assert (found.problem, found.rows, found.aside) == (None, 60, ["line 22: a row of more than 16 MB"])


def test_where_it_is_too_large_to_be_passed_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "LARGEST_DAMAGED", 1024**2)
    large = 'O-020,1.00,"' + "x, y\n" * 3_600_000 + '"\n'
    found = inspected(tmp_path, HEAD + "".join(ROWS[:20]) + large + "".join(ROWS[21:]))
    told = (
        "from line 22 on, and the file is too large to be read line by line; expected rows as in RFC 4180, or at most"
    )
    assert str(found.problem).startswith("a row of more than 16 MB")
    assert told in str(found.problem)


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
