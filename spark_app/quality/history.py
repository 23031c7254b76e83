"""The past of every watched figure, a value a day, read from where it is kept.

Gold's daily tables have the shop's figures, `ops.reconciliation` what landed, `ops.profiles` what drops looked like.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from spark_app.contracts.figures import Kind
from spark_app.contracts.mapping import Source
from spark_app.contracts.sources import inputs_of
from spark_app.contracts.table import Contract, Watch
from spark_app.lake import feed, ops
from spark_app.lake.paths import Lake
from spark_app.quality.drops import WHOLE_DROP, landed
from spark_app.quality.robust import WINDOW

Rows = list[dict[str, Any]]
BACK = timedelta(days=WINDOW + 7)


@dataclass(frozen=True)
class Series:
    """A watched figure by day. `segment`: (column, value) it is cut to; `upstream`: table.column it comes from.

    `rows`: what a share is taken over. Days within the span that `values` lacks are zero, or unknown if `gaps`, or if
    they are among `unknown`: of a day that never landed nothing can be said.
    """

    table: str
    watch: Watch
    kind: Kind
    upstream: str
    values: Mapping[date, float]
    segment: tuple[str, str] | None = None
    rows: Mapping[date, int] = field(default_factory=dict)
    gaps: bool = False
    first: date | None = None  # of the table, where the figure itself may have begun later
    unknown: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Span:
    """The days to be judged, from `first` to `last`; `missing`: those before or among them that never landed."""

    first: date
    last: date
    missing: frozenset[date] = frozenset()


def gather_series(
    lake: Lake, contracts: Mapping[str, Contract], source: Source, tables: Mapping[str, int], span: Span
) -> list[Series]:
    """Every watched figure of the gold versions `tables` and of what landed, with the weeks before the days' first."""
    found: list[Series] = []
    drops = _drops(lake, span)
    for contract in contracts.values():
        if contract.layer == "gold" and contract.watches and contract.qualified in tables:
            found += _gold(lake, contract, tables[contract.qualified], span)
        elif contract.layer == "silver" and contract.watches and contract.name in source.entities:
            found += _landed(contract, source, drops)
    return found


def _gold(lake: Lake, contract: Contract, version: int, span: Span) -> Iterator[Series]:
    day = next(name for name in contract.key if contract.column(name).type.name == "date")
    sql = f"SELECT min({day}), max({day}) FROM data WHERE {day} <= DATE '{span.last}'"
    first, newest = feed.over_version(lake.table(contract.qualified), version, sql)[0]
    # After weeks of nothing, what was before them is what a day is held against.
    within = f"{day} BETWEEN DATE '{min(span.first, newest or span.first) - BACK}' AND DATE '{span.last}'"
    cuts: dict[tuple[str, str] | None, list[Watch]] = defaultdict(list)
    for watch in contract.watches:
        for cut in watch.by or (None,):
            cuts[cut].append(watch)
    for cut, watches in cuts.items():
        sums = ", ".join(f"sum({watch.column})" for watch in watches)
        segment = _segment(contract, cut[0], within) if cut else "''"
        sql = f"SELECT {segment}::VARCHAR, {day}, {sums} FROM data WHERE {within} GROUP BY 1, 2"
        figures: dict[tuple[str, Watch], dict[date, float]] = defaultdict(dict)
        if cut is None:
            figures |= {("none", watch): {} for watch in watches}  # nothing at all is a figure too
        for name, at, *found in feed.over_version(lake.table(contract.qualified), version, sql):
            for watch, value in zip(watches, found, strict=True):
                if value is not None:
                    figures[name or "none", watch][at] = float(value)
        if cut and len({name for name, _ in figures}) < 2:
            continue  # a segment that is the whole says nothing of its own
        for (name, watch), values in figures.items():
            column = contract.column(watch.column or "")
            whole_number = column.type.name in ("int", "bigint")
            yield Series(
                contract.qualified,
                watch,
                "count" if whole_number else "amount",
                cut[1] if cut else watch.upstream,
                values,
                (cut[0], name) if cut else None,
                gaps=not column.required,
                first=first,
                unknown=span.missing,
            )


def _segment(contract: Contract, column: str, within: str) -> str:
    """A state is told with its country where there are several: two may have one of a name."""
    if column != "state" or "country" not in contract.column_names:
        return column
    several = f"(SELECT count(DISTINCT country) > 1 FROM data WHERE {within} AND country <> 'unknown')"
    return f"CASE WHEN {several} THEN state || ', ' || country ELSE state END"


def _drops(lake: Lake, span: Span) -> tuple[Rows, Rows]:
    """Reconciliation by entity and profiles by dataset, of each batch date as it was last counted."""
    between = "batch_date BETWEEN ? AND ?"
    tallies = ops.select(
        lake.table("ops.reconciliation"),
        f"SELECT * REPLACE (rows_landed - coalesce(rows_passed_over, 0) AS rows_landed) FROM ops_rows WHERE {between} "
        "QUALIFY row_number() OVER (PARTITION BY entity, batch_date ORDER BY silver_version DESC) = 1",
        (span.first - BACK, span.last),
    )
    profiles = ops.select(
        lake.table("ops.profiles"),
        f"SELECT * FROM ops_rows WHERE {between} QUALIFY row_number() OVER "
        "(PARTITION BY dataset, batch_date, column_name ORDER BY bronze_version DESC, profiled_at DESC) = 1",
        (span.first - BACK, span.last),
    )
    return tallies, profiles


def _landed(contract: Contract, source: Source, drops: tuple[Rows, Rows]) -> Iterator[Series]:
    dataset = inputs_of(source, contract.name)[0]  # as in quality.drops
    tallies = [row for row in drops[0] if row["entity"] == contract.name]
    profiles: dict[str, Rows] = defaultdict(list)
    for row in drops[1]:
        if row["dataset"] == dataset:
            profiles[row["column_name"]].append(row)
    first = min((row["batch_date"] for row in tallies), default=None)
    for watch in contract.watches:
        if watch.measure == "missing":
            for column in contract.columns:
                name = landed(source, contract, column.name)
                if name in profiles and column.name not in contract.key:
                    shares = _share(profiles[name], "missing")
                    upstream = f"{contract.name}.{column.name}"
                    yield Series(contract.qualified, watch, "share", upstream, shares[0], None, shares[1], True, first)
            continue
        yield from _figure(contract, watch, tallies, profiles, source, first)


def _figure(
    contract: Contract,
    watch: Watch,
    tallies: Rows,
    profiles: Mapping[str, Rows],
    source: Source,
    first: date | None,
) -> Iterator[Series]:
    table, whole = contract.qualified, profiles.get(WHOLE_DROP, [])
    at = contract.name if watch.column is None else f"{contract.name}.{watch.column}"
    if watch.measure in ("rows", "amount"):
        values = {row["batch_date"]: float(row[f"{watch.measure}_landed"]) for row in tallies}
        yield Series(table, watch, "count" if watch.measure == "rows" else "amount", at, values, first=first)
    elif watch.measure == "quarantined":
        shares, rows = _share(tallies, "rows_quarantined", "rows_landed")
        yield Series(table, watch, "share", at, shares, None, rows, True, first)
    elif watch.measure == "repeated":
        shares, rows = _share(whole, "repeated")
        yield Series(table, watch, "share", at, shares, None, rows, True, first)
    elif watch.measure == "delay":
        late = {row["batch_date"]: _hours_left(row["batch_date"], row["newest"]) for row in whole if row["newest"]}
        yield Series(table, watch, "time", f"{contract.name}.updated_at", late, gaps=True, first=first)
    elif watch.measure == "distinct":
        counted = profiles.get(landed(source, contract, watch.column or "") or "", [])
        counted = [row for row in counted if row["distinct_values"] is not None]
        values = {row["batch_date"]: float(row["distinct_values"]) for row in counted}
        yield Series(table, watch, "count", at, values, first=first)


def _share(rows: Rows, part: str, whole: str = "rows") -> tuple[dict[date, float], dict[date, int]]:
    known = [row for row in rows if row[whole] and row[part] is not None]
    shares = {row["batch_date"]: row[part] / row[whole] for row in known}
    return shares, {row["batch_date"]: row[whole] for row in known}


def _hours_left(day: date, newest: datetime) -> float:
    """Hours from the newest change to the end of the day."""
    end = datetime(day.year, day.month, day.day) + timedelta(days=1)
    return max((end - newest.replace(tzinfo=None)).total_seconds() / 3600, 0.0)
