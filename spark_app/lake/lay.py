"""A big export, or a folder of files, laid into landing as the daily drops it implies.

Rows keep their text to the byte; the lines before them (a header, what `read` skips) stand in each drop again. Nothing
is written to landing until all has been read. What is there already with the same content is left alone, so laying
twice is laying once.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from spark_app.contracts.days_in_text import days_in_name
from spark_app.contracts.sources import Dataset
from spark_app.lake.lay_rows import DayColumn, Drops, plain_name, split
from spark_app.lake.objects import Entry, checksum, list_folder, local_path, make_folder, md5_of, put_file
from spark_app.lake.paths import Landing
from spark_app.lake.s3 import is_s3
from spark_app.runtime.errors import UsageError


@dataclass(frozen=True)
class Laid:
    """What came of it: days, rows (None: files were laid whole), and files by what became of them."""

    dataset: str
    first_day: date
    last_day: date
    days: int
    rows: int | None
    files: dict[str, int]


def by_name(paths: Sequence[Path], root: Path, dataset: Dataset, landing: Landing) -> Laid:
    """Each file whole into the day that its name, or its folder's below `root`, tells; UsageError where none does."""
    days = {path: _named_day(path.relative_to(root).as_posix(), path) for path in paths}
    return _whole(days, dataset, landing)


def on_day(paths: Sequence[Path], day: date, dataset: Dataset, landing: Landing) -> Laid:
    """Each file whole into one day."""
    return _whole(dict.fromkeys(paths, day), dataset, landing)


def by_columns(paths: Sequence[Path], dataset: Dataset, columns: Sequence[DayColumn], landing: Landing) -> Laid:
    """Each file's rows into the days that the first of the columns that is not blank tells.

    A row where all are blank goes with the row before it: it belongs to the same order. UsageError names file, line and
    value where a day cannot be read, and nothing is laid then.
    """
    _told_apart(paths, [plain_name(path) for path in paths])
    with tempfile.TemporaryDirectory(prefix="lakehouse-") as folder:
        drops = Drops(Path(folder))
        rows = sum(split(path, dataset, columns, drops) for path in paths)
        laid = drops.files()
        if not laid:
            raise UsageError(f"{paths[0]}: found no row; expected some below the header")
        return _put(laid, dataset, landing, rows)


def _whole(days: Mapping[Path, date], dataset: Dataset, landing: Landing) -> Laid:
    _told_apart(list(days), [f"{day}/{path.name}" for path, day in days.items()])
    return _put(days, dataset, landing, None)


def _told_apart(paths: Sequence[Path], targets: Sequence[str]) -> None:
    twice = [name for name, count in Counter(targets).items() if count > 1]
    if twice:
        alike = [str(path) for path, name in zip(paths, targets, strict=True) if name == twice[0]]
        raise UsageError(f"{' and '.join(alike)} would be one file of landing; nothing was laid", hint="rename one")


def _put(files: Mapping[Path, date], dataset: Dataset, landing: Landing, rows: int | None) -> Laid:
    if not is_s3(landing.root):
        make_folder(local_path(landing.root))
    done: Counter[str] = Counter(new=0, changed=0, same=0)
    there: dict[date, dict[str, Entry]] = {}
    for path, day in files.items():
        folder = landing.folder(dataset.name, f"dt={day}")
        if day not in there:
            there[day] = {entry.name: entry for entry in list_folder(folder, landing.s3)}
        held = there[day].get(path.name)
        if held is not None and held.size == path.stat().st_size and checksum(held) == md5_of(path):
            done["same"] += 1
            continue
        put_file(path, f"{folder}/{path.name}", landing.s3)
        done["new" if held is None else "changed"] += 1
    days = set(files.values())
    return Laid(dataset.name, min(days), max(days), len(days), rows, dict(done))


def _named_day(name: str, path: Path) -> date:
    found = days_in_name(name)
    if len(found) != 1:
        told = f"found {' and '.join(map(str, found))}" if found else "found none"
        raise UsageError(
            f"{path}: its name tells no one day: {told}, expected one as 2024-12-31 or 20241231; nothing was laid",
            hint="say which column tells the day of a row (--by COLUMN), or the day itself (--date)",
        )
    return found[0]
