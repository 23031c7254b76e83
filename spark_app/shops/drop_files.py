"""Where a shop's drops are put: a local folder; for buckets, lake/objects.py brings them there."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from spark_app.runtime.errors import UsageError


def local_root(landing: str) -> Path:
    """The directory that `landing`, a path or a file: URI, names.

    Raises UsageError for any other kind of URI.
    """
    parts = urlsplit(landing)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return Path(url2pathname(parts.path))
    if "://" in landing or parts.scheme == "file":
        raise UsageError(f"landing: expected a local directory or a file: URI, found {landing!r}.")
    return Path(landing)


def write_object(path: Path, content: bytes) -> None:
    """Put an object in place as a whole: a reader sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_name(f".{path.name}.part")
    half_written.write_bytes(content)
    half_written.replace(path)
