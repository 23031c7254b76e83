"""Files and folders by their URI, on a local disk or in an object store: list, read, write, remove.

Only landing, exports and temporary files come here; tables are Delta's. Credentials are found by the standard AWS
chain (environment, profile, web identity, container, instance), never in a setting of ours.
"""

from __future__ import annotations

import hashlib
import mimetypes
import shutil
import tempfile
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import unquote, urlparse

from spark_app.lake.s3 import S3_SCHEMES, bucket_and_key, client, is_s3, s3_errors_named
from spark_app.runtime.errors import LakeError, SettingsError, UsageError
from spark_app.runtime.settings import S3Settings


@dataclass(frozen=True)
class Entry:
    """A file, or a folder (whose size is 0), by its name in the folder that was listed."""

    name: str
    uri: str
    folder: bool
    size: int
    etag: str | None  # object stores give one with the listing
    modified: datetime | None = None  # when the file was written last


def local_path(uri: str) -> Path:
    """The local file or folder that a path or file: URI names; SettingsError for a scheme nobody here knows."""
    scheme, found, _ = uri.partition("://")
    if not found:
        return Path(uri)
    if scheme == "file":
        return Path(unquote(urlparse(uri).path))
    raise SettingsError(
        f"found '{uri}', expected a local path or a URI of file, {', '.join(S3_SCHEMES)}",
        hint="set landing, lake and reports to such a URI",
    )


def list_folder(uri: str, s3: S3Settings) -> list[Entry]:
    """What lies directly in a folder, by name; nothing where there is no such folder."""
    return sorted(_children_s3(uri, s3) if is_s3(uri) else _children_local(uri), key=lambda entry: entry.name)


def list_folders(uri: str, names: Collection[str], s3: S3Settings) -> dict[str, list[Entry]]:
    """What lies directly in each of these folders of one folder, by name; without those that are not there or empty.

    An object store is asked once for each thousand files, not once for each folder.
    """
    if is_s3(uri):
        return _in_folders_s3(uri, sorted(names), s3)
    found = {name: list_folder(f"{uri.rstrip('/')}/{name}", s3) for name in names}
    return {name: entries for name, entries in found.items() if entries}


def exists(uri: str, s3: S3Settings) -> bool:
    """Whether there is such a folder, or in an object store anything under it."""
    return any(True for _ in _children_s3(uri, s3)) if is_s3(uri) else local_path(uri).is_dir()


def sizes_below(uri: str, s3: S3Settings) -> dict[str, int]:
    """Path below a folder -> size, of every file however deep; nothing where there is no such folder."""
    if not is_s3(uri):
        root = local_path(uri)
        return {path.relative_to(root).as_posix(): path.stat().st_size for path in root.rglob("*") if path.is_file()}
    bucket, key = bucket_and_key(uri)
    prefix = f"{key.rstrip('/')}/"
    with s3_errors_named(uri):
        pages = client(s3).get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return {
            found["Key"].removeprefix(prefix): found["Size"] for page in pages for found in page.get("Contents", [])
        }


@contextmanager
def open_bytes(uri: str, s3: S3Settings, first: int | None = None) -> Iterator[BinaryIO]:
    """A file's bytes, of which only the `first` few are fetched where that is given."""
    if not is_s3(uri):
        with _opened(uri) as stream:
            yield stream
        return
    bucket, key = bucket_and_key(uri)
    part: dict[str, Any] = {"Range": f"bytes=0-{first - 1}"} if first else {}
    with s3_errors_named(uri):
        body = client(s3).get_object(Bucket=bucket, Key=key, **part)["Body"]
        with body:
            yield cast(BinaryIO, body)


_STILL = timedelta(seconds=5)  # a file this old has another time of writing when it is written again
_KNOWN: dict[str, tuple[tuple[int, datetime], str]] = {}  # of local files that lay still when they were read


def checksum(entry: Entry) -> str:
    """A word that changes with the content: the store's ETag, or the MD5 of a local file.

    A local file that lies as it lay is not read again: a long run looks at landing every minute.
    """
    if entry.etag is not None:
        return entry.etag
    known = _KNOWN.get(entry.uri)
    if known is not None and known[0] == (entry.size, entry.modified):
        return known[1]
    with _opened(entry.uri) as stream:
        found = _md5(stream)
    if entry.modified is not None and datetime.now(UTC) - entry.modified > _STILL:
        _KNOWN[entry.uri] = ((entry.size, entry.modified), found)
    return found


def put_file(path: Path, uri: str, s3: S3Settings) -> None:
    """Copy a local file to a place where readers then see all of it, in place of what was there."""
    if is_s3(uri):
        bucket, key = bucket_and_key(uri)
        with s3_errors_named(uri):
            client(s3).upload_file(str(path), bucket, key, ExtraArgs={"ContentType": content_type(path.name)})
        return
    target = local_path(uri)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(path, part)
    part.replace(target)


def put_text(text: str, uri: str, s3: S3Settings) -> None:
    """As `put_file`, of a text in UTF-8."""
    with tempfile.TemporaryDirectory(prefix="lakehouse-") as folder:
        path = Path(folder) / uri.rpartition("/")[2]
        path.write_text(text, encoding="utf-8")
        put_file(path, uri, s3)


def remove_file(entry: Entry, s3: S3Settings) -> None:
    """Remove one file that was listed; it may be gone already."""
    if is_s3(entry.uri):
        bucket, key = bucket_and_key(entry.uri)
        with s3_errors_named(entry.uri):
            client(s3).delete_object(Bucket=bucket, Key=key)
    else:
        local_path(entry.uri).unlink(missing_ok=True)


def content_type(name: str) -> str:
    """What a file is by its name: browsers show a page only where the store says that it is one."""
    kind, _ = mimetypes.guess_type(name)
    kind = "text/javascript" if kind == "application/javascript" else kind  # as Pythons before 3.12 call it
    return f"{kind}; charset=utf-8" if kind and kind.startswith("text/") else kind or "application/octet-stream"


def make_folder(folder: Path) -> Path:
    """The folder, made where it was not there; UsageError where it cannot be written into."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise UsageError(
            f"{folder}: cannot be written into: {error.strerror}; expected a folder, or a place for one",
            hint="give another --home, or check the rights",
        ) from None


@contextmanager
def writable(uri: str, s3: S3Settings) -> Iterator[Path]:
    """A local folder to write into that is `uri` itself, or whose files are copied there once all are written."""
    if not is_s3(uri):
        yield make_folder(local_path(uri))
        return
    with tempfile.TemporaryDirectory(prefix="lakehouse-") as folder:
        yield Path(folder)
        for path in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
            put_file(path, f"{uri.rstrip('/')}/{path.relative_to(folder).as_posix()}", s3)


@contextmanager
def adding_files(uri: str, s3: S3Settings) -> Iterator[Path]:
    """A local folder whose files are copied below `uri` once all are written, if none of them replaces another.

    Raises UsageError where nothing can be written there, before anything is made; and where a file of the same name is
    there and holds something else: nothing is copied then.
    """
    if not is_s3(uri):
        make_folder(local_path(uri))
    with tempfile.TemporaryDirectory(prefix="lakehouse-") as name:
        yield Path(name)
        new = []
        for folder in sorted({path.parent for path in Path(name).rglob("*") if path.is_file()}):
            below = folder.relative_to(name).as_posix()
            target = uri.rstrip("/") if below == "." else f"{uri.rstrip('/')}/{below}"
            there = {entry.name: entry for entry in list_folder(target, s3)}
            for path in sorted(path for path in folder.iterdir() if path.is_file()):
                held = there.get(path.name)
                if held is None:
                    new.append((path, f"{target}/{path.name}"))
                elif checksum(held) != md5_of(path):
                    raise UsageError(
                        f"{held.uri}: is there and holds something else than would be written; nothing was written",
                        hint="choose a landing of its own (another --home or --landing), or remove what is there",
                    )
        for path, target in new:
            put_file(path, target, s3)


def md5_of(path: Path) -> str:
    """What `checksum` gives for a local file, and for one that was put into a store in one piece."""
    with path.open("rb") as stream:
        return _md5(stream)


def _md5(stream: BufferedReader) -> str:
    return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _opened(uri: str) -> BufferedReader:
    try:
        return local_path(uri).open("rb")
    except OSError as error:
        raise LakeError(f"{uri}: cannot be read: {error.strerror}", hint="check the rights, then run again") from None


def _children_local(uri: str) -> Iterator[Entry]:
    folder = local_path(uri)
    if folder.is_dir():
        for path in folder.iterdir():
            if path.is_dir():
                yield Entry(path.name, str(path), True, 0, None)
            else:
                found = path.stat()
                at = datetime.fromtimestamp(found.st_mtime, UTC)
                yield Entry(path.name, str(path), False, found.st_size, None, at)


def _children_s3(uri: str, s3: S3Settings) -> Iterator[Entry]:
    bucket, key = bucket_and_key(uri)
    prefix = f"{key.rstrip('/')}/" if key.strip("/") else ""
    base = uri.rstrip("/")
    with s3_errors_named(uri):
        pages = client(s3).get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/")
        for page in pages:
            for below in page.get("CommonPrefixes", []):
                name = below.get("Prefix", "").removeprefix(prefix).rstrip("/")
                yield Entry(name, f"{base}/{name}", True, 0, None)
            for found in page.get("Contents", []):
                name = found.get("Key", "").removeprefix(prefix)
                if name:  # the folder's own marker object has none
                    etag = found.get("ETag", "").strip('"')
                    yield Entry(name, f"{base}/{name}", False, found.get("Size", 0), etag, found.get("LastModified"))


def _in_folders_s3(uri: str, names: Sequence[str], s3: S3Settings) -> dict[str, list[Entry]]:
    """Answers hold keys of all folders in their order; folders that nobody asked for are leapt over."""
    bucket, key = bucket_and_key(uri)
    prefix = f"{key.rstrip('/')}/" if key.strip("/") else ""
    found: dict[str, dict[str, Entry]] = {}
    wanted = set(names)
    at, after = 0, ""
    while at < len(names):
        after = max(after, f"{prefix}{names[at]}/")
        with s3_errors_named(uri):
            page = client(s3).list_objects_v2(Bucket=bucket, Prefix=prefix, StartAfter=after)
        listed = page.get("Contents", [])
        for one in listed:
            folder, _, path = one.get("Key", "").removeprefix(prefix).partition("/")
            name, deeper, _ = path.partition("/")
            if name and folder in wanted:
                size, etag = (0, None) if deeper else (one.get("Size", 0), one.get("ETag", "").strip('"'))
                path = f"{uri.rstrip('/')}/{folder}/{name}"
                entry = Entry(name, path, bool(deeper), size, etag, one.get("LastModified"))
                found.setdefault(folder, {})[name] = entry
        if not listed or not page.get("IsTruncated"):
            break
        after = listed[-1].get("Key", "")
        at = bisect_left(names, after.removeprefix(prefix).partition("/")[0])  # that folder may go on
    return {folder: [entries[name] for name in sorted(entries)] for folder, entries in found.items()}
