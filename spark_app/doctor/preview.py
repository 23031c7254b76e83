"""What would become of a sample file: which columns map, and the rows that come out, by the layers' own functions."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pyspark.sql import functions as F

from spark_app.contracts.mapping import ColumnMap, EntityMap, Source
from spark_app.contracts.sources import Dataset
from spark_app.contracts.sql import speaks_of
from spark_app.jobs.bronze import with_meta
from spark_app.lake.csv_files import number_rows, read_csv
from spark_app.lake.headers import inspect, matched
from spark_app.lake.landing import LandedFile
from spark_app.lake.withdrawn import DELETED
from spark_app.quality import expressions
from spark_app.quality.counts import can_be_used
from spark_app.quality.neighbours import filled
from spark_app.quality.reasons import LEFT_OUT, PASSED_OVER, REASONS
from spark_app.quality.rows import judge
from spark_app.runs.context import Context
from spark_app.runs.opening import open_context
from spark_app.runs.request import RunRequest
from spark_app.runtime.errors import UsageError
from spark_app.runtime.record import RunRecord
from spark_app.runtime.yaml_lines import nearest


def preview_file(
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
