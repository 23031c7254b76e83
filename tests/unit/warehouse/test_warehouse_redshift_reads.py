"""Who has read which table, read from the stand-in's statistics."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redshift_standin import Standin, start

from spark_app.runtime.settings import RedshiftSettings
from spark_app.warehouse.redshift_reads import Viewer, find_viewer, last_reads
from spark_app.warehouse.redshift_session import PASSWORD_VARIABLE, Session, connected
from tests.support.standin import logged_in

BEGUN = datetime.now(UTC) - timedelta(minutes=1)
MADE = (
    "CREATE SCHEMA analytics",
    "CREATE SCHEMA other",
    "CREATE TABLE analytics.sales (day date)",
    "CREATE TABLE analytics.stock (day date)",
    "CREATE TABLE analytics.people (id integer)",
    "CREATE TABLE other.people (id integer)",
    "CREATE VIEW analytics.sales_daily AS SELECT day FROM analytics.sales",
    "CREATE VIEW analytics.sales_monthly AS SELECT day FROM analytics.sales_daily",
    "CREATE USER ada PASSWORD 'Ada-12345'",
    "CREATE USER bob PASSWORD 'Bob-12345'",
    "CREATE ROLE readers",
    "GRANT ROLE readers TO ada",
    'GRANT ROLE "sys:monitor" TO bob',
    "GRANT USAGE ON SCHEMA analytics TO ada",
    "GRANT USAGE ON SCHEMA other TO ada",
    "GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO ada",
    "GRANT SELECT ON ALL TABLES IN SCHEMA other TO ada",
)


@pytest.fixture(scope="module")
def redshift() -> Iterator[Standin]:
    """Ada has read sales by way of a view over a view; the loading user has read all."""
    with start() as standin:
        with logged_in(standin) as sql:
            for statement in MADE:
                sql.execute(statement.encode())
            for table in ("sales", "stock", "people"):
                sql.execute(f"SELECT * FROM analytics.{table}".encode())
        with logged_in(standin, "ada", "Ada-12345") as sql:
            sql.execute("SELECT count(*) FROM analytics.sales_monthly")
            sql.execute("SELECT count(*) FROM other.people")
        yield standin


@pytest.fixture
def session_of(redshift: Standin, monkeypatch: pytest.MonkeyPatch) -> Any:
    def settings(user: str, password: str) -> RedshiftSettings:
        monkeypatch.setenv(PASSWORD_VARIABLE, password)
        return RedshiftSettings.model_validate(
            {"host": redshift.host, "port": redshift.port, "user": user, "ssl": False, "temp": "s3://bucket/temp"}
        )

    return lambda user, password: connected(settings(user, password))


def reads(session: Session, viewer: Viewer, since: datetime = BEGUN) -> list[str]:
    return sorted(last_reads(session, viewer, since))


def test_a_superuser_sees_what_others_have_read_by_way_of_views_too(redshift: Standin, session_of: Any) -> None:
    with session_of(redshift.user, redshift.password) as session:
        viewer = find_viewer(session)
        assert viewer.sees_everybody
        assert reads(session, viewer) == ["sales"], "its own reads, and tables of other schemas, do not count"
        assert reads(session, viewer, datetime.now(UTC) + timedelta(minutes=1)) == []
        read_at = last_reads(session, viewer, BEGUN)["sales"]
        assert BEGUN < read_at <= datetime.now(UTC)


def test_so_does_who_has_the_role_sys_monitor(session_of: Any) -> None:
    with session_of("bob", "Bob-12345") as session:
        viewer = find_viewer(session)
        assert viewer.sees_everybody
        assert reads(session, viewer) == ["people", "sales", "stock"], "of all but himself"


def test_others_see_themselves_alone_and_that_is_known(session_of: Any) -> None:
    with session_of("ada", "Ada-12345") as session:
        viewer = find_viewer(session)
        assert not viewer.sees_everybody
        assert reads(session, viewer) == []
