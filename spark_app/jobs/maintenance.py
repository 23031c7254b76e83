"""Maintenance: small files are packed, and files of versions that nobody can ask for any more are removed.

    spark-submit spark_app/jobs/maintenance.py --env local --keep-releases 30

Every version that a kept release names stays readable, and what gold has not taken in of silver yet stays there. Of a
running day a release a minute is made; of those fewer are kept (settings: watch.keep_releases), and what only the
others need goes, although releases before them stay.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from spark_app.lake import delta, log, quarantine, releases
from spark_app.lake.behind import with_sources
from spark_app.lake.between import remove_between
from spark_app.lake.objects import Entry, remove_file, sizes_below
from spark_app.lake.releases import Release
from spark_app.lake.s3 import abort_uploads, s3_errors_named
from spark_app.runs import lifecycle
from spark_app.runs.context import Context, thread_session
from spark_app.runs.entry import Parser, launch
from spark_app.runs.request import Outcome, RunRequest
from spark_app.runtime import glue
from spark_app.runtime.apart import LAKE_FOLDERS
from spark_app.runtime.days import parse_wait

# Files of versions newer than this stay whatever the releases say: jobs that run now may read them.
KEEP_DAYS = 7


def run(context: Context, keep_releases: int) -> None:
    """Pack silver's and gold's files, then remove files that none of the releases that are kept needs."""
    known = releases.releases(context.lake)
    kept = kept_releases(known, keep_releases, context.settings.watch.keep_releases)
    named = _named(context, kept)
    needed = {name: min(versions) for name, versions in named.items()}
    between = len(kept) < sum(one.release_id >= kept[0].release_id for one in known) if kept else False
    now = {name: min(versions) for name, versions in _named(context, []).items()}
    spark = thread_session(context)
    for name in (*context.contracts, quarantine.TABLE):
        commit = log.last_commit(context.table(name))
        if commit is None:
            continue
        with context.record.step(*name.split(".")) as step:
            # Packing changes no row.
            delta.optimize(spark, context.table(name), log.unchanged_note(context.run_id, commit))
            delta.vacuum(spark, context.table(name), _hours_since(context, name, needed.get(name, commit.version)))
            if between:
                hours = _hours_since(context, name, now.get(name, commit.version))
                remove_between(context.table(name), named.get(name, set()), hours)
            step.action, step.version = "packed", log.version_of(context.table(name))
    _clear_scratch(context)
    before = datetime.now(UTC) - timedelta(days=KEEP_DAYS)
    with s3_errors_named(context.lake.root):
        folders = [f"{context.lake.root.rstrip('/')}/{folder}/" for folder in LAKE_FOLDERS]
        given_up = sum(abort_uploads(folder, context.settings.s3, before) for folder in folders)
    if given_up:
        context.record.warn(f"{context.lake.root}: {given_up} unfinished uploads of killed runs were given up")


def _clear_scratch(context: Context) -> None:
    """Of killed runs; of the others nothing is left, and none runs now."""
    place, s3 = context.lake.scratch(), context.settings.s3
    for name in sizes_below(place, s3):
        remove_file(Entry(name, f"{place}{name}", False, 0, None), s3)


def kept_releases(known: Sequence[Release], most: int, most_intraday: int) -> list[Release]:
    """The newest `most` releases, and the newest `most_intraday` of a running day, oldest first."""
    others = [one for one in known if one.kind != "intraday"][-most:]
    intraday = [one for one in known if one.kind == "intraday"][-most_intraday:]
    return sorted([*others, *intraday], key=lambda one: one.release_id)


def _named(context: Context, kept: Sequence[Release]) -> dict[str, set[int]]:
    """Table -> the versions that these releases, or gold's own progress, still speak of."""
    found: dict[str, set[int]] = {}
    gold = {name: log.version_of(context.table(name)) for name in context.contracts if name.startswith("gold.")}
    now = {name: version for name, version in gold.items() if version is not None}
    for tables in [*(dict(one.tables) for one in kept), now]:
        for name, version in with_sources(context.lake, tables).items():
            found.setdefault(name, set()).add(version)
    return found


def _hours_since(context: Context, table: str, version: int) -> int:
    """Hours back to the commit of `version`: files it needs were removed after that, if at all."""
    written = log.written_at(context.table(table), version)
    back = max(datetime.now(UTC) - written, timedelta(days=KEEP_DAYS))
    return int(back.total_seconds() // 3600) + 1


def main(argv: Sequence[str] | None = None) -> None:
    """The command line; exit codes and messages as every job's."""
    launch(argv, glue.Options(("env", "home", "keep-releases", "wait")), _maintain)


def _maintain(argv: Sequence[str]) -> Outcome:
    parser = Parser(prog="maintenance.py", allow_abbrev=False)
    parser.add_argument("--env", default="local")
    parser.add_argument("--home")
    parser.add_argument("--keep-releases", type=_at_least_one, default=30)
    parser.add_argument("--wait", type=parse_wait, default=0.0)
    found = parser.parse_args(list(argv))

    def work(context: Context, _: RunRequest) -> None:
        run(context, found.keep_releases)

    request = RunRequest(found.env, "maintenance", found.home, layers=(), wait_seconds=found.wait)
    return lifecycle.run(request, work)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"found {number}, expected 1 or more: what readers see now must stay")
    return number


if __name__ == "__main__":
    main()
