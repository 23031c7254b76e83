"""Files whose quotes are not in order: what is read, what is set aside line by line, and what is said of it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_app.lake.csv_damage import Record, records

HEADER = "order_id,score,written_at,title,comment"
NAMES = HEADER.split(",")


def row(number: int, comment: str = "") -> str:
    return f"O-{number:04},{number % 5 + 1},2024-03-{number % 28 + 1:02} 10:00:00,Mug,{comment}"


def read(*lines: str, header: str = HEADER, columns: int = 5) -> list[Record]:
    found = records("\n".join([header, *lines, ""]).encode(), ",", columns)
    assert not isinstance(found, str), found
    return found


def ids(found: list[Record]) -> list[str | None]:
    return [record.fields[0] for record in found if not record.damage]


def said(found: list[Record]) -> list[str]:
    return [record.damage for record in found if record.damage]


ROWS = [row(number) for number in range(40)]


@pytest.mark.parametrize("at", [0, 1, 20, 38])
def test_behind_a_quote_that_does_not_end_whole_rows_are_read(at: int) -> None:
    lines = [*ROWS[:at], row(at, '"please ring twice'), *ROWS[at + 1 :]]
    found = read(*lines)
    assert ids(found) == [f"O-{number:04}" for number in range(40) if number != at]
    took = f"would take in {39 - at} line{'s' if at < 38 else ''}"
    assert said(found) == [f"line {at + 2}: a quoted field does not end; it opened on line {at + 2} and {took}"]
    assert found[at].text == lines[at]


def test_behind_it_what_is_no_whole_row_is_set_aside_line_by_line() -> None:
    found = read(*ROWS[:20], row(20, '"well'), "a, b, c, d, e", ROWS[21], "O-0022,1", "", *ROWS[23:])
    assert ids(found) == [f"O-{number:04}" for number in range(40) if number not in (20, 22)]
    assert said(found)[1:] == [
        f"line {line}: behind a quote on line 22 that does not end where it should, and not surely a row"
        for line in (23, 25)
    ]


def test_the_last_line_cut_off_within_quotes_is_set_aside() -> None:
    assert said(read(*ROWS, row(40, '"cut o'))) == ["line 42: a quoted field does not end; it opened on line 42"]


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ('3" pipe', "a quote in the middle of a field"),
        (' "quoted after a blank"', "a quote in the middle of a field"),
        ('"3" pipe"', "text after the quote that ends a field"),
        ('"he said "hi", and left"', "text after the quote that ends a field"),
    ],
)
@pytest.mark.parametrize("at", [0, 20, 39])
def test_a_quote_out_of_place_costs_its_own_line(comment: str, why: str, at: int) -> None:
    found = read(*ROWS[:at], row(at, comment), *ROWS[at + 1 :])
    assert said(found) == [f"line {at + 2}: {why}"]
    assert len(found) == 40


def test_a_field_that_only_the_next_honest_quote_would_end() -> None:
    honest = row(30, '"good, and\ncheap"')
    found = read(*ROWS[:20], row(20, '"oh'), *ROWS[21:30], honest, *ROWS[31:])
    assert ids(found) == [f"O-{number:04}" for number in range(40) if number != 20]
    assert found[30].fields[4] == "good, and\ncheap"
    assert said(found) == [
        "line 22: a quoted field does not end where it should; it opened on line 22 and would take in 10 lines"
    ]


@pytest.mark.parametrize("column", range(5))
@pytest.mark.parametrize(("first", "last"), [(0, 39), (0, 1), (19, 20), (10, 30), (38, 39)])
def test_between_a_pair_of_stray_quotes_no_line_is_a_row_for_a_text_may_hold_such(
    column: int, first: int, last: int
) -> None:
    lines = [line.split(",") for line in ROWS]
    lines[first][column] = '"' + lines[first][column]
    lines[last][column] += '"'
    found = read(*[",".join(line) for line in lines])
    assert ids(found) == [f"O-{number:04}" for number in range(40) if not first <= number <= last]
    assert [record.line for record in found if record.damage] == list(range(first + 2, last + 3))
    many = last - first
    if many > 1:
        told = f"{many} lines that look like rows of this file (lines {first + 3} to {last + 2})"
    else:
        told = f"a line that looks like a row of this file (line {last + 2})"
    assert said(found)[0] == f"line {first + 2}: a quoted field holds {told}"


def test_rows_that_a_customer_pasted_into_a_text_never_become_rows() -> None:
    found = read(*ROWS, row(40, f'"look:\n{row(90)}\n{row(91)}\nbye"'), *ROWS)
    assert len(ids(found)) == 80
    assert not {"O-0090", "O-0091"} & set(ids(found))
    assert len(said(found)) == 4


def test_honest_texts_beside_the_damage_are_read() -> None:
    text = 'Well, "nice", I\nsay,\n\nand, so, on, and, on\n5, 4, 3, 2, 1'
    quoted = '"' + text.replace('"', '""') + '"'
    found = read(*ROWS, row(40, quoted), row(41, '3" pipe'), row(42, quoted))
    assert [found[40].fields[4], found[42].fields[4]] == [text, text]
    assert len(said(found)) == 1


def test_a_header_out_of_order_is_told_as_such() -> None:
    assert records(b'a,b,"c\n1,2,3\n', ",", 3) == (
        "line 1: a quoted field does not end; it opened on line 1 and would take in 1 line, in the header; "
        "expected column names with their quotes in order, or `read: {skip_lines: 1, header: false}`"
    )
    swallowing = records(b'a,b,"c\n1,2,3\n4,5,6"\n', ",", 3)
    assert swallowing == (
        "the header, from line 1 on, holds lines with as many fields as it has names; "
        "expected column names with their quotes in order, or `read: {skip_lines: 1, header: false}`"
    )


def test_a_file_of_one_column_is_read_too() -> None:
    found = read("A-1", '"A-2', "A-3", "A-4", header="order_id", columns=1)
    assert [record.damage is None for record in found] == [True, False, True, True]


NASTY = st.text(st.sampled_from('ab, "\n;é5'), max_size=25)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.tuples(NASTY, NASTY), max_size=25), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_what_a_good_exporter_writes_is_read_as_python_reads_it(rows: list[tuple[str, str]], quoting: int) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(NAMES)
    writer.writerows([f"O-{n:05}", "5", "2024-03-01 10:00:00", *row] for n, row in enumerate(rows))
    found = records(text.getvalue().encode(), ",", 5)
    assert not isinstance(found, str)
    assert said(found) == []
    expected = list(csv.reader(io.StringIO(text.getvalue())))[1:]
    assert [[value or "" for value in record.fields] for record in found] == expected


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.sampled_from('a1,"\n '), max_size=200))
def test_every_line_is_in_one_record_whatever_the_file_holds(body: str) -> None:
    text = "x,y\n" + body
    found = records(text.encode(), ",", 2)
    assert not isinstance(found, str)
    lines = text.split("\n")
    covered = [line for record in found for line in range(record.line, record.line + record.lines)]
    assert covered == sorted(set(covered))
    assert [n for n, line in enumerate(lines, 1) if line and n > 1 and n not in covered] == []
    for record in found:
        assert record.text == "\n".join(lines[record.line - 1 : record.line - 1 + record.lines])


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_rows_that_a_cr_alone_parts_are_rows(ends: str) -> None:
    text = ends.join([HEADER, *ROWS[:5], "\r".join(ROWS[5:8]), *ROWS[8:], ""])
    found = records(text.encode(), ",", 5)
    assert not isinstance(found, str)
    assert ids(found) == [f"O-{number:04}" for number in range(40)]
    text = ends.join([HEADER, *ROWS[:5], row(5, "a\rb"), ""])
    found = records(text.encode(), ",", 5)
    assert not isinstance(found, str)
    assert found[5].fields[4] == "a\rb"


def test_bytes_of_no_text_spoil_their_row_alone() -> None:
    read = records(b'a,b\n1,"x\n\0"\n2,y\n3,\xef\xbf\xbf\n4,"z', ",", 2)
    assert [(row.line, row.spoilt) for row in read if isinstance(row, Record)] == [
        (2, "line 3: a zero byte"),
        (4, None),
        (5, "line 5: a non-character (U+FFFF)"),
        (6, None),
    ]


def of_lines(*lines: str, cut: dict[int, bool]) -> list[tuple[int, bool]]:
    """(line, whether it is read) of a file of sure rows around these lines, some of them cut off."""
    sure = [f"O-{n},2024-03-0{n % 9 + 1},nice" for n in range(20)]
    text = "\n".join(["order_id,written_at,comment", *sure, *lines, *sure, ""])
    read = records(text.encode(), ",", 3, {21 + at: odd for at, odd in cut.items()})
    assert not isinstance(read, str)
    return [(row.line, row.damage is None) for row in read if row.line > 21]


def test_what_is_behind_a_line_that_was_cut_off_is_read() -> None:
    found = of_lines("O-7,2024-03-01,xxxx", cut={0: False})
    assert found == [(22, False), *[(line, True) for line in range(23, 43)]]


def test_behind_one_with_odd_quotes_only_what_is_surely_a_row() -> None:
    found = of_lines('O-7,2024-03-01,"xxxx', "and, so, on", cut={0: True})
    assert found == [(22, False), (23, False), *[(line, True) for line in range(24, 44)]]


def test_a_field_that_holds_a_line_that_was_cut_off_is_read_by_nobody() -> None:
    found = of_lines('O-7,2024-03-01,"first', "xxxx", 'last"', cut={1: False})
    assert found == [(22, False), (23, False), (24, False), *[(line, True) for line in range(25, 45)]]
