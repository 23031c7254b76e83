"""Releases whose files are gone: told, never recorded again, and the warehouse does without a change feed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from click.testing import CliRunner
from deltalake import DeltaTable, write_deltalake

from spark_app.cli import lakehouse
from spark_app.contracts.table import Column, Type
from spark_app.contracts.views import load_views
from spark_app.lake import exports, log, releases, writes
from spark_app.lake.paths import Lake
from spark_app.lake.readable import find_unreadable, find_unreadable_releases
from spark_app.lake.releases import Release
from spark_app.runtime.errors import UsageError
from spark_app.warehouse.duckdb import DuckDBWarehouse
from tests.support.small_lakes import Gold
from tests.support.three_releases import COHORTS, CONTRACTS, cohort, three_releases, vacuum


@pytest.fixture
def gold(tmp_path: Path) -> Gold:
    return three_releases(tmp_path)


def command(gold: Gold, *words: str) -> str:
    done = CliRunner().invoke(lakehouse, [*words, "--home", str(gold.root)], catch_exceptions=False)
    return done.output


def test_a_release_with_all_its_files_lacks_nothing(gold: Gold) -> None:
    assert find_unreadable_releases(gold.lake, releases.releases(gold.lake)) == {}


def test_what_vacuum_removed_is_told_by_table_and_file(gold: Gold) -> None:
    vacuum(gold)
    found = find_unreadable_releases(gold.lake, releases.releases(gold.lake))
    assert sorted(found) == [1, 2], "the newest one is whole"
    assert found[1].startswith("gold.customer_cohorts: version 1 lacks 1 of its 1 files, as ")


def test_a_file_cut_short_or_a_log_that_is_gone_counts_as_well(gold: Gold) -> None:
    root = Path(gold.lake.table(COHORTS.qualified).path)
    table, versions = COHORTS.qualified, {COHORTS.qualified: [0, 1, 2, 3, 99]}
    assert find_unreadable(gold.lake, versions) == {(table, 99): f"{table}: version 99 is not in its log any more"}
    (root / DeltaTable(str(root)).file_uris()[0].rsplit("/", 1)[-1]).write_bytes(b"PAR1")
    assert set(find_unreadable(gold.lake, versions)) == {(table, 3), (table, 99)}
    (root / "_delta_log" / f"{1:020}.json").unlink()
    assert {version for _, version in find_unreadable(gold.lake, versions)} >= {1, 2, 3}


@pytest.mark.parametrize("of", [1, 2])
def test_going_back_to_files_that_are_gone_records_nothing(gold: Gold, of: int) -> None:
    vacuum(gold)
    before = log.version_of(gold.lake.table("ops.releases"))
    with pytest.raises(UsageError, match=rf"release {of} cannot be shown any more: gold\.customer_cohorts") as caught:
        command(gold, "releases", "rollback", str(of))
    assert caught.value.exit_code == 2
    assert log.version_of(gold.lake.table("ops.releases")) == before
    assert not (gold.root / "warehouse.duckdb").exists()


def test_going_back_to_one_that_is_whole_is_seen_by_readers(gold: Gold, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spark_app.jobs.publish.write_dashboards", lambda _: None)  # the pages want every table
    assert "release 4 shows the tables of release 2" in command(gold, "releases", "rollback", "2")


def test_the_list_marks_what_cannot_be_shown(gold: Gold) -> None:
    assert [row["lacks"] for row in json.loads(command(gold, "releases", "list", "--json"))] == [None] * 3
    vacuum(gold)
    shown = json.loads(command(gold, "releases", "list", "--json"))
    assert [(row["release_id"], row["lacks"] is None) for row in shown] == [(3, True), (2, False), (1, False)]


def loaded(gold: Gold, house: DuckDBWarehouse) -> tuple[str, Sequence[tuple[object, ...]]]:
    (done, *_) = house.load(releases.releases(gold.lake)[-1], gold.lake, gold.contracts)
    with duckdb.connect(str(house.path)) as connection:
        rows = connection.execute("SELECT months_since, orders FROM analytics.customer_cohorts ORDER BY 1").fetchall()
    return done.how, rows


@pytest.mark.parametrize(("feed", "how"), [(True, "changes"), (False, "full")])
def test_duckdb_takes_the_table_whole_where_the_change_feed_is_gone(gold: Gold, feed: bool, how: str) -> None:
    house = DuckDBWarehouse(gold.root / "w.duckdb", load_views(CONTRACTS))
    assert loaded(gold, house)[0] == "full"
    gold.merge(COHORTS, [cohort(1, 7), cohort(2)])
    gold.release()
    if not feed:
        for path in Path(gold.lake.table(COHORTS.qualified).path, "_change_data").glob("*"):
            path.unlink()
    assert loaded(gold, house) == (how, [(0, 9), (1, 7), (2, 2)])


@pytest.mark.parametrize(("feed", "written"), [(True, 1), (False, 2)])
def test_plain_files_are_all_written_anew_where_the_change_feed_is_gone(
    tmp_path: Path, feed: bool, written: int
) -> None:
    lake, table = Lake(str(tmp_path)), COHORTS.qualified
    month = Column("_month", Type("date"), False, "", "", None, None)
    writes.create(lake.table(table), [*COHORTS.columns, month], change_feed=True)
    schema = DeltaTable(lake.table(table).path).schema().to_arrow()

    def release() -> Release:
        return Release(1, "r", "run", {table: log.version_of(lake.table(table)) or 0}, None, None, datetime.now(UTC))

    def row(since: int, day: date) -> pa.Table:
        return pa.Table.from_pylist([{**cohort(since), "_month": day}], schema=pa.schema(schema))

    for since, day in enumerate((date(2024, 1, 1), date(2024, 2, 1))):
        write_deltalake(lake.table(table).path, row(since, day), mode="append")
    assert exports.export(lake, COHORTS, release()) == 2
    merger = DeltaTable(lake.table(table).path).merge(
        row(1, date(2024, 2, 1)), "t.months_since = s.months_since", source_alias="s", target_alias="t"
    )
    merger.when_matched_update({"orders": "7"}).execute()
    if not feed:
        for path in Path(lake.table(table).path, "_change_data").glob("*"):
            path.unlink()
    assert exports.export(lake, COHORTS, release()) == written
