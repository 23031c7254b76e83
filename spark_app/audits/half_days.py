"""Days that a release would be the first to show, and of which the lake has taken in but a part.

A run that takes in bronze sees to such days itself (runs.look). What begins at a later layer does not look at landing:
silver or gold alone, a rebuild from them, quarantined rows judged again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from spark_app.lake import ledger
from spark_app.lake.behind import bronze_taken_in, with_sources
from spark_app.lake.completed import Completed
from spark_app.lake.landing import list_days, list_files
from spark_app.lake.log import commit_at
from spark_app.lake.releases import Release
from spark_app.runs.context import Context
from spark_app.runtime.errors import LakeError
from spark_app.runtime.messages import some


@dataclass(frozen=True)
class Taken:
    """Days of a dataset that no release shows yet, each with when bronze took it in.

    `begun`: those that some entity made of it has taken in; `whole`: those that all have; `left`: those that none has.
    """

    begun: Mapping[date, datetime]
    whole: Collection[date]
    left: Collection[date]


def refuse_half_days(
    context: Context, tables: Mapping[str, int], released: Release | None, completed: Completed
) -> None:
    """Before an audit: raises LakeError where a day is in some of the tables, and what belongs to it is not.

    That is what bronze has taken in and an entity has not, and what lay in landing when bronze took the day in. A day
    that readers were shown as over is not asked about: what comes to it later comes file by file.
    """
    taken = _taken_in(context, tables, released)
    begun: dict[date, datetime] = {}
    for one in taken.values():
        for day, at in one.begun.items():
            if day > completed.before:
                begun[day] = max(at, begun.get(day, at))
    lacking: dict[date, list[str]] = {}
    for name, one in taken.items():
        missing = begun.keys() - one.whole
        half = missing & ({*one.begun} | {*one.left})
        for day in sorted(half | _in_landing(context, name, {day: begun[day] for day in missing - half})):
            lacking.setdefault(day, []).append(name)
    if lacking:
        days = sorted(lacking)
        named = [f"{day}: {', '.join(sorted(lacking[day]))}" for day in days]
        raise LakeError(
            f"of days that a run has begun and not ended, what landed is not all taken in ({some(named, 3)}); nothing "
            f"was audited, {f'readers keep release {released.release_id}' if released else 'nothing is released yet'}",
            hint=f"take in the rest and release it: lakehouse run --from {days[0]} --to {days[-1]}",
        )


def _taken_in(context: Context, tables: Mapping[str, int], released: Release | None) -> dict[str, Taken]:
    silver = with_sources(context.lake, tables)
    shown = bronze_taken_in(context.lake, released.tables) if released else {}
    found = {}
    for dataset in context.datasets.values():
        bronze = f"bronze.{dataset.name}"
        seen = [
            commit_at(context.table(f"silver.{entity}"), silver[f"silver.{entity}"]).sources.get(bronze, -1)
            for entity in dataset.entities
            if f"silver.{entity}" in silver
        ]
        if seen:
            days = ledger.taken_after(context.lake, dataset.name, shown.get(bronze, -1))
            found[dataset.name] = Taken(
                {one.day: one.at for one in days if one.version <= max(seen)},
                {one.day for one in days if one.version <= min(seen)},
                {one.day for one in days if one.version > max(seen)},
            )
    return found


def _in_landing(context: Context, dataset: str, begun: Mapping[date, datetime]) -> set[date]:
    """Those of the days whose files lay there before bronze took the day's others in.

    A run that began with bronze has looked already, and taken them in.
    """
    if not begun or any(step.layer == "bronze" for step in context.record.steps):
        return set()
    known = ledger.fingerprints(context.lake).get(dataset, {})
    wanted = [day for day in list_days(context.landing, [dataset]).days[dataset] if day in begun and day not in known]
    found = list_files(context.landing, dataset, wanted).files
    return {day for day, files in found.items() if any(file.modified and file.modified < begun[day] for file in files)}
