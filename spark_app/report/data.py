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
from spark_app.lake import log, releases
from spark_app.lake.behind import Behind, counted_in, days_taken_in, look_behind
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
QUIET_DAYS = 7
RECENT = 7  # the days up to the last one that sentences on trust look at


@dataclass(frozen=True)
class ReportData:
    """What a page may ask. `first` and `last` are the days shown: to the newest that landed, or was sold on.

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
        connection.execute("CREATE SCHEMA analytics")
        _register(connection, lake, release, contracts)
        first_sale, last_sale = _sold(connection)
        reporting = counted_in(lake, release)
        found = drops(days_taken_in(lake, release.tables), contracts, _days_sold(connection), reporting)
        last = _last_day(last_sale, found) or release.released_at.date()
        first = max(last - timedelta(days=days - 1), first_sale or last)
        _make_tables(connection, release, contracts, first)
        made = with_all_tables(views, [LANDED, *(contracts[name].name for name in release.tables)])
        for view in made:
            connection.execute(f'CREATE VIEW analytics."{view.name}" AS {view.select("analytics")}')
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
            behind=look_behind(lake, release),
            drops=found,
            written_at=datetime.now(UTC),
            publishing=publishing,
            waiting=waiting,
        )


def _register(
    connection: duckdb.DuckDBPyConnection, lake: Lake, release: Release, contracts: Mapping[str, Contract]
) -> None:
    for name, version in release.tables.items():
        opened = log.open_table(lake, name, version)
        if opened is None:
            raise LakeError(
                f"{name}: no version {version} at {lake.path(name)}, which release {release.release_id} names"
            )
        duck.offer(connection, f"_{contracts[name].name}", log.rows_as(opened, contracts[name].columns))


def _make_tables(
    connection: duckdb.DuckDBPyConnection, release: Release, contracts: Mapping[str, Contract], first: date
) -> None:
    """The gold tables, those with days from `first` on; rows that know no day stay in."""
    if f"gold.{LANDED}" not in release.tables:  # of before there was such a table: what has orders has landed
        connection.execute(
            f"CREATE VIEW analytics.{LANDED} AS SELECT {DAY}, true AS is_landed, NULL::VARCHAR AS lacking "
            f"FROM _daily_sales WHERE {DAY} >= DATE '{first}'"
        )
    for name in release.tables:
        contract = contracts[name]
        columns = ", ".join(f'"{column}"' for column in contract.column_names)
        where = f" WHERE {DAY} >= DATE '{first}' OR {DAY} IS NULL" if DAY in contract.column_names else ""
        connection.execute(
            f'CREATE VIEW analytics."{contract.name}" AS SELECT {columns} FROM "_{contract.name}"{where}'
        )


def _sold(connection: duckdb.DuckDBPyConnection) -> tuple[date | None, date | None]:
    found = connection.execute(f"SELECT min({DAY}), max({DAY}) FROM _daily_sales WHERE orders > 0").fetchone()
    return (found[0], found[1]) if found else (None, None)


def _days_sold(connection: duckdb.DuckDBPyConnection) -> frozenset[date]:
    rows = connection.execute(f"SELECT {DAY} FROM _daily_sales WHERE orders > 0").fetchall()
    return frozenset(row[0] for row in rows)


def _last_day(last_sale: date | None, found: Drops) -> date | None:
    """A day without orders is a day too; after many of them it is the last sale that people want to see.

    Where drops go by another zone's days, the last business day may have come in part only: one before it is meant.
    """
    last, landed = last_sale or found.last, found.last
    if last_sale and landed and landed - last_sale <= timedelta(days=QUIET_DAYS):
        last = max(last_sale, landed)
    if last is None or found.reporting.timezone == found.reporting.landed_in:
        return last
    return next((day for back in range(3) if found.whole(day := last - timedelta(days=back))), last)
