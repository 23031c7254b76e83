"""What stands behind a release, whoever made it: the audit that let it out, and what was taken in for it.

A release names versions of tables, not runs. One run may have done all of it, five may have done a layer each, and one
may have died after its audit. So everything is looked up by versions, and by what their commits say of themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from spark_app.contracts.table import QUARANTINE
from spark_app.lake import log, ops, releases
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release, candidate_id
from spark_app.runtime.reporting import Reporting, reporting_of

Rows = list[dict[str, Any]]
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
NO_LAYER = ("maintenance",)  # commands whose time is no release's


@dataclass(frozen=True)
class Behind:
    """`shown`: the release whose tables a release shows: itself, or the one that a rollback went back to.

    `before`: the release that readers had when `shown` was made; None where it was the first.
    """

    shown: Release
    before: Release | None


def look_behind(lake: Lake, release: Release) -> Behind:
    """What a release goes back to; a rollback of a rollback goes back to what was audited first."""
    known = releases.releases(lake)
    places = {one.release_id: place for place, one in enumerate(known)}
    shown = release
    while shown.of_release is not None and shown.of_release in places:
        shown = known[places[shown.of_release]]
    place = places.get(shown.release_id, 0)
    return Behind(shown, known[place - 1] if place else None)


def counted_in(lake: Lake, release: Release) -> Reporting:
    """The currency and the days that a release's figures are in."""
    facts = "gold.fact_orders"
    if facts not in release.tables:
        return reporting_of(None)
    return reporting_of(log.commit_at(lake.table(facts), release.tables[facts]).note.get(log.REPORTING))


def with_sources(lake: Lake, tables: Mapping[str, int]) -> dict[str, int]:
    """The gold versions and the silver versions they are made of."""
    versions = dict(tables)
    for gold, version in tables.items():
        for full, taken in log.commit_at(lake.table(gold), version).sources.items():
            if full.startswith("silver."):
                versions[full] = taken
    return versions


def audit_of(lake: Lake, found: Behind) -> Rows:
    """Rows of `ops.quality_results` of the newest audit of exactly these versions, its own among them."""
    sql = (
        "SELECT * FROM ops_rows WHERE candidate = ? AND checked_at = (SELECT max(checked_at) FROM ops_rows "
        "WHERE candidate = ? AND rule = 'audit')"
    )
    candidate = candidate_id(found.shown.tables)
    return ops.select(lake.table("ops.quality_results"), sql, (candidate, candidate))


def judged_for(lake: Lake, found: Behind) -> Rows:
    """Rows of `ops.quality_results` about the rows that silver took in since the release before.

    Of a run that died before its commit nothing counts: its days were judged again.
    """
    now = _silver(lake, found.shown.tables)
    before = _silver(lake, found.before.tables) if found.before else {}
    made = {
        (table, str(commit.note.get("run_id")))
        for table, version in now.items()
        for commit in log.commits_after(lake.table(table), before.get(table, -1))
        if commit.version <= version
    }
    rows = ops.select(lake.table("ops.quality_results"), "SELECT * FROM ops_rows WHERE candidate IS NULL")
    newest: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda one: one["checked_at"]):
        if (row["table_name"], row["run_id"]) in made:
            newest[row["table_name"], row["rule"], row["run_id"]] = row
    return list(newest.values())


def steps_of(lake: Lake, found: Behind) -> Rows:
    """Steps of the runs since the release before, up to the run that released: what its time went into."""
    runs = ops.select(
        lake.table("ops.runs"),
        "SELECT run_id FROM ops_rows WHERE (started_at > ? AND started_at <= ? AND NOT list_contains(?, command)) "
        "OR run_id = ?",
        (
            found.before.released_at if found.before else BEGINNING,
            found.shown.released_at,
            list(NO_LAYER),
            found.shown.run_id,
        ),
    )
    wanted = [row["run_id"] for row in runs]
    return ops.select(lake.table("ops.steps"), "SELECT * FROM ops_rows WHERE list_contains(?, run_id)", (wanted,))


def days_taken_in(lake: Lake, tables: Mapping[str, int]) -> dict[str, frozenset[date]]:
    """Entity → the days of whose drops these gold versions hold what they brought, if only that they were empty.

    What landed since, and what was withheld from a release of these, is not among them.
    """
    sql = "SELECT DISTINCT dataset, batch_date, bronze_version AS v FROM ops_rows WHERE bronze_version IS NOT NULL"
    drops = ops.select(lake.table("ops.ingested_files"), sql)
    found = {}
    for table, version in _silver(lake, tables).items():
        seen = log.commit_at(lake.table(table), version).sources
        days = {one["batch_date"] for one in drops if one["v"] <= seen.get(f"bronze.{one['dataset']}", -1)}
        found[table.removeprefix("silver.")] = frozenset(days)
    return found


def bronze_taken_in(lake: Lake, tables: Mapping[str, int]) -> dict[str, int]:
    """Table of bronze → the version that every entity made of it has taken in, in these gold versions."""
    found: dict[str, int] = {}
    for table, version in _silver(lake, tables).items():
        for bronze, taken in log.commit_at(lake.table(table), version).sources.items():
            found[bronze] = min(taken, found.get(bronze, taken))
    return found


def bronze_released(lake: Lake) -> dict[str, int]:
    """The same of the newest release; empty where there is none."""
    released = releases.latest(lake)
    return bronze_taken_in(lake, released.tables) if released else {}


def _silver(lake: Lake, tables: Mapping[str, int]) -> dict[str, int]:
    """The entities; gold also takes in the quarantine, whose commits speak of no drops."""
    found = with_sources(lake, tables).items()
    return {name: v for name, v in found if name.startswith("silver.") and name != QUARANTINE}
