"""What the tests of views share."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from spark_app.contracts.ddl_script import duckdb_script
from tests.support.views import GOLD, VIEWS


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse with all tables and views, made twice over."""
    with duckdb.connect(":memory:") as connection:
        for statement in duckdb_script(GOLD, VIEWS) * 2:
            connection.execute(statement)
        yield connection
