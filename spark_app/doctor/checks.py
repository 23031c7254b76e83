"""What `lakehouse doctor` looks at."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spark_app.contracts.mapping import Source
from spark_app.contracts.views import load_views
from spark_app.doctor.warehouse import warehouse_line
from spark_app.gold.fit import check_salt, check_types
from spark_app.lake import releases
from spark_app.lake.landing import list_days
from spark_app.lake.lease import PROBE
from spark_app.lake.readable import find_unreadable_releases
from spark_app.lake.s3 import describe_access
from spark_app.lake.slots import NoConditionalPuts, find_put_problem
from spark_app.quality import expressions
from spark_app.runs.context import Context
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import LakeError, LakehouseError
from spark_app.runtime.jars import cached_jars, delta_coordinates
from spark_app.runtime.java import find_java
from spark_app.runtime.record import RunRecord
from spark_app.warehouse.base import Warehouse


@dataclass(frozen=True)
class Check:
    """One part of the set-up: whether it is good, what was found, and what to do otherwise."""

    what: str
    good: bool
    found: str
    hint: str | None = None


def check_setup(environment: str, home: str | None, source: str | None) -> list[Check]:
    """Every part of the set-up, each with what was found; later ones are left out where an earlier one is missing."""
    found = [Check("python", sys.version_info >= (3, 11), sys.version.split()[0])]
    found.append(_tried("java", lambda: "{0.version} at {0.home} ({0.origin})".format(find_java())))
    found.append(_tried("delta's jars", _jars))
    opened: list[Context] = []

    def settings() -> str:
        opened.append(open_context(RunRequest(environment, home=home, source=source), RunRecord("doctor")))
        context = opened[0]
        return f"environment {environment}, source {context.source.source}, {len(context.contracts)} contracts"

    found.append(_tried("settings, contracts, source", settings))
    if opened:
        if _expressions_in(opened[0].source):
            found.append(_tried("expressions", lambda: _expressions(opened[0])))
        found += _alert_checks(opened[0])
        found.append(_tried("e-mail hashes", lambda: _salt(opened[0])))
        places = _places(opened[0])
        found += places
        if all(one.good for one in places):
            found.append(_tried("gold's columns", lambda: _types(opened[0])))
    return found


def _alert_checks(context: Context) -> list[Check]:
    """Whether the variables are set whose URLs people are told by; nothing where nobody is."""
    settings = context.settings
    variables = [route.url_from for route in settings.alerts]
    variables += [settings.heartbeat_url_from] if settings.heartbeat_url_from else []
    unset = [name for name in variables if not os.environ.get(name)]
    if unset:
        what = f"{', '.join(f'${name}' for name in unset)} not set: nobody is told there"
        return [Check("alerts", False, what, "set it to the URL, then: lakehouse alerts test")]
    return [Check("alerts", True, f"{', '.join(f'${name}' for name in variables)} set")] if variables else []


def _salt(context: Context) -> str:
    check_salt(context, rehash=False)
    return context.salt.origin


def _types(context: Context) -> str:
    check_types(context)
    return "of the types that contracts say"


def _places(context: Context) -> list[Check]:
    settings = context.settings
    if not settings.on_s3:
        return _landing_and_lake(context)
    s3 = _tried("s3", lambda: describe_access(settings.s3))
    # Without access all the rest would say the same.
    return [s3, _tried("one writer", lambda: _one_writer(context)), *_landing_and_lake(context)] if s3.good else [s3]


def _one_writer(context: Context) -> str:
    """Whether the store lets one run at a time write the lake, found out by trying."""
    lake, table = context.lake, context.settings.s3.log_table
    shared = f"; Delta's log is shared by DynamoDB table {table}" if table else ""
    problem = find_put_problem(lake, PROBE)
    if problem is None:
        return f"a run holds the lake by conditional puts{shared}"
    if not lake.s3.only_writer:
        raise NoConditionalPuts(lake.root, problem)
    return (
        f"the store has no conditional puts ({problem}); s3.only_writer says that nothing else writes the lake{shared}"
    )


def _landing_and_lake(context: Context) -> list[Check]:
    try:
        return _found_there(context)
    except LakeError as error:
        return [Check("landing and lake", False, error.message, error.hint)]


def _found_there(context: Context) -> list[Check]:
    names = list(context.datasets)
    there = list_days(context.landing, names)
    found = [Check("landing", False, problem) for problem in there.strays]
    if not there.strays:
        days = there.all_days
        span = f"{len(days)} days, {days[0]} to {days[-1]}" if days else "no day yet"
        found.append(Check("landing", True, f"{context.landing}: {span}"))
    latest = releases.latest(context.lake)
    shown = f"release {latest.release_id}" if latest else "no release yet"
    found.append(Check("lake", True, f"{context.lake.root}: {shown}"))
    if latest:
        found.append(_released(context))
    house = context.warehouse()
    if house is not None:
        found.append(_tried("warehouse", lambda: _warehouse(context, house)))
    return found


def _warehouse(context: Context, house: Warehouse) -> str:
    return warehouse_line(context.settings, house, load_views(context.contracts))


def _released(context: Context) -> Check:
    """Whether the release that readers see can be read, and how many of those before it can."""
    known = releases.releases(context.lake)
    newest, lacks = known[-1].release_id, find_unreadable_releases(context.lake, known)
    can = f"{len(known) - len(lacks)} of {len(known)} releases can be shown"
    if newest not in lacks:
        return Check("releases", True, f"release {newest} has all its files; {can}")
    good = [release.release_id for release in known if release.release_id not in lacks]
    back = f"lakehouse releases rollback {good[-1]}" if good else "lakehouse rebuild"
    return Check("releases", False, f"release {newest} cannot be read: {lacks[newest]}; {can}", back)


def _tried(what: str, look: Callable[[], str]) -> Check:
    try:
        return Check(what, True, look())
    except LakehouseError as error:
        return Check(what, False, error.message, error.hint)


def _expressions(context: Context) -> str:
    """Spark's own word on them: it is asked when its session starts."""
    _ = context.spark
    return f"{_expressions_in(context.source)}, understood by Spark"


def _expressions_in(source: Source) -> int:
    return sum(len(expressions.asked(part)) for parts in source.entities.values() for part in parts)


def _jars() -> str:
    import pyspark
    from pyspark import __version__

    own = sorted((Path(pyspark.__file__).parent / "jars").glob("delta-s*.jar"))
    jars = own or cached_jars(delta_coordinates(__version__))
    return ", ".join(jar.name for jar in jars) if jars else "not fetched yet; the first run gets them"
