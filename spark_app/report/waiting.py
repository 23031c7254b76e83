"""What landing holds and the lake has not taken in, in words, each with the very command that fetches it."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from spark_app.contracts.sources import daily_datasets, endings_of, load_source
from spark_app.contracts.table import Contract
from spark_app.lake import catch_up
from spark_app.lake.catch_up import Days, Waiting
from spark_app.lake.paths import Lake, Landing
from spark_app.runtime.days import day_ranges
from spark_app.runtime.errors import LakehouseError
from spark_app.runtime.messages import some
from spark_app.runtime.settings import Settings, load_settings

_SPANS = 5  # that a sentence names


@dataclass(frozen=True)
class WaitingSentence:
    """A sentence on days that wait, how much it says against the figures, and the command that fetches them.

    `kind` is the same as long as it is the same kind of days.
    """

    kind: str
    state: Literal["odd", "care"]
    text: str
    command: str | None
    days: Days


def look(settings: Settings, contracts: Mapping[str, Contract]) -> list[WaitingSentence]:
    """What waits now. That landing could not be looked at is said, too."""
    lake = Lake(settings.resolve(settings.lake), settings.s3)
    source = load_source(settings.source, contracts)
    place = Landing(settings.resolve(settings.landing), settings.s3, endings_of(source))
    daily = daily_datasets(source, contracts)
    try:
        found = catch_up.find_waiting_days(place, lake, daily, settings.lookback_days, datetime.now(UTC).date())
    except LakehouseError as error:
        text = f"Whether all that landed is taken in was not looked at: {error.message}."
        return [WaitingSentence("landing not looked at", "care", text, None, {})]
    return sentences_on_waiting(found, daily, settings)


def sentences_on_waiting(found: Waiting, daily: Mapping[str, bool], settings: Settings) -> list[WaitingSentence]:
    """A sentence for each kind of days that wait; none where nothing does."""
    said, needed = [], [name for name, each in daily.items() if each]
    if found.skipped:
        inside = any(found.begun and day >= found.begun for days in found.skipped.values() for day in days)
        what = f"Landed and never taken in: {in_words(found.skipped, needed)}. No run takes them in by itself"
        said.append(_one("days never taken in", "care" if inside else "odd", what, found.skipped, found, settings))
    if found.coming:
        what = (
            f"Landed and not taken in yet: {in_words(found.coming, needed)}. The next run of a later day takes them in"
        )
        said.append(_one("days not taken in yet", "odd", what, found.coming, found, settings))
    if found.future:
        days = in_words(found.future, needed)
        what = f"In folders of days still to come, and not taken in: {days}. If that is no mistake"
        said.append(_one("days still to come", "care", what, found.future, found, settings))
    return said


def _one(
    kind: str, state: Literal["odd", "care"], what: str, days: Days, found: Waiting, settings: Settings
) -> WaitingSentence:
    every = sorted({day for listed in days.values() for day in listed})
    command = _command(settings, every[0], every[-1], lacking=every[0] in found.lacking)
    return WaitingSentence(kind, state, f"{what}: {command}", command, days)


def in_words(days: Days, daily: Collection[str]) -> str:
    """`2024-03-01 to 2024-03-05 (orders, payments)`; without names where it is every dataset that comes daily."""
    by_days: dict[tuple[date, ...], list[str]] = {}
    for name, listed in days.items():
        by_days.setdefault(tuple(listed), []).append(name)
    parts = []
    for listed, names in by_days.items():
        which = "" if daily and set(daily) <= set(names) else f" ({', '.join(names)})"
        parts.append(f"{some(day_ranges(listed), _SPANS)}{which}")
    return "; ".join(parts)


def _command(settings: Settings, first: date, last: date, *, lacking: bool) -> str:
    """A range takes in what there is; a single day has to be whole, or be allowed not to be."""
    plain = load_settings(settings.environment)
    words = ["lakehouse", "run"]
    words += ["--env", settings.environment] if settings.environment != "local" else []
    words += ["--source", settings.source] if settings.source != plain.source else []
    words += ["--home", shlex.quote(settings.home)] if settings.home != plain.home else []
    if first < last:
        return " ".join([*words, f"--from {first} --to {last}"])
    return " ".join([*words, f"--date {first}", *(["--allow-missing"] if lacking else [])])
