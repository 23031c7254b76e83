"""`lakehouse releases`: what was published when, what it changed, and going back."""

from __future__ import annotations

import click

from spark_app.cli import options, screen
from spark_app.cli.where import lake_of

DAYS_SHOWN = 60


@click.group()
def releases() -> None:
    """Releases: list them, see what one changed, go back to an earlier one."""


@releases.command("list")
@options.where
@options.as_json
def list_(environment: str, home: str | None, source: str | None, json_: bool) -> None:
    """Every release, newest first, and whether it can still be shown: maintenance removes files of old ones."""
    from spark_app.lake import readable
    from spark_app.lake import releases as known

    lake = lake_of(environment, home, source)
    found = list(reversed(known.releases(lake)))
    lacks = readable.find_unreadable_releases(lake, found)
    if json_:
        screen.print_json([{**release.__dict__, "lacks": lacks.get(release.release_id)} for release in found])
        return
    columns = ("release", "kind", "of", "released at", "from", "to", "run", "can be shown")
    rows = [
        (
            r.release_id,
            r.kind,
            r.of_release,
            r.released_at,
            r.first_day,
            r.last_day,
            r.run_id,
            "no" if r.release_id in lacks else "yes",
        )
        for r in found
    ]
    screen.table("Releases", columns, rows)
    if found and lacks:
        newest = max(lacks)
        screen.warn(f"release {newest} and all marked no cannot be shown any more: {lacks[newest]}")


@releases.command()
@options.where
@click.argument("old", type=int, required=False)
@click.argument("new", type=int, required=False)
@options.most("--limit", DAYS_SHOWN, "days, the newest")
@options.as_json
def diff(
    environment: str,
    home: str | None,
    source: str | None,
    old: int | None,
    new: int | None,
    most: int | None,
    json_: bool,
) -> None:
    """What release NEW (the latest) changed against OLD (the one before it): rows of tables, figures of days."""
    from spark_app.lake import releases as known
    from spark_app.runtime.errors import UsageError

    lake = lake_of(environment, home, source)
    latest = known.latest(lake)
    if latest is None:
        raise UsageError("there is no release yet", hint="lakehouse run, or lakehouse demo")
    after = latest if new is None else known.find(lake, new)
    first = old is None and after.release_id == 1
    before = None if first else known.find(lake, after.release_id - 1 if old is None else old)
    from spark_app.cli.queries import release_difference

    found = release_difference(lake, before, after)
    shown = options.bound(most, DAYS_SHOWN, json_)
    days = found["days"] if shown is None else found["days"][-shown:]
    if json_:
        found["days"] = days
        screen.print_json(found)
        return
    title = f"Release {after.release_id} against {before.release_id if before else 'nothing'}"
    changed = [(t["table"], t["rows_before"], t["rows"]) for t in found["tables"]]
    screen.table(title, ("table", "rows before", "rows"), changed, numbers=("rows before", "rows"))
    columns = ("order_date", "orders_before", "orders", "revenue_before", "revenue")
    if days:
        rows = [[day[name] for name in columns] for day in days]
        screen.table(f"{len(found['days'])} days differ", columns, rows, numbers=columns[1:])
        screen.more(len(found["days"]) - len(days), "earlier days; --limit 0 shows all")


@releases.command()
@options.where
@click.argument("release_id", type=int)
@options.wait
@options.as_json
def rollback(environment: str, home: str | None, source: str | None, release_id: int, wait: float, json_: bool) -> None:
    """Show readers the tables of an earlier release again, as a new release; the lake keeps everything.

    Until something changes in gold, nothing newer is released.
    """
    from spark_app.lake import releases as known

    known.find(lake_of(environment, home, source), release_id)
    from spark_app.jobs import publish
    from spark_app.runs.opening import hold_lake, open_context
    from spark_app.runs.request import RunRequest
    from spark_app.runtime.record import RunRecord

    context = open_context(RunRequest(environment, home=home, source=source), RunRecord("releases"))
    with hold_lake(context, wait) as holding:
        made = publish.rollback(holding, release_id)
    if json_:
        screen.print_json(made.__dict__)
    else:
        screen.console.print(f"release {made.release_id} shows the tables of release {release_id}; readers see it now")
