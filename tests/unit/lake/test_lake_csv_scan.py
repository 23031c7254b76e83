"""A file counted by itself: as Python's csv module counts it where quotes are in order, and told where they are not."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_app.lake import csv_blocks, csv_scan
from spark_app.lake.csv_scan import Scan, scan
from spark_app.shops.demo import generate

HEADER = ["order_id", "score", "written_at", "comment"]
NASTY = st.text(st.sampled_from('ab, "\n\r\t;é5'), max_size=25)
ROWS = st.lists(st.tuples(NASTY, NASTY, st.sampled_from(["", "5", "Käthe", "2024-03-01"])), max_size=30)


def scanned(text: str | bytes, columns: int = len(HEADER), separator: str = ",") -> Scan:
    return scan(io.BytesIO(text.encode() if isinstance(text, str) else text), separator, columns)


def written(rows: list[tuple[str, ...]], ends: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    """A file as a good exporter writes it, each row with an id and a time of its own."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=ends, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(["order_id", "written_at", *[f"text_{n}" for n in range(3)]])
    writer.writerows([f"O-{n:05}", f"2024-03-01 10:{n % 60:02}:00", *row] for n, row in enumerate(rows))
    return text.getvalue()


@settings(max_examples=300, deadline=None, derandomize=True)
@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
def test_honest_texts_are_in_order_and_counted_as_python_counts_them(
    rows: list[tuple[str, ...]], ends: str, quoting: int
) -> None:
    assert scanned(written(rows, ends, quoting), 5) == Scan(len(rows))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(ROWS, st.integers(1, 40))
def test_blocks_may_end_anywhere(rows: list[tuple[str, ...]], size: int) -> None:
    text, before = written(rows), csv_blocks._BLOCK
    csv_blocks._BLOCK = size
    try:
        assert scanned(text, 5) == Scan(len(rows))
    finally:
        csv_blocks._BLOCK = before


GOOD = "O-1,5,2024-03-01,fine\n"


@pytest.mark.parametrize(
    ("name", "text", "rows"),
    [
        ("nothing", "", 0),
        ("a header alone", "H", 0),
        ("no last line end", "H\n" + GOOD.rstrip(), 1),
        ("empty lines", "\n\nH\n\n" + GOOD + "\n\r\n" + GOOD + "\n\n", 2),
        ("separators and blanks are rows", "H\n,,,\n   \n" + GOOD, 3),
        ("CR LF", ("H\n" + GOOD * 3).replace("\n", "\r\n"), 3),
        ("CR", ("H\n" + GOOD * 3).replace("\n", "\r"), 3),
        ("CR LF, then LF", "H\r\n" + GOOD * 3, 3),
        ("LF, then CR LF", "H\n" + GOOD.replace("\n", "\r\n") * 3, 3),
        ("a byte-order mark", "\ufeffH\n" + GOOD, 1),
        ("a byte-order mark before a quote", '\ufeff"order_id",score,written_at,comment\n' + GOOD, 1),
        ("quotes in quotes", 'H\nO-1,5,2024-03-01,"say ""hi"""\nO-1,5,2024-03-01,""""\nO-1,5,2024-03-01,""\n', 3),
        ("lines in quotes", 'H\nO-1,5,2024-03-01,"a\n\nb\r\n,,\n"\n' + GOOD, 2),
        ("blanks after a closing quote", 'H\nO-1,5,"2024-03-01" ,fine\nO-1,5,2024-03-01,"fine" \t\r\n', 2),
        ("bytes of no text", b"H\nO-1,5,2024-03-01,caf\xe9\n", 1),
    ],
)  # fmt: skip
def test_records_are_counted(name: str, text: str | bytes, rows: int) -> None:
    content = text.encode() if isinstance(text, str) else text
    assert scanned(content.replace(b"H", ",".join(HEADER).encode())) == Scan(rows), name


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("a quote that does not end", ['O-1,5,2024-03-01,"fine', "O-2,5,2024-03-01,fine"]),
        ("a quote in a field", ['O-1,5,2024-03-01,3" pipe']),
        ("text after a closing quote", ['O-1,5,2024-03-01,"3" pipe']),
        ("a field closed and opened again", ['O-1,5,2024-03-01,"a" "b"']),
        ("a quote after a blank", ['O-1, "5",2024-03-01,fine']),
        ("a pair far apart", ['O-1,5,2024-03-01,"fine', *["O-2,5,2024-03-01,fine"] * 50, 'O-3,5,2024-03-01,fine"']),
        ("a pair on neighbouring lines", ['O-1,5,2024-03-01,"fine', 'O-3,5,2024-03-01,fine"']),
        ("a pair in the first column", ['"O-1,5,2024-03-01,fine', 'O-3",5,2024-03-01,fine']),
        ("a pair in two columns", ['O-1,5,2024-03-01,"fine', 'O-3",5,2024-03-01,fine']),
        ("two rows with a CR alone between them", ["O-1,5,2024-03-01,fine\rO-2,5,2024-03-01,fine"]),
        ("the last line cut off in quotes", ['O-1,5,2024-03-01,"fi']),
    ],
)
@pytest.mark.parametrize("before", [0, 1, 30])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_quotes_out_of_order_are_seen(name: str, lines: list[str], before: int, ends: str) -> None:
    sure = [f"O-{n},4,2024-03-0{n % 9 + 1},nice" for n in range(before)]
    tail = [] if name.startswith("the last") else sure
    text = ends.join([",".join(HEADER), *sure, *lines, *tail, ""])
    assert scanned(text).damaged_line is not None, name


def test_a_text_that_holds_lines_of_many_commas_is_none_of_the_files_rows() -> None:
    told = 'O-7,5,2024-03-01,"It came late, broken, dirty, and wet.\nAnd then, well, I, too\nSize, 5, blue, 2"'
    sure = [f"O-{n},4,2024-03-0{n % 9 + 1},nice" for n in range(30)]
    assert scanned("\n".join([",".join(HEADER), *sure, told, *sure, ""])) == Scan(61)


def test_rows_pasted_into_a_text_are_suspicious() -> None:
    told = 'O-7,5,2024-03-01,"look:\nO-8,5,2024-03-01,free\nbye"'
    sure = [f"O-{n},4,2024-03-0{n % 9 + 1},nice" for n in range(30)]
    assert scanned("\n".join([",".join(HEADER), *sure, told, *sure, ""])).damaged_line is not None


def test_bytes_of_no_text_are_told_by_row_and_line() -> None:
    text = 'order_id,note\nO-1,5\n\nO-2,\0\nO-3,"x\n\n\0\0"\nO-4,\ufdd0\0\n,\n\0'
    assert scanned(text, 2) == Scan(
        6,
        spoilt=(
            (2, "line 4: a zero byte"),
            (3, "line 7: a zero byte"),
            (4, "line 8: a non-character (U+FDD0)"),
            (6, "line 10: a zero byte"),
        ),
    )


@settings(max_examples=100, deadline=None, derandomize=True)
@given(ROWS, st.sets(st.integers(0, 29)), st.integers(1, 40))
def test_they_are_found_wherever_blocks_end(rows: list[tuple[str, ...]], places: set[int], size: int) -> None:
    spoilt = {place for place in places if place < len(rows)}
    text = written([(*row[:2], f"{row[2]}\0" if at in spoilt else row[2]) for at, row in enumerate(rows)])
    before, csv_blocks._BLOCK = csv_blocks._BLOCK, size
    try:
        found = scanned(text, 5)
    finally:
        csv_blocks._BLOCK = before
    assert (found.rows, {row for row, _ in found.spoilt}) == (len(rows), {place + 1 for place in spoilt})


@pytest.mark.parametrize("size", [7, 64, 4096])
@pytest.mark.parametrize(
    ("name", "row", "how"),
    [
        ("one line", "O-1,5,2024-03-01," + "x" * 300, "a row of more than 0 MB"),
        ("a quoted field", 'O-1,5,2024-03-01,"' + "x,\n" * 120 + '"', "a row of more than 0 MB"),
        ("a quoted field that does not end", 'O-1,5,2024-03-01,"' + "x\n" * 200, "a row of more than 0 MB"),
        ("many fields", "," * 60, "a row of more than 50 fields"),
    ],
)
def test_rows_that_are_too_large_end_the_count(
    name: str, row: str, how: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_scan, "MOST_FIELDS", 50)
    monkeypatch.setattr(csv_blocks, "LARGEST_ROW", 200)
    monkeypatch.setattr(csv_blocks, "_BLOCK", size)
    found = scanned(",".join(HEADER) + "\n" + GOOD * 5 + row + "\n" + GOOD * 30)
    assert (found.damaged_line, found.damage.startswith(how)) == (7, True), name


def test_of_a_file_with_bytes_of_no_text_everywhere_nothing_is_told_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_scan, "MOST_SPOILT", 10)
    assert scanned("a,b\n" + "1,\0\n" * 10, 2).damaged_line is None
    assert scanned("a,b\n" + "1,\0\n" * 11, 2).damage == "more than 10 rows hold bytes that are no text"


def test_other_separators() -> None:
    assert scanned('a;b\n1;"x;""y\n"\n', 2, ";") == Scan(1)
    assert scanned('a¦b\n1¦"x¦y"\n"2"¦z\n', 2, "¦") == Scan(2)
    assert scanned('a\tb\n1\t"x"y\n', 2, "\t").damaged_line is not None
    assert scanned('a\tb\n"1"\t"x"\n', 2, "\t") == Scan(1)


def test_all_files_of_the_demo_and_their_reviews_are_in_order(tmp_path: Path) -> None:
    generate(str(tmp_path), date(2024, 1, 29), 20, orders_per_day=40, seed=11)
    for path in tmp_path.glob("*/dt=*/*.csv*"):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig", errors="replace"), newline=""))
        assert scanned(content, len(header)) == Scan(len(rows)), path


def test_every_file_of_the_olist_dump_is_in_order(olist_dir: Path) -> None:
    for path in olist_dir.glob("*.csv"):
        header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
        assert scanned(path.read_bytes(), len(header)) == Scan(len(rows)), path
