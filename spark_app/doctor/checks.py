"""What `lakehouse doctor` looks at."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pyspark.sql import functions as F

from spark_app.contracts.mapping import ColumnMap, EntityMap, Source
from spark_app.contracts.sources import Dataset
from spark_app.contracts.sql import speaks_of
from spark_app.doctor.warehouse import warehouse_line
from spark_app.jobs.bronze import with_meta
from spark_app.jobs.gold import check_salt
from spark_app.lake import releases
from spark_app.lake.csv_files import number_rows, read_csv
from spark_app.lake.headers import inspect, matched
from spark_app.lake.landing import LandedFile, list_days
from spark_app.lake.lease import PROBE
from spark_app.lake.readable import find_unreadable_releases
from spark_app.lake.s3 import describe_access
from spark_app.lake.slots import NoConditionalPuts, find_put_problem
from spark_app.lake.withdrawn import DELETED
from spark_app.quality import expressions
from spark_app.quality.counts import can_be_used
from spark_app.quality.neighbours import filled
from spark_app.quality.reasons import LEFT_OUT, PASSED_OVER, REASONS
from spark_app.quality.rows import judge
from spark_app.runs.context import Context
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import LakeError, LakehouseError, UsageError
from spark_app.runtime.jars import cached_jars, delta_coordinates
from spark_app.runtime.java import find_java
from spark_app.runtime.record import RunRecord
from spark_app.runtime.yaml_lines import nearest


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
        found += _places(opened[0])
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
        found.append(_tried("warehouse", lambda: warehouse_line(context.settings, house)))
    return found


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


def sample_file(
    environment: str, home: str | None, source: str | None, path: Path, dataset: str | None, most: int | None
) -> dict[str, Any]:
    """How a file of the source would be read: which columns map, which do not, and the first rows that come out.

    `most`: so many rows, None for all.
    """
    context = open_context(RunRequest(environment, home=home, source=source), RunRecord("doctor"))
    if not path.is_file():
        raise UsageError(f"{path}: no such file")
    meant = _dataset(context, dataset)
    # The file may lie anywhere: for its batch date it is taken to be of today.
    file = LandedFile(meant.name, date.today(), path.name, str(path.absolute()), path.stat().st_size, "")
    seen = inspect(file, meant, context.settings.s3)
    known = matched(seen.header, meant)
    found: dict[str, Any] = {
        "file": str(path),
        "dataset": meant.name,
        "problem": seen.problem,
        "columns": [
            {"header": header, "column": column, "feeds": _feeds(context.source, meant, column)}
            for header, column in zip(seen.header, known, strict=True)
        ],
        "missing": [
            header for header, column in meant.columns.items() if column not in known and header not in meant.optional
        ],
        "rows": seen.rows,
        "read": {"kind": seen.kind, **meant.read.model_dump(exclude_defaults=True)} if seen.own else {},
        "carried": {},
        "entities": {},
    }
    if not seen.problem:
        rows = with_meta(read_csv(context.spark, meant, [seen], context.settings.s3), context).withColumn(
            "_batch_date", F.lit(file.day)
        )
        bronze = number_rows(rows.coalesce(1), [seen]).persist()
        found["carried"] = filled(bronze, context.source.datasets[meant.name])
        for entity, at, part in _parts_of(context.source, meant):
            several = sum(one.dataset == meant.name for one in context.source.entities[entity]) > 1
            judged = judge(bronze, context.contracts[f"silver.{entity}"], context.source, part)
            try:
                # Of several parts made of the same file each is shown, by its place in the list.
                found["entities"][f"{entity} {at + 1}" if several else entity] = _outcome(
                    context, entity, part, judged, most
                )
            except Exception:
                wrong = expressions.explained(context.source, entity, at, bronze)
                if wrong is None:
                    raise
                raise wrong from None
        bronze.unpersist()
    return found


def _parts_of(source: Source, dataset: Dataset) -> list[tuple[str, int, EntityMap]]:
    """The parts made of a dataset's files: entity, place among the entity's parts, part."""
    return [
        (entity, at, part)
        for entity in dataset.entities
        for at, part in enumerate(source.entities[entity])
        if part.dataset == dataset.name
    ]


def _outcome(context: Context, entity: str, part: EntityMap, judged: Any, most: int | None) -> dict[str, Any]:
    names = context.contracts[f"silver.{entity}"].column_names
    good, bad = judged.where(can_be_used()), judged.where(F.size(REASONS) > 0)
    usable, unusable = (rows.orderBy("_row_number") for rows in (good.select("_row_number", *names), bad))
    if most is not None:
        usable, unusable = usable.limit(most), unusable.limit(most)
    reasons = [
        {"row_number": row["_row_number"], "text": _sentence(reason)}
        for row in unusable.select("_row_number", REASONS).collect()
        for reason in row[REASONS]
    ]
    return {
        "usable": good.count(),
        "quarantined": bad.count(),
        "passed_over": judged.where(PASSED_OVER).count(),
        "where": part.where,
        "left_out": _row_numbers(judged.where(LEFT_OUT)),
        "deleted": _row_numbers(good.where(DELETED)) if part.deleted_when is not None else [],
        "looked_up": {name: one.lookup.dataset for name, one in part.columns.items() if one.lookup is not None},
        "rows": [row.asDict() for row in usable.select(*names).collect()],
        "reasons": reasons,
    }


def _row_numbers(rows: Any) -> list[int]:
    return sorted(row["_row_number"] for row in rows.select("_row_number").collect())


def _sentence(reason: Any) -> str:
    column = f"{reason['column']}: " if reason["column"] else ""
    found = "nothing" if reason["found"] is None else repr(reason["found"])
    return f"{column}{reason['rule']}: found {found}, expected {reason['expected']}"


def _headers_of(mapped: ColumnMap) -> tuple[str, ...]:
    by = mapped.number_by
    return ((mapped.column or ""), *((*by.within, *by.order_by) if by is not None else ()))


def _feeds(source: Source, dataset: Dataset, column: str | None) -> list[str]:
    """`orders.order_id`, … for a bronze column; expressions that name it count."""
    if column is None:
        return []
    fed = [
        f"{entity}.{name}"
        for entity, _, part in _parts_of(source, dataset)
        for name, mapped in part.columns.items()
        if column in (dataset.columns.get(header) for header in _headers_of(mapped))
        or (mapped.expression is not None and speaks_of(mapped.expression, column))
    ]
    return list(dict.fromkeys(fed))


def _dataset(context: Context, name: str | None) -> Dataset:
    known = context.datasets
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name is None:
        raise UsageError(f"the source has several datasets; say which: --dataset {' | '.join(known)}")
    if name not in known:
        raise UsageError(f"--dataset: unknown dataset '{name}'{nearest(name, known)}")
    return known[name]
