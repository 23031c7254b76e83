"""Releases: sets of gold table versions published together, each one row of `ops.releases`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from spark_app.lake import ops
from spark_app.lake.paths import Lake
from spark_app.runtime.errors import UsageError


@dataclass(frozen=True)
class Release:
    """`tables`: gold table -> Delta version. `kind`: run, rebuild or rollback (`of_release` is then restored)."""

    release_id: int
    run_id: str
    kind: str
    tables: Mapping[str, int]
    first_day: date | None
    last_day: date | None
    released_at: datetime
    of_release: int | None = None


def releases(lake: Lake) -> list[Release]:
    """Every release, oldest first."""
    rows = ops.select(lake, "releases", "SELECT * FROM ops_rows ORDER BY release_id")
    return [
        Release(
            row["release_id"],
            row["run_id"],
            row["kind"],
            dict(row["tables"]),
            row["first_day"],
            row["last_day"],
            row["released_at"],
            row["of_release"],
        )
        for row in rows
    ]


def latest(lake: Lake) -> Release | None:
    """The release readers see, None before the first."""
    known = releases(lake)
    return known[-1] if known else None


def find(lake: Lake, release_id: int) -> Release:
    """The release of this number; UsageError names those there are."""
    known = releases(lake)
    for release in known:
        if release.release_id == release_id:
            return release
    span = f"{known[0].release_id} to {known[-1].release_id}" if known else "none yet"
    raise UsageError(f"no release {release_id}; there are {span}", hint="see: lakehouse releases list")


def record(lake: Lake, release: Release) -> None:
    """The one commit that makes a release one."""
    row = {**release.__dict__, "tables": list(release.tables.items())}
    ops.add(lake, "releases", [row])


def candidate_id(tables: Mapping[str, int]) -> str:
    """One word for a set of versions: what was audited is what may be released."""
    return hashlib.sha256(json.dumps(dict(tables), sort_keys=True).encode()).hexdigest()[:12]
