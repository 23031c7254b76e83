"""What a run says of the days of landing: gaps, days taken in late, and days that are left in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta

from spark_app.contracts.sources import daily_datasets
from spark_app.lake import catch_up
from spark_app.lake.landing import Folders, days_between
from spark_app.lake.log import version_of
from spark_app.report.waiting import in_words, sentences_on_waiting
from spark_app.runs.context import Context
from spark_app.runs.window import Drop, Window
from spark_app.runtime.days import day_ranges
from spark_app.runtime.errors import LandingIncomplete
from spark_app.runtime.messages import some


def tell_gaps(context: Context, window: Window, landed: Mapping[str, Drop], allow_missing: bool) -> None:
    """A single date must be complete; of a range the days without a drop are reported; a running day has time."""
    if window.running:
        return
    daily = _daily(context)
    if window.single:
        lacking = [name for name in context.datasets if name in daily and not landed[name].get(window.last)]
        if lacking and not allow_missing:
            raise LandingIncomplete(
                f"{window.last}: no drop of {', '.join(lacking)}; expected files in "
                + ", ".join(f"{context.landing}/{name}/dt={window.last}/" for name in lacking),
                hint="run again once they have landed, or go on without them: --allow-missing. Nothing was released.",
            )
        for name in lacking:
            context.record.warn(f"{window.last}: no drop of {name}; going on without it")
        return
    wanted = days_between(window.first, window.last)
    found = sorted({day for drop in landed.values() for day in drop if day >= window.first})
    if not found and all(version_of(context.table(f"bronze.{name}")) is None for name in context.datasets):
        raise LandingIncomplete(
            f"no drop from {window.first} to {window.last} in {context.landing}; expected "
            f"{', '.join(context.datasets)} with folders dt=YYYY-MM-DD",
            hint="lakehouse demo makes a shop; lakehouse doctor says what is there",
        )
    if not found:
        context.record.warn(f"landing holds no day from {window.first} to {window.last} in {context.landing}")
        return
    for name in sorted(daily):
        gaps = [day for day in wanted if found[0] <= day <= found[-1] and day not in landed[name]]
        if gaps:
            shown = some(day_ranges(gaps), 20)
            context.record.warn(f"{name}: {len(gaps)} days without a drop between {found[0]} and {found[-1]}: {shown}")


def _daily(context: Context) -> set[str]:
    return {name for name, each in daily_datasets(context.source, context.contracts).items() if each}


def tell_gone(context: Context, window: Window, gone: Mapping[str, Collection[date]]) -> None:
    """Days whose files somebody took away; of older ones than late files are looked for it is no news."""
    for dataset, days in gone.items():
        for day in sorted(day for day in days if day >= window.first - timedelta(days=window.lookback_days)):
            context.record.warn(f"landing/{dataset}/dt={day}: its files are gone; bronze keeps what they held")


def tell_caught_up(
    context: Context, window: Window, landed: Mapping[str, Drop], taken: Mapping[str, Mapping[date, str]]
) -> None:
    """Days before those asked for that are taken in for the first time, and what they lack.

    Of a lake that begins only those older than late files are looked for.
    """
    edge = window.first - timedelta(days=0 if any(taken.values()) else window.lookback_days)
    new: dict[str, list[date]] = {}
    for name, drop in landed.items():
        if days := [day for day in sorted(drop) if day < edge and day not in taken.get(name, ())]:
            new[name] = days
    if not new:
        return
    daily, days = _daily(context), sorted({day for listed in new.values() for day in listed})
    lacking = {
        name: gaps
        for name in sorted(daily)
        if (gaps := [day for day in days if day not in landed[name] and day not in taken.get(name, ())])
    }
    context.record.caught_up = frozenset(days) - {day for gaps in lacking.values() for day in gaps}
    context.record.notice("days taken in late", [f"taken in too, as it was not before: {in_words(new, daily)}"])
    for name, gaps in lacking.items():
        context.record.warn(f"{name}: {len(gaps)} of these days without a drop: {some(day_ranges(gaps), 20)}")


def tell_days_begun(context: Context, rest: Mapping[str, Drop]) -> None:
    """Days that another run took in in part, and what this one takes in of them."""
    for day in sorted({day for drop in rest.values() for day in drop}):
        names = ", ".join(sorted(name for name, drop in rest.items() if day in drop))
        context.record.warn(f"{day} was taken in in part by a run that did not end; taken in too: {names}")


def tell_waiting(context: Context, there: Folders, taken: Mapping[str, Collection[date]]) -> None:
    """What landing holds and the lake has not taken in, at any age, with the command that fetches it."""
    daily = daily_datasets(context.source, context.contracts)
    today, lookback = datetime.now(UTC).date(), context.settings.lookback_days
    found = catch_up.find_waiting_days(context.landing, context.lake, daily, lookback, today, there, taken)
    for one in sentences_on_waiting(found, daily, context.settings):
        context.record.notice(one.kind, [one.text])
