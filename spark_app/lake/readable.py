"""Whether table versions can still be read: the log has them, and each data file they name is there, in full.

Without Spark, and without reading a row. It costs a listing of each table's folder and the log up to each version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from spark_app.lake import log, objects
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release

Version = tuple[str, int]


def find_unreadable_releases(lake: Lake, releases: Iterable[Release]) -> dict[int, str]:
    """Release -> what its first table that cannot be read lacks; releases whose tables all can be are not in it."""
    listed = list(releases)
    wanted: dict[str, set[int]] = {}
    for release in listed:
        for table, version in release.tables.items():
            wanted.setdefault(table, set()).add(version)
    lacking = find_unreadable(lake, wanted)
    found = {}
    for release in listed:
        lacks = [lacking[one] for one in sorted(release.tables.items()) if one in lacking]
        if lacks:
            more = f", and {len(lacks) - 1} more tables" if len(lacks) > 1 else ""
            found[release.release_id] = lacks[0] + more
    return found


def find_unreadable(lake: Lake, wanted: Mapping[str, Iterable[int]]) -> dict[Version, str]:
    """(table, version) -> what is missing of it, in words; versions that can be read are not in it."""
    found: dict[Version, str] = {}
    for name, versions in wanted.items():
        table = lake.table(name)
        sizes = objects.sizes_below(table.path, lake.s3)
        opened: DeltaTable | None = None
        for version in sorted(set(versions)):
            try:
                if opened is None:
                    opened = log.open_anew(table, version)
                else:
                    opened.load_as_version(version)  # forwards, so the log is read once
            except DeltaError:
                opened = None
            if opened is None:
                found[name, version] = f"{name}: version {version} is not in its log any more"
            elif lacks := _lacks(opened, sizes):
                found[name, version] = f"{name}: version {version} {lacks}"
    return found


def _lacks(opened: DeltaTable, sizes: Mapping[str, int]) -> str | None:
    files = pa.table(opened.get_add_actions(flatten=True)).select(["path", "size_bytes"]).to_pylist()
    gone = [file["path"] for file in files if _size(sizes, file["path"]) != file["size_bytes"]]
    return f"lacks {len(gone)} of its {len(files)} files, as {gone[0]}" if gone else None


def _size(sizes: Mapping[str, int], path: str) -> int | None:
    return sizes.get(path, sizes.get(unquote(path)))
