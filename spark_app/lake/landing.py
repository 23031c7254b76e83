"""The landing zone: which files lie there for a day."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from spark_app.contracts.read import PACKED_ENDINGS, PLAIN_ENDINGS
from spark_app.lake.objects import Entry, checksum, exists, list_folder, list_folders
from spark_app.lake.paths import Landing

_DAY = re.compile(r"dt=(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class LandedFile:
    """One dropped object: `name` is its path below landing, `checksum` tells a corrected file from the same one.

    `modified`: when it was written last, where that is known.
    """

    dataset: str
    day: date
    name: str
    path: str
    size: int
    checksum: str
    modified: datetime | None = None


@dataclass(frozen=True)
class Folders:
    """Landing by its names: dataset → days it has a folder for, ascending; `strays`: what nothing will read."""

    days: Mapping[str, tuple[date, ...]]
    strays: tuple[str, ...]

    @property
    def all_days(self) -> list[date]:
        """Every day that any dataset has a folder for, ascending."""
        return sorted({day for days in self.days.values() for day in days})


@dataclass(frozen=True)
class Found:
    """What lies in the folders of some days: the files of each that has any, and what by its name is none to read."""

    files: dict[date, list[LandedFile]]
    unread: list[str]


def list_days(landing: Landing, datasets: Iterable[str]) -> Folders:
    """The names of all folders of landing, whatever their age, and of no file: one request a dataset and 1000 days."""
    known = sorted(datasets)
    there = list_folder(landing.root, landing.s3)
    if not there and not exists(landing.root, landing.s3):
        return Folders(dict.fromkeys(known, ()), (f"{landing}: no such folder",))
    strays = [
        f"landing/{entry.name}: unknown dataset; expected one of {', '.join(known)}"
        for entry in there
        if entry.name not in known and entry.name[0] not in "._"
    ]
    days: dict[str, tuple[date, ...]] = {}
    names = {entry.name for entry in there}
    for dataset in known:
        entries = list_folder(landing.folder(dataset), landing.s3) if dataset in names else []
        strays += [
            f"landing/{dataset}/{entry.name}: expected a folder dt=YYYY-MM-DD with a real date"
            for entry in entries
            if not _day_of(entry.name)
        ]
        days[dataset] = tuple(day for entry in entries if entry.folder and (day := _day_of(entry.name)))
    return Folders(days, tuple(strays))


def list_files(landing: Landing, dataset: str, days: Sequence[date]) -> Found:
    """The files of each of these days that has any, by name. Only the folders of these days are looked at."""
    entries, more = _of_days(landing, dataset, days), landing.endings.get(dataset, ())
    unread = [
        f"{dataset}/dt={day}/{entry.name}: not read; expected a file {_expected(more)}"
        for day, listed in entries.items()
        for entry in listed
        if not _is_read(entry, more)
    ]
    files = {
        day: [_landed(dataset, day, one) for one in listed if _is_read(one, more)] for day, listed in entries.items()
    }
    return Found({day: listed for day, listed in files.items() if listed}, unread)


def days_with_files(landing: Landing, dataset: str, days: Sequence[date]) -> list[date]:
    """Those of the days, ascending, whose folders hold a file that would be read; contents are not looked at."""
    entries, more = _of_days(landing, dataset, days), landing.endings.get(dataset, ())
    return [day for day, listed in entries.items() if any(_is_read(entry, more) for entry in listed)]


def fingerprint(files: Sequence[LandedFile]) -> str:
    """One word for what a day of a dataset holds: names, sizes and contents."""
    parts = [f"{file.name}|{file.size}|{file.checksum}" for file in sorted(files, key=lambda file: file.name)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _of_days(landing: Landing, dataset: str, days: Sequence[date]) -> dict[date, list[Entry]]:
    """What lies in the days' folders and is meant to be read: hidden and temporary names are not."""
    names = {f"dt={day.isoformat()}": day for day in sorted(days)}
    found = list_folders(landing.folder(dataset), names, landing.s3)
    return {
        day: [one for one in found[name] if one.name[0] not in "._"] for name, day in names.items() if name in found
    }


def _is_read(entry: Entry, more: Sequence[str]) -> bool:
    # Spark unpacks what ends in .gz, and only so written.
    name, lower = entry.name, entry.name.lower()
    packed = lower.endswith((*PACKED_ENDINGS, *(f"{one.lower()}.gz" for one in more))) and name.endswith(".gz")
    return not entry.folder and (lower.endswith((*PLAIN_ENDINGS, *(one.lower() for one in more))) or packed)


def _expected(more: Sequence[str]) -> str:
    listed = [*PLAIN_ENDINGS, *more]
    return f"that ends in {', '.join(listed[:-1])} or {listed[-1]}"


def _landed(dataset: str, day: date, entry: Entry) -> LandedFile:
    name = f"{dataset}/dt={day.isoformat()}/{entry.name}"
    return LandedFile(dataset, day, name, entry.uri, entry.size, checksum(entry), entry.modified)


def _day_of(name: str) -> date | None:
    match = _DAY.fullmatch(name)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
