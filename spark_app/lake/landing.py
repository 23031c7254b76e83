"""The landing zone: which files lie there for a day."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from spark_app.lake.objects import Entry, checksum, children, exists
from spark_app.lake.paths import Landing

_DAY = re.compile(r"dt=(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class LandedFile:
    """One dropped object: `name` is its path below landing, `checksum` tells a corrected file from the same one."""

    dataset: str
    day: date
    name: str
    path: str
    size: int
    checksum: str


def landed_days(landing: Landing, datasets: Iterable[str]) -> list[date]:
    """Every day any of the datasets holds a folder for. Lists all of landing: for ranges and rebuilds only."""
    folders = [entry for dataset in datasets for entry in children(landing.folder(dataset), landing.s3)]
    days = {_day_of(entry.name) for entry in folders if entry.folder}
    return sorted(day for day in days if day)


def files_of(landing: Landing, dataset: str, days: Sequence[date]) -> dict[date, list[LandedFile]]:
    """The files of each of these days that has any, by name. Only the folders of these days are looked at."""
    found: dict[date, list[LandedFile]] = {}
    for day in days:
        files = [_landed(dataset, day, entry) for entry in _of_day(landing, dataset, day) if _is_csv(entry)]
        if files:
            found[day] = files
    return found


def strays(landing: Landing, datasets: Sequence[str]) -> list[str]:
    """Folders of landing that nothing will read, each with what was expected."""
    if not exists(landing.root, landing.s3):
        return [f"{landing}: no such folder"]
    problems = [
        f"landing/{entry.name}: unknown dataset; expected one of {', '.join(sorted(datasets))}"
        for entry in children(landing.root, landing.s3)
        if entry.name not in datasets and entry.name[0] not in "._"
    ]
    for dataset in datasets:
        for entry in children(landing.folder(dataset), landing.s3):
            if not _day_of(entry.name):
                problems.append(f"landing/{dataset}/{entry.name}: expected a folder dt=YYYY-MM-DD with a real date")
    return problems


def unread(landing: Landing, datasets: Sequence[str], days: Sequence[date]) -> list[str]:
    """What lies in the folders of these days and is no CSV file by its name."""
    return [
        f"{dataset}/dt={day}/{entry.name}: not read; expected a file *.csv or *.csv.gz"
        for dataset in datasets
        for day in days
        for entry in _of_day(landing, dataset, day)
        if not _is_csv(entry)
    ]


def fingerprint(files: Sequence[LandedFile]) -> str:
    """One word for what a day of a dataset holds: names, sizes and contents."""
    parts = [f"{file.name}|{file.size}|{file.checksum}" for file in sorted(files, key=lambda file: file.name)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _of_day(landing: Landing, dataset: str, day: date) -> Iterator[Entry]:
    """What lies in a day's folder and is meant to be read: hidden and temporary names are not."""
    for entry in children(landing.folder(dataset, f"dt={day.isoformat()}"), landing.s3):
        if entry.name[0] not in "._":
            yield entry


def _is_csv(entry: Entry) -> bool:
    # Spark unpacks what ends in .gz, and only so written.
    name = entry.name
    packed = name.lower().endswith(".csv.gz") and name.endswith(".gz")
    return not entry.folder and (name.lower().endswith(".csv") or packed)


def _landed(dataset: str, day: date, entry: Entry) -> LandedFile:
    name = f"{dataset}/dt={day.isoformat()}/{entry.name}"
    return LandedFile(dataset, day, name, entry.uri, entry.size, checksum(entry))


def _day_of(name: str) -> date | None:
    match = _DAY.fullmatch(name)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
