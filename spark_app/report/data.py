"""A release as DuckDB sees it: the gold tables at the release's versions, and the views named for people over them.

Pages ask here, so their numbers are those of the warehouse's views by construction. Nothing is copied and Spark is not
needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb

from spark_app.contracts.metrics import Metric, Metrics, load_metrics
from spark_app.contracts.table import Contract
from spark_app.contracts.view import View, with_all_tables
from spark_app.contracts.views import load_views
from spark_app.lake import contents, log, ops, releases
from spark_app.lake.behind import Behind, counted_in, days_taken_in, look_behind
from spark_app.lake.completed import complete_to
from spark_app.lake.days import Drops, days_of, drops
from spark_app.lake.paths import Lake
from spark_app.lake.releases import Release
from spark_app.report.waiting import WaitingSentence
from spark_app.runtime import duck
from spark_app.runtime.errors import LakeError
from spark_app.runtime.record import RunRecord
from spark_app.runtime.reporting import Reporting

DAY = "order_date"
LANDED = "landed_days"
SO_FAR = "so_far"  # the schema of the day that is running
QUIET_DAYS = 7
RECENT = 7  # the days up to the last one that sentences on trust look at


@dataclass(frozen=True)
class RunningDay:
    """The newest business day that is not over, and when landing was looked at for what is known of it."""

    day: date
    as_of: datetime


@dataclass(frozen=True)
class ReportData:
    """What a page may ask. `first` and `last` are the days shown: to the newest that is over, of
    those that landed or were sold on.

    `running`: a later one whose hours come in; pages show it apart, and its rows are in the schema `SO_FAR` alone.
    `behind`: what the release goes back to. `drops`: the days it has taken in, and those that never landed.
    `publishing`: the run that has come all the way and asks; `ops.runs` does not know of it yet. `waiting`: what of
    landing is not taken in.
    """

    connection: duckdb.DuckDBPyConnection
    lake: Lake
    release: Release
    contracts: Mapping[str, Contract]
    views: Mapping[str, View]
    metrics: Metrics
    reporting: Reporting
    environment: str
    shop: str
    first: date
    last: date
    behind: Behind
    drops: Drops
    written_at: datetime
    publishing: RunRecord | None = None
    waiting: Sequence[WaitingSentence] = ()
    running: RunningDay | None = None

    @property
    def recent(self) -> list[date]:
        """The last days shown, the newest last."""
        return days_of(max(self.first, self.last - timedelta(days=RECENT - 1)), self.last)

    @property
    def landed(self) -> date | None:
        """The newest day that the release has taken in, where that is on record."""
        return self.drops.last

    def day_before(self, days: int) -> date:
        """The day so many days before the last one."""
        return self.last - timedelta(days=days)

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Rows of SQL over the release's tables and views, by their plain names."""
        result = self.connection.execute(sql, list(parameters))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def value(self, metric: Metric, first: date, last: date) -> Any:
        """A metric over days; None where there is nothing to compute it from."""
        where = f"{DAY} BETWEEN ? AND ?"
        [row] = self.rows(f"SELECT {metric.sql} AS value FROM {metric.view} WHERE {where}", (first, last))
        return row["value"]

    def value_so_far(self, metric: Metric) -> Any:
        """A metric of the running day; None where there is no such day, or nothing to compute it from."""
        if self.running is None:
            return None
        sql = f"SELECT {metric.sql} AS value FROM {SO_FAR}.{metric.view} WHERE {DAY} = ?"
        [row] = self.rows(sql, (self.running.day,))
        return row["value"]

    def value_on(self, metric: Metric, day: date) -> Any:
        """A metric of one day: None where the day did not land, zero of what adds up where it landed without a row."""
        if not self.drops.landed(day):
            return None
        found = self.value(metric, day, day)
        return 0 if found is None and metric.adds_up else found


@contextmanager
def open_release(
    lake: Lake,
    contracts: Mapping[str, Contract],
    environment: str,
    days: int,
    *,
    shop: str | None = None,
    publishing: RunRecord | None = None,
    waiting: Sequence[WaitingSentence] = (),
) -> Iterator[ReportData | None]:
    """The latest release with its last `days` days; None where there is none yet. `shop`: its name on pages.

    Raises LakeError where a version the release names is gone.
    """
    release = releases.latest(lake)
    if release is None:
        yield None
        return
    views = load_views(contracts)
    with duck.connect() as connection:
        _register(connection, lake, release, contracts)
        first_sale, last_sale = _sold(connection)
        reporting = counted_in(lake, release)
        whole_to = complete_to(lake, release.tables)
        found = drops(days_taken_in(lake, release.tables), contracts, _days_sold(connection), reporting, whole_to)
        last = _last_day(last_sale, found) or release.released_at.date()
        first = max(last - timedelta(days=days - 1), first_sale or last)
        behind = look_behind(lake, release)
        running = _running(lake, behind.shown, found, last, publishing)
        made = with_all_tables(views, [LANDED, *(contracts[name].name for name in release.tables)])
        spans = {"analytics": (first, last if running else None)}
        if running:
            spans[SO_FAR] = (running.day, running.day)
        for schema, span in spans.items():
            connection.execute(f"CREATE SCHEMA {schema}")
            _make_tables(connection, release, contracts, schema, span)
            for view in made:
                connection.execute(f'CREATE VIEW {schema}."{view.name}" AS {view.select(schema)}')
        connection.execute("SET schema = 'analytics'")
        yield ReportData(
            connection=connection,
            lake=lake,
            release=release,
            contracts=contracts,
            views={view.name: view for view in made},
            metrics=load_metrics(views),
            reporting=reporting,
            environment=environment,
            shop=shop or f"{environment} shop",
            first=first,
            last=last,
            behind=behind,
            drops=found,
            written_at=datetime.now(UTC),
            publishing=publishing,
            waiting=waiting,
            running=running,
        )


def _register(
    connection: duckdb.DuckDBPyConnection, lake: Lake, release: Release, contracts: Mapping[str, Contract]
) -> None:
    for name, version in release.tables.items():
        table = lake.table(name)
        if log.open_table(table, version) is None:
            raise LakeError(f"{name}: no version {version} at {table.path}, which release {release.release_id} names")
        rows = contents.rows_as(contents.dataset(table, version), contracts[name].columns)
        duck.offer(connection, f"_{contracts[name].name}", rows)


def _make_tables(
    connection: duckdb.DuckDBPyConnection,
    release: Release,
    contracts: Mapping[str, Contract],
    schema: str,
    span: tuple[date, date | None],
) -> None:
    """The gold tables, those with days from the first to the last of `span`; rows that know no day stay in."""
    first, last = span
    within = f"{DAY} >= DATE '{first}'" + (f" AND {DAY} <= DATE '{last}'" if last else "")
    if f"gold.{LANDED}" not in release.tables:  # of before there was such a table: what has orders has landed
        connection.execute(
            f"CREATE VIEW {schema}.{LANDED} AS SELECT {DAY}, true AS is_landed, NULL::VARCHAR AS lacking, "
            f"true AS is_complete FROM _daily_sales WHERE {within}"
        )
    for name in release.tables:
        contract = contracts[name]
        columns = ", ".join(f'"{column}"' for column in contract.column_names)
        where = f" WHERE ({within}) OR {DAY} IS NULL" if DAY in contract.column_names else ""
        connection.execute(f'CREATE VIEW {schema}."{contract.name}" AS SELECT {columns} FROM "_{contract.name}"{where}')


def _sold(connection: duckdb.DuckDBPyConnection) -> tuple[date | None, date | None]:
    found = connection.execute(f"SELECT min({DAY}), max({DAY}) FROM _daily_sales WHERE orders > 0").fetchone()
    return (found[0], found[1]) if found else (None, None)


def _days_sold(connection: duckdb.DuckDBPyConnection) -> frozenset[date]:
    rows = connection.execute(f"SELECT {DAY} FROM _daily_sales WHERE orders > 0").fetchall()
    return frozenset(row[0] for row in rows)


def _running(lake: Lake, shown: Release, found: Drops, last: date, publishing: RunRecord | None) -> RunningDay | None:
    """The newest day that is not over and of which there is something; it is the last one shown where none is over."""
    later = [day for day in found.running() if day >= last]
    return RunningDay(later[-1], _looked_at(lake, shown, publishing)) if later else None


def _looked_at(lake: Lake, release: Release, publishing: RunRecord | None) -> datetime:
    """When the run that released it looked at landing: at its beginning."""
    if publishing is not None and publishing.run_id == release.run_id:
        return publishing.started_at
    rows = ops.select(lake.table("ops.runs"), "SELECT started_at FROM ops_rows WHERE run_id = ?", (release.run_id,))
    return rows[0]["started_at"] if rows else release.released_at


def _last_day(last_sale: date | None, found: Drops) -> date | None:
    """A day without orders is a day too; after many of them it is the last sale that people want to see.

    A day that is not over is shown apart, unless there is none before it. Where drops go by another zone's days, the
    last business day may have come in part only: one before it is meant.
    """
    last, landed = last_sale or found.last, found.last
    if found.running():
        over = {day for days in found.taken.values() for day in days if found.is_complete(day)}
        sold = {day for day in found.sold if found.is_complete(day)}
        if over or sold:
            last_sale, landed = max(sold, default=None), max(over, default=None)
            last = last_sale or landed
    if last_sale and landed and landed - last_sale <= timedelta(days=QUIET_DAYS):
        last = max(last_sale, landed)
    if last is None or found.reporting.timezone == found.reporting.landed_in:
        return last
    return next((day for back in range(3) if found.is_complete(day := last - timedelta(days=back))), last)
