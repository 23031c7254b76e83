"""The landing zone: which files lie there for a day, and what their first lines say.

Files are looked at before Spark reads them: a file that cannot be read (binary, truncated, two columns of one name)
is kept apart with its reason, and the rest of the day goes on.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote, urlparse

from spark_app.contracts.sources import Dataset
from spark_app.runtime.errors import SettingsError

_DAY = re.compile(r"dt=(\d{4}-\d{2}-\d{2})")
_HEAD = 64 * 1024
_BLOCK = 1024 * 1024
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class LandedFile:
    """One dropped object: `name` is its path below landing, `checksum` tells a corrected file from the same one."""

    dataset: str
    day: date
    name: str
    path: str
    size: int
    checksum: str


@dataclass(frozen=True)
class Inspected:
    """A file and its header; `problem` is why it cannot be read as CSV, `notes` what is odd about it."""

    file: LandedFile
    header: tuple[str, ...] = ()
    mixed_lines: bool = False
    problem: str | None = None
    notes: tuple[str, ...] = ()


def local_root(uri: str) -> Path:
    """The folder a landing path or file: URI names."""
    parsed = urlparse(uri)
    if parsed.scheme == "file":
        return Path(unquote(parsed.path))
    if "://" in uri:
        raise SettingsError(
            f"landing: found '{uri}', expected a local folder: object stores are not wired in yet",
            hint="set landing to a folder or a file: URI",
        )
    return Path(uri)


def landed_days(landing: str, datasets: Iterable[str]) -> list[date]:
    """Every day any of the datasets holds a folder for. Lists all of landing: for ranges and rebuilds only."""
    found = set()
    for dataset in datasets:
        for folder in (local_root(landing) / dataset).glob("dt=*"):
            day = _day_of(folder.name)
            if day:
                found.add(day)
    return sorted(found)


def files_of(landing: str, dataset: str, days: Sequence[date]) -> dict[date, list[LandedFile]]:
    """The files of each of these days that has any, by name. Only the folders of these days are looked at."""
    found: dict[date, list[LandedFile]] = {}
    root = local_root(landing)
    for day in days:
        folder = root / dataset / f"dt={day.isoformat()}"
        files = [_landed(dataset, day, path) for path in _csv_files(folder)]
        if files:
            found[day] = files
    return found


def strays(landing: str, datasets: Sequence[str]) -> list[str]:
    """Folders of landing that nothing will read, each with what was expected."""
    root, problems = local_root(landing), []
    if not root.is_dir():
        return [f"{landing}: no such folder"]
    for folder in sorted(root.iterdir()):
        if folder.name not in datasets and not folder.name.startswith((".", "_")):
            problems.append(f"landing/{folder.name}: unknown dataset; expected one of {', '.join(sorted(datasets))}")
    for dataset in datasets:
        for folder in sorted((root / dataset).glob("*")):
            if not _day_of(folder.name):
                problems.append(f"landing/{dataset}/{folder.name}: expected a folder dt=YYYY-MM-DD with a real date")
    return problems


def unread(landing: str, datasets: Sequence[str], days: Sequence[date]) -> list[str]:
    """What lies in the folders of these days and is no CSV file by its name."""
    folders = [local_root(landing) / dataset / f"dt={day}" for dataset in datasets for day in days]
    found = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    return [
        f"{path.relative_to(local_root(landing))}: not read; expected a file *.csv or *.csv.gz"
        for path in found
        if path.name[0] not in "._" and not (path.is_file() and _is_csv(path.name))
    ]


def fingerprint(files: Sequence[LandedFile]) -> str:
    """One word for what a day of a dataset holds: names, sizes and contents."""
    parts = [f"{file.name}|{file.size}|{file.checksum}" for file in sorted(files, key=lambda file: file.name)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def inspect(file: LandedFile, dataset: Dataset) -> Inspected:
    """Read the header; for compressed files also check that they are whole."""
    found = Inspected(file)
    if ":" in file.name:
        return replace(
            found, problem="a colon in the file's name, which Spark cannot open; expected a name without one"
        )
    try:
        head = _head(file)
    except (OSError, EOFError, zlib.error) as error:
        return replace(found, problem=f"not a whole gzip file ({error}); expected one that unpacks to its end")
    if head.startswith(_UTF16_MARKS):
        return replace(found, problem="UTF-16 text; expected UTF-8")
    if b"\0" in head:
        return replace(found, problem=f"binary data (a zero byte at {head.index(0)}); expected UTF-8 text")
    try:
        header = _header(head.removeprefix(_UTF8_MARK), dataset.separator)
    except (UnicodeDecodeError, csv.Error) as error:
        return replace(found, problem=f"the header is not UTF-8 text ({error}); expected column names")
    if not any(header):
        return replace(found, problem="the file is empty; expected a header row")
    return _judged(replace(found, header=header, mixed_lines=_mixed_lines(head)), dataset)


def matched(header: Sequence[str], dataset: Dataset) -> list[str | None]:
    """For each header name the bronze column it is, or None where the source does not know it."""
    exact = dict(dataset.columns)
    folded = {name.strip().lower(): column for name, column in dataset.columns.items()}
    return [exact.get(name) or folded.get(name.strip().lower()) for name in header]


def _judged(found: Inspected, dataset: Dataset) -> Inspected:
    columns = [column for column in matched(found.header, dataset) if column]
    if not columns:
        shown, expected = f"{', '.join(found.header)[:80]}", f"{', '.join(dataset.columns)[:80]}"
        return replace(found, problem=f"the first row names no known column; found '{shown}', expected of '{expected}'")
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        return replace(found, problem=f"the header names '{twice[0]}' twice; expected each column once")
    missing = [header for header, column in dataset.columns.items() if column not in columns]
    notes: tuple[str, ...] = (f"columns not in the header: {', '.join(missing)}",) if missing else ()
    unknown = [name for name, column in zip(found.header, matched(found.header, dataset), strict=True) if not column]
    if unknown:
        notes += (f"unknown columns kept in _extra: {', '.join(unknown)}",)
    return replace(found, notes=notes)


def _csv_files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.is_file() and _is_csv(path.name) and path.name[0] not in "._":
                yield path


def _is_csv(name: str) -> bool:
    # Spark unpacks what ends in .gz, and only so written.
    return name.lower().endswith(".csv") or (name.lower().endswith(".csv.gz") and name.endswith(".gz"))


def _landed(dataset: str, day: date, path: Path) -> LandedFile:
    name = f"{dataset}/{path.parent.name}/{path.name}"
    return LandedFile(dataset, day, name, str(path), path.stat().st_size, _checksum(path))


def _checksum(path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _head(file: LandedFile) -> bytes:
    """The first bytes; a compressed file is unpacked to its end, so that a truncated one is found out."""
    if not file.name.endswith(".gz"):
        with Path(file.path).open("rb") as stream:
            return stream.read(_HEAD)
    with gzip.open(file.path, "rb") as stream:
        head = stream.read(_HEAD)
        _drain(stream)
        return head


def _drain(stream: gzip.GzipFile) -> None:
    while stream.read(_BLOCK):
        pass


def _header(head: bytes, separator: str) -> tuple[str, ...]:
    lines = head.split(b"\n") if b"\n" in head else head.split(b"\r")
    whole = b"\n".join(lines[:-1]) if len(lines) > 1 else head
    text = io.StringIO(whole.decode("utf-8", errors="replace"), newline="")
    # Blank lines before the header are nothing to Spark's reader either.
    names: list[str] = next((row for row in csv.reader(text, delimiter=separator) if row), [])
    if any("\ufffd" in name for name in names):
        raise csv.Error("bytes that are not UTF-8")
    return tuple(name.strip() for name in names)


def _mixed_lines(head: bytes) -> bool:
    """Some lines end in CR LF and others in LF alone; Spark would take the first kind it sees for all."""
    return 0 < head.count(b"\r\n") < head.count(b"\n")


def _day_of(name: str) -> date | None:
    match = _DAY.fullmatch(name)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
