"""Landed files counted by Python's own csv module, which knows nothing of how the lakehouse reads them."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path


def rows_landed(landing: Path) -> Counter[tuple[str, date]]:
    """Data rows by (entity, batch date)."""
    counts: Counter[tuple[str, date]] = Counter()
    for path in sorted(landing.glob("*/dt=*/*.csv*")):
        counts[path.parts[-3], date.fromisoformat(path.parent.name.removeprefix("dt="))] += len(list(records(path)))
    return +counts


def records(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a file; a row of another length than the header is there with what fits."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = io.StringIO(content.decode("utf-8-sig", errors="replace"), newline="")
    header, *lines = csv.reader(text)
    for line in lines:
        yield dict(zip(header, line, strict=False))
