"""`etl.releases`: which release the warehouse has. One transaction at a time enters one, by its lock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.warehouse.base import NotOurs, is_release_of_lake
from spark_app.warehouse.redshift_session import Session

LOCK = 'LOCK "etl"."releases"'


@dataclass(frozen=True)
class LoadedRelease:
    """The release the warehouse has: its number, the run that made it, and the tables' versions."""

    release_id: int
    run_id: str
    tables: Mapping[str, int]


def read_loaded_release(session: Session) -> LoadedRelease | None:
    """The newest row, None before the first."""
    rows = session.rows(
        'SELECT "release_id", "run_id", "tables" FROM "etl"."releases" ORDER BY "release_id" DESC LIMIT 1'
    )
    return LoadedRelease(int(rows[0][0]), str(rows[0][1]), json.loads(rows[0][2])) if rows else None


def needs_loading(session: Session, known: LoadedRelease | None, release: Release, lake: Lake) -> bool:
    """Whether the release is still to be loaded; not where it or a newer one of this lake is there.

    One that is there is loaded again where other tables are left out now than were then.

    Raises NotOurs where what is held is no release of this lake: its versions would mean other rows.
    """
    if known is None:
        return True
    if not is_release_of_lake(lake, release, known.release_id, known.run_id):
        raise NotOurs(
            f"warehouse {session.place}: found release {known.release_id} of run {known.run_id}, expected a release of "
            f"the lake {lake.root}, which has none such; nothing was loaded",
            hint="two lakes cannot share a warehouse. If the lake was made anew: DELETE FROM etl.releases; "
            "then lakehouse run --layers publish loads every table whole",
        )
    if known.release_id == release.release_id:
        return set(known.tables) != set(release.tables)
    return known.release_id < release.release_id


def greatest_epoch(session: Session) -> int | None:
    """The greatest epoch of a writer that has loaded."""
    found = session.rows('SELECT max("epoch") FROM "etl"."releases"')[0][0]
    return None if found is None else int(found)


def note_loaded(session: Session, release: Release, lake: Lake) -> None:
    """Note the release as loaded, in place of a row that it has; part of the load's transaction."""
    session.run('DELETE FROM "etl"."releases" WHERE "release_id" = CAST(%s AS BIGINT)', (str(release.release_id),))
    session.run(
        'INSERT INTO "etl"."releases" ("release_id", "run_id", "kind", "tables", "released_at", "loaded_at", '
        '"epoch") '
        "VALUES (CAST(%s AS BIGINT), %s, %s, %s, CAST(%s AS TIMESTAMP), CAST(%s AS TIMESTAMP), CAST(%s AS BIGINT))",
        (
            str(release.release_id),
            release.run_id,
            release.kind,
            json.dumps(dict(release.tables)),
            _utc(release.released_at),
            _utc(datetime.now(UTC)),
            str(lake.fence.epoch) if lake.fence else None,
        ),
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
