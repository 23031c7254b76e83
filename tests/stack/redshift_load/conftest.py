"""A warehouse on the stand-in, made anew for each test, and a small lake to load from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spark_app.contracts.table import Contract
from spark_app.lake.s3 import client
from spark_app.runtime.settings import RedshiftSettings, S3Settings
from spark_app.warehouse.redshift import RedshiftWarehouse
from spark_app.warehouse.redshift_copy import copy_stager
from spark_app.warehouse.redshift_session import PASSWORD_VARIABLE, connected
from tests.support.redshift import PEOPLE, SALES, Query, sale
from tests.support.small_lakes import Gold


@pytest.fixture
def gold(tmp_path) -> Gold:
    """Twenty days of sales and eight people."""
    made = Gold(tmp_path)
    made.add(SALES)
    made.add(PEOPLE)
    made.write(SALES, [sale(day) for day in range(1, 21)])
    made.write(PEOPLE, [{"id": f"p{n}", "city": "Lyon"} for n in range(8)])
    return made


@pytest.fixture
def notes() -> list[str]:
    """What the warehouse has reported."""
    return []


@pytest.fixture
def s3(bucket) -> S3Settings:
    return S3Settings(endpoint=bucket.endpoint, region="us-east-1", path_style=True, log_table=None)


@pytest.fixture
def warehouse(redshift, bucket, s3, notes, monkeypatch) -> RedshiftWarehouse:
    """Redshift without a table, and an empty temp prefix."""
    monkeypatch.setenv(PASSWORD_VARIABLE, redshift.password)
    settings = RedshiftSettings(
        host=redshift.host,
        port=redshift.port,
        user=redshift.user,
        database=redshift.database,
        temp=f"s3a://{bucket.name}/temp",
        iam_role="arn:aws:iam::123456789012:role/loader",
        ssl=False,
    )
    with connected(settings) as session:
        for schema in ("analytics", "etl"):
            session.run(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    for key in bucket.keys("temp/"):
        client(s3).delete_object(Bucket=bucket.name, Key=key)
    redshift.faults.armed.clear()
    return RedshiftWarehouse(settings, copy_stager(s3, settings.iam_role), s3, (), notes.append)


@pytest.fixture
def query(warehouse) -> Query:
    """Run SQL in a session of its own."""

    def ask(sql: str, fetch: bool = True) -> list[tuple[Any, ...]]:
        with connected(warehouse.settings) as session:
            if fetch:
                return session.rows(sql)
            session.run(sql)
            return []

    return ask


@pytest.fixture
def touched(redshift) -> Callable[[Contract], dict[object, str]]:
    """For each key the transaction that wrote its row (PostgreSQL's xmin)."""

    def look(table: Contract) -> dict[object, str]:
        with redshift.postgres.admin(redshift.database) as admin:
            found = admin.execute(f'SELECT "{table.key[0]}", xmin::text FROM analytics."{table.name}"').fetchall()
        return {key: str(mark) for key, mark in found}

    return look


@pytest.fixture
def leftovers(bucket, query) -> Callable[[], tuple[list[str], list[str]]]:
    """Objects below the temp prefix, and tables of etl that are no ledger."""

    def look() -> tuple[list[str], list[str]]:
        found = query("SELECT table_name FROM svv_tables WHERE table_schema = 'etl' ORDER BY 1")
        return bucket.keys("temp/"), [name for (name,) in found if name not in ("releases", "definitions")]

    return look
