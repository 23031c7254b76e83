"""Releases: sets of gold table versions published together, each one row of `ops.releases`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from deltalake import DeltaTable

from spark_app.lake import log, ops, writes
from spark_app.lake.fence import check
from spark_app.lake.paths import Lake
from spark_app.runtime.errors import UsageError
from spark_app.runtime.failpoints import commit_point, stop_if

_NAME = "ops.releases"
# Epochs never fall from release to release, and of two with one number the greater epoch had the right to it.
# Programs of ours from before there were epochs gave none.
_COUNTS = (
    "QUALIFY epoch IS NULL "
    "OR epoch = max(epoch) OVER (ORDER BY release_id RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
)


@dataclass(frozen=True)
class Release:
    """`tables`: gold table -> Delta version. `kind`: run, rebuild, intraday (a day was running), or rollback
    (`of_release` is then restored)."""

    release_id: int
    run_id: str
    kind: str
    tables: Mapping[str, int]
    first_day: date | None
    last_day: date | None
    released_at: datetime
    of_release: int | None = None
    epoch: int | None = None


def releases(lake: Lake) -> list[Release]:
    """Every release, oldest first. One that a writer recorded whose right another had by then is none."""
    rows = ops.select(lake.table(_NAME), f"SELECT * FROM ops_rows {_COUNTS} ORDER BY release_id")
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
            row["epoch"],
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
    """The one commit that makes a release one: the next version of `ops.releases`, or none.

    The right to write is asked for after the table was looked at. Whoever takes it over commits there first
    (`shut_out_others`), so that a writer that was stopped right here cannot record its release any more.
    """
    rows = ops.as_table(_NAME, [{**release.__dict__, "tables": list(release.tables.items())}])
    with commit_point(_NAME):
        opened = _opened(lake)
        check(lake.fence, ask=True)
        stop_if(_NAME)
        writes.append_next(opened, lake.table(_NAME), rows)


def shut_out_others(lake: Lake) -> None:
    """An empty commit: what another was about to record after the version before it, it cannot record any more."""
    writes.append_next(_opened(lake), lake.table(_NAME), ops.as_table(_NAME, []))


def _opened(lake: Lake) -> DeltaTable:
    table = lake.table(_NAME)
    writes.create_empty(table, ops.SCHEMAS[_NAME])
    opened = log.open_anew(table)
    assert opened is not None  # it was made above, if need be
    return opened


def candidate_id(tables: Mapping[str, int]) -> str:
    """One word for a set of versions: what was audited is what may be released."""
    return hashlib.sha256(json.dumps(dict(tables), sort_keys=True).encode()).hexdigest()[:12]
