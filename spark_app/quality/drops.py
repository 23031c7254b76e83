"""What a day's drop of a dataset looks like, read from bronze: a function of landing, whenever it is taken.

One query a dataset over the days asked for; the rows go to `ops.profiles`, the history that anomalies are judged by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from spark_app.contracts.blanks import BLANKS
from spark_app.contracts.mapping import EntityMap, Source
from spark_app.contracts.table import Contract
from spark_app.lake.log import open_table
from spark_app.lake.paths import Lake
from spark_app.quality.drop_times import shop_time
from spark_app.runtime import duck

WHOLE_DROP = "*"  # the column name of the row that speaks of the drop as a whole


@dataclass(frozen=True)
class Wanted:
    """What to look for in a dataset: columns whose missing and different values are counted, and its times.

    `timezone`: the shop's, whose clock the times are compared on.
    """

    dataset: str
    missing: tuple[str, ...]
    distinct: tuple[str, ...]
    changed: tuple[tuple[str, tuple[str, ...]], ...]  # column with the time of change -> its formats
    timezone: str = "UTC"


def wanted(source: Source, contracts: Sequence[Contract]) -> list[Wanted]:
    """By dataset, what the watches of the silver contracts need, in the shop's own column names."""
    found: dict[str, tuple[set[str], set[str], dict[str, tuple[str, ...]]]] = {}
    for contract in contracts:
        mapped = main_part(source, contract.name)
        if contract.layer != "silver" or mapped is None or not contract.watches:
            continue
        missing, distinct, changed = found.setdefault(mapped.dataset, (set(), set(), {}))
        for watch in contract.watches:
            if watch.measure == "missing":
                missing.update(landed(source, contract, column.name) or "" for column in contract.columns)
            elif watch.measure == "distinct":
                distinct.add(landed(source, contract, watch.column or "") or "")
            elif watch.measure == "delay" and (name := landed(source, contract, "updated_at")):
                changed[name] = mapped.columns["updated_at"].formats
    return [
        Wanted(
            name, tuple(sorted(missing - {""})), tuple(sorted(distinct - {""})), tuple(changed.items()), source.timezone
        )
        for name, (missing, distinct, changed) in found.items()
    ]


def main_part(source: Source, entity: str) -> EntityMap | None:
    """The first of the parts an entity comes from: what its drops look like is judged by that one's dataset."""
    return next(iter(source.entities.get(entity, ())), None)


def landed(source: Source, contract: Contract, column: str) -> str | None:
    """Bronze's name of a column that is taken over as it stands, None where it is made of others."""
    part = main_part(source, contract.name)
    mapped = part.columns.get(column) if part is not None else None
    if part is None or mapped is None or mapped.column is None:
        return None
    return source.datasets[part.dataset].names[mapped.column]


def profile(lake: Lake, what: Wanted, version: int, days: Sequence[date]) -> list[dict[str, Any]]:
    """For each of these days a row of the whole drop, and one of each column asked for."""
    table = open_table(lake.table(f"bronze.{what.dataset}"), version)
    if table is None or not days:
        return []
    data = table.to_pyarrow_dataset()
    there = [name for name in data.schema.names if not name.startswith("_")]
    columns = [name for name in dict.fromkeys((*what.missing, *what.distinct)) if name in there]
    parts = ["count(*)", f"count(*) - count(DISTINCT hash({', '.join(map(_quoted, there))}))", _newest(what, there)]
    for name in columns:
        text = f"nullif({_trimmed(name)}, '')"
        parts.append(f"count(*) - count({text})")
        parts.append(f"count(DISTINCT {text})" if name in what.distinct else "NULL")
    listed = ", ".join(f"DATE '{day}'" for day in days)
    # Rows that hold nothing are passed over.
    filled = ", ".join(_quoted(name) for name in [*there, "_extra", "_corrupt_record"] if name in data.schema.names)
    where = f"_batch_date IN ({listed}) AND coalesce({filled}) IS NOT NULL"
    sql = f"SELECT _batch_date, {', '.join(parts)} FROM data WHERE {where} GROUP BY 1 ORDER BY 1"
    with duck.in_memory() as connection:
        duck.offer(connection, "data", data)
        found = connection.execute(sql).fetchall()
    return [row for each in found for row in _rows(what.dataset, version, columns, each)]


def _rows(dataset: str, version: int, columns: Sequence[str], found: Sequence[Any]) -> list[dict[str, Any]]:
    day, rows, repeated, newest, *counts = found
    whole = {**drop(dataset, day, version), "rows": rows, "repeated": repeated, "newest": newest}
    base = {**drop(dataset, day, version), "rows": rows, "repeated": None}
    return [
        whole,
        *[
            {**base, "column_name": name, "missing": counts[2 * at], "distinct_values": counts[2 * at + 1]}
            for at, name in enumerate(columns)
        ],
    ]


def drop(dataset: str, day: date, version: int) -> dict[str, Any]:
    """The row of a drop as a whole, of one without rows."""
    nothing = {"missing": None, "distinct_values": None, "newest": None, "repeated": 0, "rows": 0}
    return {"dataset": dataset, "batch_date": day, "column_name": WHOLE_DROP, "bronze_version": version, **nothing}


def _newest(what: Wanted, there: Sequence[str]) -> str:
    """The newest time of change, without those of a day to come: a typing error is not news."""
    times = []
    for name, formats in what.changed:
        if name not in there:
            continue
        time = shop_time(_trimmed(name), formats, what.timezone)
        if time:
            times.append(f"max({time}) FILTER (WHERE {time} < _batch_date + INTERVAL 1 DAY)")
    return f"greatest({', '.join(times)})" if times else "NULL"


def _trimmed(name: str) -> str:
    return f"trim({_quoted(name)}, '{BLANKS}')"


def _quoted(name: str) -> str:
    return f'"{name}"'
