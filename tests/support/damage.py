"""Files with every fault we know, at their start, in their middle and at their end, in every column.

What each file holds is known here, because it is written here: how many rows, which of them are beyond doubt, and which
are empty. Nothing is asked of the code under test.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from spark_app.shops.demo_rows import COLUMNS

NAMES = COLUMNS["reviews"]
ROWS = 15
PLACES: Mapping[str, int] = {"start": 0, "middle": 7, "end": ROWS - 1}
# Honest texts of which some look like faults.
TEXTS = (
    "", "fine", 'She said "lovely", and\nmeant it', "a, b, c, d, e, f, g, h", 'five\n\n5, 4, 3, 2, 1, "0", -1, x',
    '"', '""\n""', "ends in a quote\"", "O-1,5,x\nO-2,4,y", "good\r\nand cheap", "",
)  # fmt: skip
FAKE = "FAKE"
LARGE = 17 * 1024**2  # characters: more than a row may have


@dataclass(frozen=True)
class Damaged:
    """A file. `rows`: how many it holds; `sure`: the comment of each row beyond doubt, by its id.

    `empty`: rows of nothing among them. A file that cannot be read at all stands for one row.
    """

    name: str
    content: bytes
    rows: int
    sure: Mapping[str, str]
    empty: int = 0


@dataclass(frozen=True)
class _Sheet:
    """A file as it is made: its lines (some of several physical ones), and what the rows are."""

    name: str
    lines: tuple[str, ...]
    comments: Mapping[str, str]
    spoilt: frozenset[int] = field(default_factory=frozenset)
    more: int = 0
    empty: int = 0

    def with_line(self, at: int, line: str) -> _Sheet:
        lines = (*self.lines[:at], line, *self.lines[at + 1 :])
        return replace(self, lines=lines, spoilt=self.spoilt | {at})

    def done(self, ends: str = "\n", last: str | None = None) -> Damaged:
        text = ends.join([",".join(NAMES), *self.lines]) + (ends if last is None else last)
        sure = {key: comment for at, (key, comment) in enumerate(self.comments.items()) if at not in self.spoilt}
        return Damaged(self.name, text.encode(), ROWS + self.more, sure, self.empty)


def files() -> list[Damaged]:
    """All of them, each with a name of its own."""
    found = [*_of_columns(), *_of_places(), *_of_ends(), *_unreadable()]
    assert len({one.name for one in found}) == len(found) >= 200
    return found


def _sheet(name: str, *, texts: Sequence[str] = TEXTS) -> _Sheet:
    """Sound rows; those that faults go into (and their neighbours) have a plain comment."""
    comments = {}
    lines = []
    for at in range(ROWS):
        near = any(abs(at - place) <= 1 for place in PLACES.values())
        key = f"{name}-{at:02}"
        comments[key] = "plain" if near else texts[at % len(texts)]
        out = io.StringIO()
        row = {
            "review_id": key, "order_id": f"O{at:05}", "score": str(at % 5 + 1), "title": "Mug",
            "comment": comments[key], "created_at": f"2024-03-{at + 1:02} 09:00:00",
            "answered_at": f"2024-03-{at + 1:02} 10:00:00", "updated_at": f"2024-03-{at + 1:02} 11:00:00",
        }  # fmt: skip
        csv.writer(out, lineterminator="\r\n").writerow([row[column] for column in NAMES])
        lines.append(out.getvalue().removesuffix("\r\n"))
    return _Sheet(name, tuple(lines), comments)


def _cell(line: str, column: int, change: Callable[[str], str]) -> str:
    cells = line.split(",")
    return ",".join([*cells[:column], change(cells[column]), *cells[column + 1 :]])


# One cell of one line spoilt.
_CELLS: Mapping[str, Callable[[str], str]] = {
    "open": lambda cell: f'"{cell}',
    "inner": lambda cell: f'{cell[:1]}"{cell[1:]}',
    "junk": lambda cell: f'"{cell}"x',
    "zero": lambda cell: f"{cell[:1]}\0{cell[1:]}",
    "zero-quoted": lambda cell: f'"{cell}\0"',
    "no-character": lambda cell: f"{cell}\ufffe",
}


def _of_columns() -> Iterator[Damaged]:
    for column in range(len(NAMES)):
        for place, at in PLACES.items():
            for kind, change in _CELLS.items():
                sheet = _sheet(f"{kind}-{place}-{column}")
                yield sheet.with_line(at, _cell(sheet.lines[at], column, change)).done()
            yield _pair(f"near-{place}-{column}", min(at, ROWS - 2), min(at, ROWS - 2) + 1, column)
        yield _pair(f"far-{column}", 1, ROWS - 2, column)
        yield _pair(f"whole-{column}", 0, ROWS - 1, column)
        cut = _sheet(f"cut-{column}")
        line = ",".join(cut.lines[-1].split(",")[: column + 1])
        yield cut.with_line(ROWS - 1, line[:-1] if column < len(NAMES) - 1 else f"{line},").done(last="")
        quoted = _sheet(f"cut-quoted-{column}")
        cells = quoted.lines[-1].split(",")[: column + 1]
        yield quoted.with_line(ROWS - 1, ",".join([*cells[:-1], f'"{cells[-1][:2]}'])).done(last="")


def _pair(name: str, first: int, last: int, column: int) -> Damaged:
    """Two stray quotes in one column, plain rows between them: well-formed CSV in which nobody can be sure of these."""
    sheet = _sheet(name, texts=["plain"])
    sheet = sheet.with_line(first, _cell(sheet.lines[first], column, lambda cell: f'"{cell}'))
    sheet = sheet.with_line(last, _cell(sheet.lines[last], column, lambda cell: f'{cell}"'))
    return replace(sheet, spoilt=frozenset(range(first, last + 1))).done()


def _of_places() -> Iterator[Damaged]:
    width = len(NAMES)
    for place, at in PLACES.items():
        sheet = _sheet(f"few-{place}")
        yield sheet.with_line(at, ",".join(sheet.lines[at].split(",")[:3])).done()
        sheet = _sheet(f"one-{place}")
        yield sheet.with_line(at, "a line of something else").done()
        sheet = _sheet(f"cr-in-text-{place}")
        yield sheet.with_line(at, _cell(sheet.lines[at], 3, lambda cell: 'Mug "blue" \r')).done()
        sheet = _sheet(f"many-{place}")
        yield sheet.with_line(at, sheet.lines[at] + ",more,and more").done()
        sheet = _sheet(f"bytes-{place}")
        bad = sheet.with_line(at, _cell(sheet.lines[at], 0, lambda cell: f"{cell}caf\u00e9")).done()
        yield replace(bad, content=bad.content.replace("caf\u00e9".encode(), b"caf\xe9"))
        sheet = _sheet(f"zeros-{place}")  # as a disk leaves them that lost what was written last
        yield sheet.with_line(at, "\0" * 500).done()
        half = _sheet(f"half-{place}")
        bad = half.with_line(at, _cell(half.lines[at], 4, lambda cell: f"{cell}caf\u00e9")).done()
        yield replace(bad, content=bad.content.replace("caf\u00e9".encode(), b"\xed\xa0\xbd"))
        large = _sheet(f"large-{place}")
        bad = large.with_line(at, _cell(large.lines[at], 4, lambda cell: "x" * LARGE)).done()
        yield replace(bad, name=f"{bad.name}.gz", content=gzip.compress(bad.content, 1))
        large = _sheet(f"large-quoted-{place}")
        bad = large.with_line(at, _cell(large.lines[at], 4, lambda cell: '"' + "x, y\n" * (LARGE // 5) + '"')).done()
        yield replace(bad, name=f"{bad.name}.gz", content=gzip.compress(bad.content, 1))
        for kind, line in {
            "commas": "," * (width - 1), "fewer": ",,", "more": "," * (width + 3), "quotes": ",".join(['""'] * width),
            "blanks": " ,\u00a0,\t,\u3000,,,, ", "blank": "   ",
        }.items():  # fmt: skip
            sheet = _sheet(f"{kind}-{place}")
            lines = (*sheet.lines[:at], line, line, "", *sheet.lines[at:])
            # Where rows stand is known by their ids, not by their lines.
            yield replace(sheet, lines=lines, more=2, empty=2).done()
        sheet = _sheet(f"pasted-{place}")
        text = "look:\n" + "\n".join(sheet.lines[1].replace(sheet.name, f"{FAKE}{n}") for n in range(2)) + "\nbye"
        yield replace(
            sheet.with_line(at, _cell(sheet.lines[at], 4, lambda cell, text=text: f'"{text}"')), more=3
        ).done()


def _of_ends() -> Iterator[Damaged]:
    plain = ["plain", 'say "hi", twice']
    for name, ends in {"lf": "\n", "crlf": "\r\n", "cr": "\r"}.items():
        yield _sheet(f"ends-{name}", texts=plain).done(ends)
        yield _sheet(f"no-last-end-{name}", texts=plain).done(ends, last="")
        yield replace(
            marked := _sheet(f"mark-{name}", texts=plain).done(ends), content=b"\xef\xbb\xbf" + marked.content
        )
        packed = _sheet(f"packed-{name}", texts=plain).done(ends)
        yield replace(packed, name=f"{packed.name}.gz", content=gzip.compress(packed.content))
        for kind in ("open", "open-packed"):
            sheet = _sheet(f"{kind}-{name}", texts=plain)
            spoilt = sheet.with_line(7, _cell(sheet.lines[7], 3, _CELLS["open"])).done(ends)
            packed = replace(spoilt, name=f"{spoilt.name}.gz", content=gzip.compress(spoilt.content))
            yield packed if kind == "open-packed" else spoilt
    for name, step, usual, other in (
        ("crlf-among-lf", 2, "\n", "\r\n"), ("lf-among-crlf", 5, "\r\n", "\n"), ("cr-among-lf", 4, "\n", "\r"),
    ):  # fmt: skip
        sheet = _sheet(f"ends-{name}", texts=["plain"])
        ends_of = [other if at % step == 1 else usual for at in range(ROWS)]
        body = "".join(line + end for line, end in zip(sheet.lines, ends_of, strict=True))
        yield replace(sheet.done(), content=(",".join(NAMES) + usual + body).encode())
    yield _sheet("all-texts").done()
    yield _sheet("all-texts-crlf").done("\r\n")


def _unreadable() -> Iterator[Damaged]:
    whole = _sheet("whole").done()
    head = ",".join(NAMES)
    for name, content in {
        "utf-16": whole.content.decode().encode("utf-16"),
        "utf-16-no-mark": whole.content.decode().encode("utf-16-le"),
        "truncated.gz": gzip.compress(whole.content)[:-30],
        "no-gzip.gz": whole.content,
        "padded.gz": gzip.compress(whole.content) + b"\0" * 100,
        "behind.gz": gzip.compress(whole.content) + b"more",
        "twice-packed.gz": gzip.compress(gzip.compress(whole.content)),
        "packed": gzip.compress(whole.content),
        "one-line.gz": gzip.compress(b"x" * LARGE),
        "wide": ",".join([*NAMES, *(f"c{n}" for n in range(100_000))]).encode() + b"\n",
        "zero-in-header": whole.content.replace(b"title", b"ti\0tle", 1),
        "empty": b"",
        "no-header": whole.content.partition(b"\n")[2],
        "open-header": whole.content.replace(b"title", b'"title', 1),
        "swallowing-header": whole.content.replace(b"updated_at", b'"updated_at').replace(b"11:00:00", b'11:00:00"', 1),
        "twice": f"{head},title\n".encode(),
    }.items():  # fmt: skip
        yield Damaged(name, content, 1, {})
    parts = [whole.content[:100], b"", whole.content[100:]]
    yield replace(whole, name="in-parts.gz", content=b"".join(map(gzip.compress, parts)))
    yield Damaged("header-only", f"{head}\n".encode(), 0, {})
    yield Damaged("header-only-no-end", head.encode(), 0, {})
