"""The demo shop's drops as CSV files, as untidy as real ones: split, zipped, marked, with extra columns."""

import csv
import gzip
import io
import random
from dataclasses import dataclass
from pathlib import Path

from spark_app.shops.demo_rows import COLUMNS, Row
from spark_app.shops.drop_files import write_object

_EXTRA_COLUMNS = (("campaign", "winter"), ("export_note", "nightly, full"), ("loyalty_tier", ""))


@dataclass(frozen=True, slots=True)
class Manner:
    """How one entity's drop of one day is written."""

    zipped: bool
    marked: bool  # begins with a byte-order mark
    crlf: bool
    split: bool  # two files, the second with its columns in another order
    extra: tuple[str, str] | None  # an unknown column and its value


def draw_manner(rng: random.Random) -> Manner:
    """Mostly one plain file; each untidiness about one time in ten."""
    return Manner(
        zipped=rng.random() < 0.12,
        marked=rng.random() < 0.08,
        crlf=rng.random() < 0.08,
        split=rng.random() < 0.1,
        extra=rng.choice(_EXTRA_COLUMNS) if rng.random() < 0.08 else None,
    )


def write_drop(root: Path, entity: str, day: str, rows: list[Row], rng: random.Random) -> int:
    """Write `<root>/<entity>/dt=<day>/<entity>[-1].csv[.gz]`, header only if no rows; the number of files.

    A file that is there already is replaced; the same rows and random state give the same bytes.
    """
    manner = draw_manner(rng)
    columns = list(COLUMNS[entity])
    shuffled = rng.sample(columns, len(columns))
    parts = [(rows[0::2], columns), (rows[1::2], shuffled)] if manner.split else [(rows, columns)]
    suffix = ".csv.gz" if manner.zipped else ".csv"
    for number, (part, order) in enumerate(parts, 1):
        name = f"{entity}-{number}" if manner.split else entity
        content = _content(entity, part, order, manner)
        body = gzip.compress(content, mtime=0) if manner.zipped else content  # the time would differ from run to run
        write_object(root / entity / f"dt={day}" / f"{name}{suffix}", body)
    return len(parts)


def _content(entity: str, rows: list[Row], order: list[str], manner: Manner) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n" if manner.crlf else "\n")
    extra_names, extra_values = ([manner.extra[0]], [manner.extra[1]]) if manner.extra else ([], [])
    writer.writerow([*extra_names, *order])
    positions = [COLUMNS[entity].index(column) for column in order]
    for row in rows:
        fields = [*extra_values, *(row.values[position] for position in positions)]
        writer.writerow(_shaped(row, fields))
    # A lone surrogate stands for a byte that is not UTF-8: see the reviews.
    content = text.getvalue().encode("utf-8", errors="surrogateescape")
    return b"\xef\xbb\xbf" + content if manner.marked else content


def _shaped(row: Row, fields: list[str]) -> list[str]:
    if row.shape == "too_many_fields":
        return [*fields[:2], "stray", *fields[2:]]
    return fields[:3] if row.shape == "too_few_fields" else fields
