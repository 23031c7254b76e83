"""The guide's queries: their answers are the demo's, on DuckDB and, as an analyst, on Redshift's stand-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redshift_standin import Standin, start
from superset_assets.answers import Answer, answered, in_duckdb
from superset_assets.queries import GUIDE, PAGES

from tests.support.demo_shop import into_redshift

pytestmark = pytest.mark.superset

_STALE = "answers are stale: make guide (after make demo), and look at what changed"


@pytest.fixture(scope="module")
def redshift(warehouse: Path) -> Iterator[Standin]:
    with start(s3_endpoint="http://127.0.0.1:1") as standin:
        into_redshift(warehouse, standin, "ada", "Analyst-1")
        yield standin


@pytest.mark.parametrize("page", PAGES)
def test_answers_are_the_demos(warehouse: Path, page: str) -> None:
    written = (GUIDE / page).read_text(encoding="utf-8")
    assert written.count("```sql") >= 10
    assert answered(written, in_duckdb(warehouse)) == written, _STALE


@pytest.mark.parametrize("page", PAGES)
def test_redshift_gives_the_same_answers_to_an_analyst(redshift: Standin, page: str) -> None:
    def ask(sql: str) -> Answer:
        with psycopg.connect(
            host=redshift.host,
            port=redshift.port,
            user="ada",
            password="Analyst-1",
            dbname=redshift.database,
            autocommit=True,
            prepare_threshold=None,
        ) as session:
            session.execute("SET search_path TO analytics")
            found = session.execute(sql)
            return [column.name for column in found.description or ()], found.fetchall()

    written = (GUIDE / page).read_text(encoding="utf-8")
    assert answered(written, ask) == written


def test_the_query_of_a_wrong_number_runs(warehouse: Path) -> None:
    sql = re.findall(r"```sql\n(.*?)```", (GUIDE / "wrong-number.md").read_text(encoding="utf-8"), re.DOTALL)
    assert [len(list(in_duckdb(warehouse)(one)[1])) for one in sql] == [1]
