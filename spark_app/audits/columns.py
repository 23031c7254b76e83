"""Files of the days about to be released that lack a column an entity cannot do without."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from spark_app.audits.not_released import Days
from spark_app.contracts.feeds import required_columns_fed
from spark_app.contracts.sources import inputs_of
from spark_app.contracts.table import Threshold
from spark_app.lake import quarantine
from spark_app.lake.columns import FileHeader, named_files, quoted, read_headers
from spark_app.quality.profile import Finding
from spark_app.runs.context import Context
from spark_app.runtime.yaml_lines import nearest

RULE = "files have the columns required"


@dataclass(frozen=True)
class MissingColumn:
    """A column that a file's header lacks, the entity's required columns made of it, and the rows that miss them."""

    file: FileHeader
    header: str
    columns: tuple[str, ...]
    rows: int


def find_missing_columns(context: Context, days: Mapping[str, Days]) -> list[Finding]:
    """A finding an entity: rows in quarantine for want of a value whose column their file's header lacks.

    A header without rows lacks nothing that anybody misses, nor does a file whose values are made without the column.
    """
    with_rows = {
        entity: [day for day, landed in found.items() if landed.quarantined]
        for entity, found in days.items()
        if entity in context.source.entities
    }
    found = read_headers(context.lake) if any(with_rows.values()) else []
    lost = {entity: _lost(context, entity, found, some) for entity, some in with_rows.items()}
    causes = _causes(lost)
    return [
        Finding(
            f"silver.{entity}",
            RULE,
            "completeness",
            "error",
            sum(landed.held for landed in days[entity].values()),
            sum(one.rows for one in mine),
            float(sum(one.rows for one in mine)),
            Threshold(None, 0, "rows"),
            "every column in the header that a required value is made of",
            causes=tuple(dict.fromkeys(causes[_alike(one)] for one in mine)),
        )
        for entity, mine in lost.items()
    ]


def _lost(context: Context, entity: str, found: Sequence[FileHeader], days: Collection[date]) -> list[MissingColumn]:
    contract, datasets = context.contracts[f"silver.{entity}"], inputs_of(context.source, entity)
    lacking = [
        (one, header, needed)
        for one in found
        if one.dataset in datasets and one.day in days
        for header in one.missing
        if (needed := required_columns_fed(context.source, contract, one.dataset, header))
    ]
    absent = _absent(context, entity, days) if lacking else {}
    lost = []
    for one, header, needed in sorted(lacking, key=lambda each: each[0].file):
        rows = {column: absent.get((one.file, column), 0) for column in needed}
        if any(rows.values()):
            lost.append(
                MissingColumn(one, header, tuple(name for name, some in rows.items() if some), max(rows.values()))
            )
    return lost


def _absent(context: Context, entity: str, days: Collection[date]) -> dict[tuple[str, str], int]:
    """(file, column) -> rows in quarantine that have no value there."""
    sql = (
        "SELECT source_file, reason.column AS col, count(*) AS rows "
        "FROM (SELECT source_file, unnest(reasons) AS reason FROM quarantined "
        "WHERE entity = ? AND batch_date BETWEEN ? AND ?) "
        "WHERE reason.rule = reason.column || ' is present' GROUP BY ALL"
    )
    rows = quarantine.select(context.lake, sql, (entity, min(days), max(days)))
    return {(row["source_file"], row["col"]): int(row["rows"]) for row in rows}


def _alike(one: MissingColumn) -> tuple[str, str, tuple[str, ...]]:
    return one.file.dataset, one.header, one.file.unknown


def _causes(lost: Mapping[str, Sequence[MissingColumn]]) -> dict[tuple[str, str, tuple[str, ...]], str]:
    """One sentence for files of a dataset that lack the same column and have the same unknown ones."""
    files: dict[tuple[str, str, tuple[str, ...]], set[str]] = defaultdict(set)
    columns: dict[tuple[str, str, tuple[str, ...]], dict[str, None]] = defaultdict(dict)
    for entity, mine in lost.items():
        for one in mine:
            files[_alike(one)].add(one.file.file)
            columns[_alike(one)] |= dict.fromkeys(f"{entity}.{name}" for name in one.columns)
    return {alike: _cause(alike[1], alike[2], sorted(files[alike]), list(columns[alike])) for alike in files}


def _cause(header: str, unknown: Sequence[str], files: Sequence[str], needing: Sequence[str]) -> str:
    needed_by = f"{', '.join(needing[:-1])} and {needing[-1]} need" if len(needing) > 1 else f"{needing[0]} needs"
    meant = nearest(header, unknown)
    news = f"; unknown: {quoted(unknown)}{meant if 'did you mean' in meant else ''}" if unknown else ""
    return f"the header of {named_files(files)} has no `{header}`, which {needed_by}{news}"
